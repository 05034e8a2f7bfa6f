-- What Sanctum4j adds: when a token was revoked, by which token it was issued, and notes of the application.
alter table ${table}
    add column revoked_at datetime(6) null,
    add column issued_by bigint unsigned null,
    add column metadata text character set utf8mb4 null,
    add key ${name}_updated_at_index (updated_at),
    add key ${name}_issued_by_index (issued_by);
