-- People whom a provider signs in: who somebody is, what they might do then, and when that was.
create table if not exists sanctum_people (
    id varchar(36) collate "C" not null primary key,
    issuer varchar(255) collate "C" not null,
    subject varchar(255) collate "C" not null,
    name varchar(255),
    display_name varchar(255),
    email varchar(255),
    authorities text not null,
    created_at timestamp(6) not null,
    seen_at timestamp(6) not null,
    disabled_at timestamp(6),
    unique (issuer, subject)
);
