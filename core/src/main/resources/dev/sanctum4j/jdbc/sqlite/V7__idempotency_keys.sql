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
