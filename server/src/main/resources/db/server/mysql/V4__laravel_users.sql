-- What we know of people whose accounts are rows of a Laravel application's table, which is only read
create table sanctum_laravel_users (
    user_id bigint not null primary key,
    role varchar(20) character set ascii collate ascii_bin not null,
    disabled_at datetime(6) null,
    updated_at datetime(6) not null
) engine = InnoDB;
