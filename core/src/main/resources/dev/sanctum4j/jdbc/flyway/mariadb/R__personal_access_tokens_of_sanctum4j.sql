-- The table of tokens, in a history of migrations that is yours: as a location beside your own, where it has no version that could
-- meet yours and runs again when it changes; or copied as your next version, for another name of the table, too.
-- It completes no table that Laravel made: copy V2__sanctum4j_columns.sql and all that follow for that.
create table if not exists personal_access_tokens (
    id bigint unsigned not null auto_increment primary key,
    tokenable_type varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    tokenable_id varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    name text character set utf8mb4 not null,
    token char(64) character set ascii collate ascii_bin not null,
    abilities text character set utf8mb4,
    last_used_at datetime(6) null,
    expires_at datetime(6) null,
    created_at datetime(6) null,
    updated_at datetime(6) null,
    revoked_at datetime(6) null,
    issued_by bigint unsigned null,
    metadata text character set utf8mb4 null,
    last_used_from varchar(64) null,
    actor text character set utf8mb4 null,
    hint varchar(4) character set ascii collate ascii_bin null,
    unique key personal_access_tokens_token_unique (token),
    key personal_access_tokens_tokenable_type_tokenable_id_index (tokenable_type, tokenable_id),
    key personal_access_tokens_expires_at_index (expires_at),
    key personal_access_tokens_updated_at_index (updated_at),
    key personal_access_tokens_issued_by_index (issued_by),
    key personal_access_tokens_owner_index (tokenable_type, tokenable_id, revoked_at)
) engine = InnoDB;
-- What programs ask people for (RFC 8628), for less than an hour; with an asker, what a person asks an administrator for. A realm is a table of tokens. Times are milliseconds since 1970, spans are seconds, and of the codes there are hashes only.
create table if not exists sanctum_requests (
    id bigint unsigned not null auto_increment primary key,
    realm varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    device_hash char(64) character set ascii collate ascii_bin not null,
    user_hash char(64) character set ascii collate ascii_bin not null,
    client_id varchar(64) character set ascii collate ascii_bin not null,
    client_name text character set utf8mb4 not null,
    abilities text character set utf8mb4 not null,
    lifetime bigint not null,
    address varchar(64) character set utf8mb4 collate utf8mb4_bin not null,
    network varchar(64) character set utf8mb4 collate utf8mb4_bin not null,
    created_at bigint not null,
    expires_at bigint not null,
    poll_interval bigint not null,
    polled_at bigint null,
    state varchar(16) character set ascii collate ascii_bin not null,
    asker_type varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    asker_id varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    owner_type varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    owner_id varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    allowed_abilities text character set utf8mb4 null,
    allowed_lifetime bigint null,
    decided_at bigint null,
    credential_version varchar(64) character set ascii collate ascii_bin null,
    unique key sanctum_requests_device_hash_unique (device_hash),
    unique key sanctum_requests_user_hash_unique (user_hash),
    key sanctum_requests_network_index (realm, network, created_at),
    key sanctum_requests_expires_at_index (realm, expires_at)
) engine = InnoDB;
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
