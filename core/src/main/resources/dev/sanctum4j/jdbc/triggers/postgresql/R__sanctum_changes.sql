-- Tells listening nodes which tokens were changed or deleted, by whomever. Last uses are not told, nor is the deletion of what
-- had long expired. More than a thousand changes in one transaction are told as "any". Whatever fails in here, the statement that
-- fired it goes on: nothing is compared before the block, and no column is named by a trigger, which could not be altered then.
create or replace function sanctum_changed() returns trigger language plpgsql as $$
declare
    -- Sanctum4j triggers 2
    channel text;
    told text;
    told_before integer;
begin
    begin
        channel := lower(coalesce(tg_argv[0], 'sanctum_' || tg_table_name));
        if tg_level = 'STATEMENT' then
            perform pg_notify(channel, case tg_op when 'UPDATE' then current_setting('sanctum.probe', true) else '*' end);
            return null;
        end if;
        told := current_setting('sanctum.told', true);
        told_before := case when told ~ ('^' || txid_current() || ':[0-9]{1,4}$') then split_part(told, ':', 2) else '0' end;
        if told_before > 1000 then
            return null;
        end if;
        if tg_op = 'DELETE' then
            if old.revoked_at is not null or old.expires_at <= (now() at time zone 'UTC') - interval '1 day' then
                return null;
            end if;
        elsif old.last_used_at is distinct from new.last_used_at then
            if (old.tokenable_type, old.tokenable_id, old.token, old.abilities::text, old.expires_at, old.created_at, old.revoked_at)
                    is not distinct from
                    (new.tokenable_type, new.tokenable_id, new.token, new.abilities::text, new.expires_at, new.created_at, new.revoked_at) then
                return null;
            end if;
        elsif old::text is not distinct from new::text then
            return null;
        end if;
        perform pg_notify(channel, case told_before when 1000 then '*' else old.id::text end);
        perform set_config('sanctum.told', txid_current() || ':' || (told_before + 1), true);
    exception when others then
        begin
            perform pg_notify(channel, '*');
        exception when others then
            null;
        end;
    end;
    return null;
end
$$;
drop trigger if exists sanctum_changed on ${table};
create trigger sanctum_changed after update on ${table} for each row execute function sanctum_changed('sanctum_${name}');
drop trigger if exists sanctum_deleted on ${table};
create trigger sanctum_deleted after delete on ${table} for each row execute function sanctum_changed('sanctum_${name}');
drop trigger if exists sanctum_truncated on ${table};
create trigger sanctum_truncated after truncate on ${table} for each statement
    execute function sanctum_changed('sanctum_${name}');
drop trigger if exists sanctum_probe on ${table};
create trigger sanctum_probe after update on ${table} for each statement
    when (current_setting('sanctum.probe', true) <> '')
    execute function sanctum_changed('sanctum_${name}');
