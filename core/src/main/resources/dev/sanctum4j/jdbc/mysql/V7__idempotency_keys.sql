-- Under which idempotency keys tokens were issued within the last ten minutes: hashes only, and of an owner too. Times are milliseconds since 1970.
create table if not exists sanctum_idempotency_keys (
    key_hash char(64) character set ascii collate ascii_bin not null primary key,
    owner_hash char(64) character set ascii collate ascii_bin not null,
    request_hash char(64) character set ascii collate ascii_bin not null,
    token_id bigint unsigned not null,
    created_at bigint not null,
    key sanctum_idempotency_keys_owner_index (owner_hash, created_at),
    key sanctum_idempotency_keys_created_at_index (created_at)
) engine = InnoDB;
