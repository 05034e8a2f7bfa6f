-- People whom a provider signs in: who somebody is, what they might do then, and when that was.
create table if not exists sanctum_people (
    id varchar not null primary key,
    issuer varchar not null,
    subject varchar not null,
    name varchar,
    display_name varchar,
    email varchar,
    authorities text not null,
    created_at datetime not null,
    seen_at datetime not null,
    disabled_at datetime,
    unique (issuer, subject)
);
