-- What programs ask people for (RFC 8628), for less than an hour; with an asker, what a person asks an administrator for. A realm is a table of tokens. Times are milliseconds since 1970, spans are seconds, and of the codes there are hashes only.
create table if not exists sanctum_requests (
    id integer primary key autoincrement not null,
    realm varchar not null,
    device_hash varchar not null unique,
    user_hash varchar not null unique,
    client_id varchar not null,
    client_name text not null,
    abilities text not null,
    lifetime integer not null,
    address varchar not null,
    network varchar not null,
    created_at integer not null,
    expires_at integer not null,
    poll_interval integer not null,
    polled_at integer,
    state varchar not null,
    asker_type varchar,
    asker_id varchar,
    owner_type varchar,
    owner_id varchar,
    allowed_abilities text,
    allowed_lifetime integer,
    decided_at integer,
    credential_version varchar
);
create index if not exists sanctum_requests_network_index on sanctum_requests (realm, network, created_at);
create index if not exists sanctum_requests_expires_at_index on sanctum_requests (realm, expires_at);
