create table sanctum_audit (
    id integer primary key autoincrement not null,
    happened_at datetime not null,
    event varchar(40) not null,
    owner_type varchar(255),
    owner_id varchar(255),
    token_id bigint,
    address varchar(64),
    detail varchar(1000)
);
create index sanctum_audit_owner_index on sanctum_audit (owner_type, owner_id, id);
create index sanctum_audit_token_index on sanctum_audit (token_id);

-- What was written stays as it was
create trigger sanctum_audit_no_update before update on sanctum_audit
begin
    select raise(abort, 'sanctum_audit is append-only');
end;
create trigger sanctum_audit_no_delete before delete on sanctum_audit
begin
    select raise(abort, 'sanctum_audit is append-only');
end;
