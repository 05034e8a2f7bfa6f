create table orders (id integer primary key, item varchar(100) not null);
