create table sanctum_accounts (
    id bigint not null auto_increment primary key,
    name varchar(255) character set utf8mb4 not null,
    email varchar(255) character set utf8mb4 collate utf8mb4_bin not null unique,
    password varchar(255) character set ascii collate ascii_bin not null,
    role varchar(20) character set ascii collate ascii_bin not null,
    disabled_at datetime(6) null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null
) engine = InnoDB;

-- Spring Session's tables, under our name
create table sanctum_session (
    primary_id char(36) character set ascii collate ascii_bin not null primary key,
    session_id char(36) character set ascii collate ascii_bin not null unique,
    creation_time bigint not null,
    last_access_time bigint not null,
    max_inactive_interval int not null,
    expiry_time bigint not null,
    principal_name varchar(255) character set utf8mb4 collate utf8mb4_bin null,
    key sanctum_session_expiry_index (expiry_time),
    key sanctum_session_principal_index (principal_name)
) engine = InnoDB;

-- Spring Session spells it so, and on Linux MySQL tells it from other spellings
create table sanctum_session_ATTRIBUTES (
    session_primary_id char(36) character set ascii collate ascii_bin not null,
    attribute_name varchar(200) character set ascii collate ascii_bin not null,
    attribute_bytes mediumblob not null,
    primary key (session_primary_id, attribute_name),
    constraint sanctum_session_attributes_session foreign key (session_primary_id)
        references sanctum_session (primary_id) on delete cascade
) engine = InnoDB;
