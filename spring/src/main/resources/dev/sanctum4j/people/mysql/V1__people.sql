-- People whom a provider signs in: who somebody is, what they might do then, and when that was.
create table if not exists sanctum_people (
    id varchar(36) character set ascii collate ascii_bin not null primary key,
    issuer varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    subject varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    name varchar(255) character set utf8mb4,
    display_name varchar(255) character set utf8mb4,
    email varchar(255) character set utf8mb4,
    authorities mediumtext character set utf8mb4 not null,
    created_at datetime(6) not null,
    seen_at datetime(6) not null,
    disabled_at datetime(6) null,
    unique key sanctum_people_identity_unique (issuer, subject)
) engine = InnoDB;
