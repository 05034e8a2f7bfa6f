-- Laravel Sanctum's table, with its meaning. A table that Laravel made already is left as it is.
create table if not exists ${table} (
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
    unique key ${name}_token_unique (token),
    key ${name}_tokenable_type_tokenable_id_index (tokenable_type, tokenable_id),
    key ${name}_expires_at_index (expires_at)
) engine = InnoDB;
