-- Tells listening nodes which tokens were changed or deleted, by whomever. Last uses are not told, nor is the deletion of what
-- had long expired. More than a thousand changes in one transaction are told as "any".
create or replace function sanctum_changed() returns trigger language plpgsql as $$
declare
    told integer := coalesce(nullif(current_setting('sanctum.told', true), ''), '0')::integer;
begin
    if tg_op = 'TRUNCATE' or told = 1000 then
        perform pg_notify('sanctum_' || tg_table_name, '*');
    elsif told < 1000 then
        perform pg_notify('sanctum_' || tg_table_name, old.id::text);
    end if;
    if told <= 1000 then
        perform set_config('sanctum.told', (told + 1)::text, true);
    end if;
    return null;
end
$$;
drop trigger if exists sanctum_changed on ${table};
create trigger sanctum_changed after update on ${table} for each row when (
    old.* is distinct from new.*
    and (old.last_used_at is not distinct from new.last_used_at
        or (old.tokenable_type, old.tokenable_id, old.token, old.abilities, old.expires_at, old.created_at, old.revoked_at)
            is distinct from
            (new.tokenable_type, new.tokenable_id, new.token, new.abilities, new.expires_at, new.created_at, new.revoked_at)))
    execute function sanctum_changed();
drop trigger if exists sanctum_deleted on ${table};
create trigger sanctum_deleted after delete on ${table} for each row when (
    old.revoked_at is null
    and (old.expires_at is null or old.expires_at > (now() at time zone 'UTC') - interval '1 day'))
    execute function sanctum_changed();
drop trigger if exists sanctum_truncated on ${table};
create trigger sanctum_truncated after truncate on ${table} for each statement execute function sanctum_changed();
