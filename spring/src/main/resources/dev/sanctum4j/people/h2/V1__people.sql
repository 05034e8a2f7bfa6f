-- People whom a provider signs in: who somebody is, what they might do then, and when that was.
create table if not exists sanctum_people (
    id varchar(36) not null primary key,
    issuer varchar(510) not null,
    subject varchar(510) not null,
    name varchar(510),
    display_name varchar(510),
    email varchar(510),
    authorities varchar(1000000) not null,
    created_at timestamp(6) not null,
    seen_at timestamp(6) not null,
    disabled_at timestamp(6),
    unique (issuer, subject)
);
