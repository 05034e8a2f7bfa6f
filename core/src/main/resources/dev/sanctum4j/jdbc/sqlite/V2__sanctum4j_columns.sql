-- What Sanctum4j adds: when a token was revoked, by which token it was issued, and notes of the application.
alter table ${table} add column revoked_at datetime;
alter table ${table} add column issued_by integer;
alter table ${table} add column metadata text;
create index if not exists ${name}_updated_at_index on ${table} (updated_at);
create index if not exists ${name}_issued_by_index on ${table} (issued_by);
