-- What Sanctum4j adds: when a token was revoked, by which token it was issued, and notes of the application.
alter table ${table} add column revoked_at timestamp(6);
alter table ${table} add column issued_by bigint;
alter table ${table} add column metadata varchar(100000);
create index if not exists ${name}_updated_at_index on ${table} (updated_at);
create index if not exists ${name}_issued_by_index on ${table} (issued_by);
