-- Who uses a token on its owner's behalf: a label for audit.
alter table ${table} add column actor varchar(1000);
