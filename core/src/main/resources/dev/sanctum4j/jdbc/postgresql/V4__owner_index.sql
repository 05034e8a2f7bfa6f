-- For pages of an owner's tokens, the newest first, and for counting them; some owners have very many.
create index if not exists ${name}_owner_index on ${table} (tokenable_type, tokenable_id, id) where revoked_at is null;
