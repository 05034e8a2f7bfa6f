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
    unique key personal_access_tokens_token_unique (token),
    key personal_access_tokens_tokenable_type_tokenable_id_index (tokenable_type, tokenable_id),
    key personal_access_tokens_expires_at_index (expires_at),
    key personal_access_tokens_updated_at_index (updated_at),
    key personal_access_tokens_issued_by_index (issued_by),
    key personal_access_tokens_owner_index (tokenable_type, tokenable_id, revoked_at)
) engine = InnoDB;
