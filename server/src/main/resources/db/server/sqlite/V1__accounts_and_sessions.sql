create table sanctum_accounts (
    id integer primary key autoincrement not null,
    name varchar(255) not null,
    email varchar(255) not null unique,
    password varchar(255) not null,
    role varchar(20) not null,
    disabled_at datetime,
    created_at datetime not null,
    updated_at datetime not null
);

-- Spring Session's tables, under our name
create table sanctum_session (
    primary_id char(36) not null primary key,
    session_id char(36) not null unique,
    creation_time bigint not null,
    last_access_time bigint not null,
    max_inactive_interval int not null,
    expiry_time bigint not null,
    principal_name varchar(255)
);
create index sanctum_session_expiry_index on sanctum_session (expiry_time);
create index sanctum_session_principal_index on sanctum_session (principal_name);

create table sanctum_session_attributes (
    session_primary_id char(36) not null references sanctum_session (primary_id) on delete cascade,
    attribute_name varchar(200) not null,
    attribute_bytes blob not null,
    primary key (session_primary_id, attribute_name)
);

-- The cascade above needs a pragma on each connection, this does not
create trigger sanctum_session_gone after delete on sanctum_session
begin
    delete from sanctum_session_attributes where session_primary_id = old.primary_id;
end;
