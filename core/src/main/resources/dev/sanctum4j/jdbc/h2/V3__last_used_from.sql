-- The address a token was last used from.
alter table ${table} add column last_used_from varchar(64);
