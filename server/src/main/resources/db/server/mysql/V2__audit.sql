create table sanctum_audit (
    id bigint not null auto_increment primary key,
    happened_at datetime(6) not null,
    event varchar(40) character set ascii collate ascii_bin not null,
    owner_type varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    owner_id varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    token_id bigint null,
    address varchar(64) character set ascii null,
    detail varchar(1000) character set utf8mb4 null,
    key sanctum_audit_owner_index (owner_type, owner_id, id),
    key sanctum_audit_token_index (token_id)
) engine = InnoDB;

-- No trigger keeps what was written as it is: where MySQL writes a binary log, only its administrators may create one
