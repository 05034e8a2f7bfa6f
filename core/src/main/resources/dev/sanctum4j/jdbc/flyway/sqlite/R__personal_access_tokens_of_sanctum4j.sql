-- The table of tokens, in a history of migrations that is yours: as a location beside your own, where it has no version that could
-- meet yours and runs again when it changes; or copied as your next version, for another name of the table, too.
-- It completes no table that Laravel made: copy V2__sanctum4j_columns.sql and all that follow for that.
create table if not exists personal_access_tokens (
    id integer primary key autoincrement not null,
    tokenable_type varchar not null,
    tokenable_id varchar not null,
    name text not null,
    token varchar not null unique,
    abilities text,
    last_used_at datetime,
    expires_at datetime,
    created_at datetime,
    updated_at datetime,
    revoked_at datetime,
    issued_by integer,
    metadata text,
    last_used_from varchar,
    actor text
);
create index if not exists personal_access_tokens_tokenable_type_tokenable_id_index on personal_access_tokens (tokenable_type, tokenable_id);
create index if not exists personal_access_tokens_expires_at_index on personal_access_tokens (expires_at);
create index if not exists personal_access_tokens_updated_at_index on personal_access_tokens (updated_at);
create index if not exists personal_access_tokens_issued_by_index on personal_access_tokens (issued_by);
create index if not exists personal_access_tokens_owner_index on personal_access_tokens (tokenable_type, tokenable_id, revoked_at);
