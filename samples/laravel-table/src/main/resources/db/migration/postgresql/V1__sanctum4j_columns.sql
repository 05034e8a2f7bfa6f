-- What Sanctum4j adds: when a token was revoked, by which token it was issued, and notes of the application.
alter table personal_access_tokens add column revoked_at timestamp(6);
alter table personal_access_tokens add column issued_by bigint;
alter table personal_access_tokens add column metadata text;
create index if not exists personal_access_tokens_updated_at_index on personal_access_tokens (updated_at);
create index if not exists personal_access_tokens_issued_by_index on personal_access_tokens (issued_by);
-- The address a token was last used from.
alter table personal_access_tokens add column last_used_from varchar(64);
-- For pages of an owner's tokens, the newest first, and for counting them; some owners have very many.
create index if not exists personal_access_tokens_owner_index on personal_access_tokens (tokenable_type, tokenable_id, id) where revoked_at is null;
-- Who uses a token on its owner's behalf: a label for audit.
alter table personal_access_tokens add column actor text;
-- How the text of a token ends that was made here, so that its owner tells it from others; a part of its checksum.
alter table personal_access_tokens add column hint varchar(4);
