-- H2 counts a character beyond the first 65,536 as two; everywhere else, and in what we tell people, it is one.
alter table sanctum_accounts alter column name set data type varchar(510);
alter table sanctum_accounts alter column email set data type varchar(510);
alter table sanctum_audit alter column detail set data type varchar(2000);
