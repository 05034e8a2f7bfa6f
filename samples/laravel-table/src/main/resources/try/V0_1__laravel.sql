create table users (id integer primary key autoincrement not null, name varchar not null, email varchar not null unique,
  password varchar not null, created_at datetime, updated_at datetime, deleted_at datetime);
create table personal_access_tokens (id integer primary key autoincrement not null, tokenable_type varchar not null, tokenable_id integer not null,
  name text not null, token varchar not null unique, abilities text, last_used_at datetime, expires_at datetime, created_at datetime, updated_at datetime);

-- correct horse battery staple
insert into users (name, email, password)
values ('Ada', 'ada@example.test', '$2y$12$iQYbZhWaI2Owtotep6jIGOQZGUXpASow1Rko9i6addxNht.jIYv.O');
