-- Writes down which tokens were deleted, by whomever, but for those that had long expired. Whatever fails in the trigger, the
-- deletion goes on; but MySQL lets it begin only while the account is there that created the trigger.
create table if not exists sanctum_${name}_deleted (
    token_id bigint unsigned not null primary key,
    deleted_at datetime(6) not null,
    key sanctum_${name}_deleted_at_index (deleted_at)
) engine = InnoDB;
drop trigger if exists ${table}_deleted;
create trigger ${table}_deleted after delete on ${table} for each row
begin
    /* Sanctum4j triggers 2 */
    declare continue handler for sqlexception begin end;
    replace into sanctum_${name}_deleted (token_id, deleted_at)
        select old.id, utc_timestamp(6) from dual
        where old.revoked_at is null and (old.expires_at is null or old.expires_at > utc_timestamp() - interval 1 day);
end;
