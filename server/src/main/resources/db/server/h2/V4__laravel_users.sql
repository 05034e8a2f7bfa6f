-- What we know of people whose accounts are rows of a Laravel application's table, which is only read
create table sanctum_laravel_users (
    user_id bigint not null primary key,
    role varchar(20) not null,
    disabled_at timestamp(6),
    updated_at timestamp(6) not null
);
