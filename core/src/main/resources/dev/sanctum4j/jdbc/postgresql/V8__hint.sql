-- How the text of a token ends that was made here, so that its owner tells it from others; a part of its checksum.
alter table ${table} add column hint varchar(4);
