-- How often it happened: repeated refusals are one row
alter table sanctum_audit add column times int default 1 not null;

-- After how many days a row may be deleted; the server writes its setting here
create table sanctum_audit_keep (
    days int not null
);
insert into sanctum_audit_keep (days) select 400 where not exists (select 1 from sanctum_audit_keep);
