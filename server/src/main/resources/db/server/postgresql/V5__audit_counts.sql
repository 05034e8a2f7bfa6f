-- How often it happened: repeated refusals are one row
alter table sanctum_audit add column times integer not null default 1;

-- After how many days a row may be deleted; the server writes its setting here
create table sanctum_audit_keep (
    days integer not null
);
insert into sanctum_audit_keep (days) select 400 where not exists (select 1 from sanctum_audit_keep);

-- What was written stays as it was until it is that old
drop trigger if exists sanctum_audit_append_only on sanctum_audit;
create trigger sanctum_audit_append_only before update or truncate on sanctum_audit
    for each statement execute function sanctum_audit_is_append_only();
create function sanctum_audit_is_kept() returns trigger language plpgsql as $$
begin
    if (old.happened_at < (now() at time zone 'utc') - make_interval(days => (select max(days) from sanctum_audit_keep)))
        is not true then
        raise exception 'sanctum_audit is append-only';
    end if;
    return old;
end
$$;
create trigger sanctum_audit_kept before delete on sanctum_audit
    for each row execute function sanctum_audit_is_kept();
