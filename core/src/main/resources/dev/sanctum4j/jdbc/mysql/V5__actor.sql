-- Who uses a token on its owner's behalf: a label for audit.
alter table ${table} add column actor text character set utf8mb4 null;
