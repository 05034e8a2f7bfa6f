-- How often it happened: repeated refusals are one row
alter table sanctum_audit add column times integer not null default 1;

-- After how many days a row may be deleted; the server writes its setting here
create table sanctum_audit_keep (
    days integer not null
);
insert into sanctum_audit_keep (days) select 400 where not exists (select 1 from sanctum_audit_keep);

-- What was written stays as it was until it is that old
drop trigger if exists sanctum_audit_no_delete;
create trigger sanctum_audit_no_delete before delete on sanctum_audit
when (substr(old.happened_at, 1, 10) < date('now', '-' || (select max(days) from sanctum_audit_keep) || ' days')) is not true
begin
    select raise(abort, 'sanctum_audit is append-only');
end;
