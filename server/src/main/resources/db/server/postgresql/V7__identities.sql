-- As whom a provider knows our people
create table sanctum_identities (
    issuer varchar(255) collate "C" not null,
    subject varchar(255) collate "C" not null,
    account_id bigint not null,
    linked_at timestamp(6) not null,
    seen_at timestamp(6) not null,
    primary key (issuer, subject)
);
create index sanctum_identities_account_index on sanctum_identities (account_id);

-- Who may be known so, by a code that is good once; its hash is here
create table sanctum_invitations (
    code char(64) collate "C" not null primary key,
    account_id bigint not null,
    issuer varchar(255) collate "C" not null,
    expires_at timestamp(6) not null
);
create index sanctum_invitations_account_index on sanctum_invitations (account_id);
