-- Who used the token on its owner's behalf
alter table sanctum_audit add column actor varchar(240) character set utf8mb4 null;
