create table sanctum_clients (
    id varchar(63) not null primary key,
    secret char(64) not null,
    abilities varchar(4000) not null,
    created_at timestamp(6) not null,
    rotated_at timestamp(6)
);
