-- How often it happened: repeated refusals are one row
alter table sanctum_audit add column times int not null default 1;

-- After how many days a row may be deleted; the server writes its setting here
create table sanctum_audit_keep (
    days int not null
) engine = InnoDB;
insert into sanctum_audit_keep (days) select 400 from dual where not exists (select 1 from sanctum_audit_keep);
