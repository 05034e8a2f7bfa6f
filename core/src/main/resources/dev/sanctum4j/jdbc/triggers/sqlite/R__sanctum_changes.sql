-- Writes down which tokens were deleted, by whomever, but for those that had long expired. SQLite lets no trigger go on after a
-- failure: without its table no token can be deleted.
create table if not exists sanctum_${name}_deleted (
    token_id integer not null primary key,
    deleted_at datetime not null
);
create index if not exists sanctum_${name}_deleted_at_index on sanctum_${name}_deleted (deleted_at);
drop trigger if exists ${name}_deleted;
create trigger ${name}_deleted after delete on ${table}
    when old.revoked_at is null and (old.expires_at is null or old.expires_at > datetime('now', '-1 day'))
    begin /* Sanctum4j triggers 2 */ insert or replace into sanctum_${name}_deleted (token_id, deleted_at) values (old.id, datetime('now')); end;
