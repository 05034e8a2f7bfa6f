-- What Sanctum4j adds: when a token was revoked, by which token it was issued, and notes of the application.
alter table personal_access_tokens
    add column revoked_at datetime(6) null,
    add column issued_by bigint unsigned null,
    add column metadata text character set utf8mb4 null,
    add key personal_access_tokens_updated_at_index (updated_at),
    add key personal_access_tokens_issued_by_index (issued_by);
-- The address a token was last used from.
alter table personal_access_tokens add column last_used_from varchar(64) null;
-- For pages of an owner's tokens, the newest first, and for counting them; some owners have very many.
create index personal_access_tokens_owner_index on personal_access_tokens (tokenable_type, tokenable_id, revoked_at);
-- Who uses a token on its owner's behalf: a label for audit.
alter table personal_access_tokens add column actor text character set utf8mb4 null;
-- How the text of a token ends that was made here, so that its owner tells it from others; a part of its checksum.
alter table personal_access_tokens add column hint varchar(4) character set ascii collate ascii_bin null;
