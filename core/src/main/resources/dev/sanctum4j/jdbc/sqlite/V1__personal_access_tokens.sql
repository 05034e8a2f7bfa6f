-- Laravel Sanctum's table, with its meaning. A table that Laravel made already is left as it is.
create table if not exists ${table} (
    id integer primary key autoincrement not null,
    tokenable_type varchar not null,
    tokenable_id varchar not null,
    name text not null,
    token varchar not null unique,
    abilities text,
    last_used_at datetime,
    expires_at datetime,
    created_at datetime,
    updated_at datetime
);
create index if not exists ${name}_tokenable_type_tokenable_id_index on ${table} (tokenable_type, tokenable_id);
create index if not exists ${name}_expires_at_index on ${table} (expires_at);
