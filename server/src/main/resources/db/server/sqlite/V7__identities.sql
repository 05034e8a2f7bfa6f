-- As whom a provider knows our people
create table sanctum_identities (
    issuer varchar not null,
    subject varchar not null,
    account_id integer not null,
    linked_at datetime not null,
    seen_at datetime not null,
    primary key (issuer, subject)
);
create index sanctum_identities_account_index on sanctum_identities (account_id);

-- Who may be known so, by a code that is good once; its hash is here
create table sanctum_invitations (
    code varchar not null primary key,
    account_id integer not null,
    issuer varchar not null,
    expires_at datetime not null
);
create index sanctum_invitations_account_index on sanctum_invitations (account_id);
