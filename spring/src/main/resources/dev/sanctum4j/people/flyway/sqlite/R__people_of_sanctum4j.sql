-- The table of people, in a history of migrations that is yours: as a location beside your own, where it has no version that could
-- meet yours and runs again when it changes.
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
