-- As whom a provider knows our people
create table sanctum_identities (
    issuer varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    subject varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    account_id bigint not null,
    linked_at datetime(6) not null,
    seen_at datetime(6) not null,
    primary key (issuer, subject)
) engine = InnoDB;
create index sanctum_identities_account_index on sanctum_identities (account_id);

-- Who may be known so, by a code that is good once; its hash is here
create table sanctum_invitations (
    code char(64) character set ascii collate ascii_bin not null primary key,
    account_id bigint not null,
    issuer varchar(255) character set utf8mb4 collate utf8mb4_bin not null,
    expires_at datetime(6) not null
) engine = InnoDB;
create index sanctum_invitations_account_index on sanctum_invitations (account_id);
