grant select, insert, update, delete on personal_access_tokens to shop_java;
grant usage on sequence personal_access_tokens_id_seq to shop_java;
grant select on users to shop_java;
