create table sanctum_clients (
    id varchar(63) character set ascii collate ascii_bin not null primary key,
    secret char(64) character set ascii collate ascii_bin not null,
    abilities varchar(4000) character set ascii collate ascii_bin not null,
    created_at datetime(6) not null,
    rotated_at datetime(6) null
) engine = InnoDB;
