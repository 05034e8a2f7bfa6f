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
    actor text,
    hint varchar
);
create index if not exists personal_access_tokens_tokenable_type_tokenable_id_index on personal_access_tokens (tokenable_type, tokenable_id);
create index if not exists personal_access_tokens_expires_at_index on personal_access_tokens (expires_at);
create index if not exists personal_access_tokens_updated_at_index on personal_access_tokens (updated_at);
create index if not exists personal_access_tokens_issued_by_index on personal_access_tokens (issued_by);
create index if not exists personal_access_tokens_owner_index on personal_access_tokens (tokenable_type, tokenable_id, revoked_at);
-- What programs ask people for (RFC 8628), for less than an hour; with an asker, what a person asks an administrator for. A realm is a table of tokens. Times are milliseconds since 1970, spans are seconds, and of the codes there are hashes only.
create table if not exists sanctum_requests (
    id integer primary key autoincrement not null,
    realm varchar not null,
    device_hash varchar not null unique,
    user_hash varchar not null unique,
    client_id varchar not null,
    client_name text not null,
    abilities text not null,
    lifetime integer not null,
    address varchar not null,
    network varchar not null,
    created_at integer not null,
    expires_at integer not null,
    poll_interval integer not null,
    polled_at integer,
    state varchar not null,
    asker_type varchar,
    asker_id varchar,
    owner_type varchar,
    owner_id varchar,
    allowed_abilities text,
    allowed_lifetime integer,
    decided_at integer,
    credential_version varchar
);
create index if not exists sanctum_requests_network_index on sanctum_requests (realm, network, created_at);
create index if not exists sanctum_requests_expires_at_index on sanctum_requests (realm, expires_at);
-- Under which idempotency keys tokens were issued within the last ten minutes: hashes only, and of an owner too. Times are milliseconds since 1970.
create table if not exists sanctum_idempotency_keys (
    key_hash varchar not null primary key,
    owner_hash varchar not null,
    request_hash varchar not null,
    token_id integer not null,
    created_at integer not null
);
create index if not exists sanctum_idempotency_keys_owner_index on sanctum_idempotency_keys (owner_hash, created_at);
create index if not exists sanctum_idempotency_keys_created_at_index on sanctum_idempotency_keys (created_at);
