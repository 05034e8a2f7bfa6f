#!/usr/bin/env bash
# What hash partitions by token cost and save, beside the one table of our migrations and the same rows, in one run on PostgreSQL. The
# partitions are those of docs/guides/big-tables.md. Each statement is planned and run 41 times on other rows; medians, in ms.
#   benchmarks/partitions.sh [ROWS] [psql options]   1000000, and whatever database psql connects to
set -euo pipefail
cd "$(dirname "$0")/.."
rows=${1:-1000000}
shift || true
sql() { psql -qAt -F ' ' -v ON_ERROR_STOP=1 "$@"; }
guide() { awk '/^```sql table$/ { on = 1; next } /^```/ { on = 0 } on' docs/guides/big-tables.md; }
migrations() { sed 's/\${\(table\|name\)}/personal_access_tokens/g' core/src/main/resources/dev/sanctum4j/jdbc/postgresql/V*.sql; }

sql "$@" -c 'set client_min_messages = error' -c 'drop schema if exists plain cascade' -c 'drop schema if exists parts cascade' \
  -c 'create schema plain' -c 'create schema parts' >/dev/null
(echo 'set search_path to plain;'; migrations) | sql "$@" >/dev/null
(echo 'set search_path to parts;'; guide) | sql "$@" >/dev/null
for schema in plain parts; do
  sql "$@" -c "insert into $schema.personal_access_tokens (tokenable_type, tokenable_id, name, token, abilities, last_used_at, expires_at,
      created_at, updated_at, issued_by)
    select 'user', (n / 10)::text, 'token ' || n, encode(sha256(n::text::bytea), 'hex'), '[\"orders:read\"]',
      now() - n * interval '1 second', now() + (n % 90) * interval '1 day' - interval '1 day', now() - n * interval '1 second',
      now() - n * interval '1 second', case when n % 1000 = 0 then n - 1 end
    from generate_series(1, $rows) n"
  sql "$@" -c "vacuum analyze $schema.personal_access_tokens"
done

sql "$@" <<SQL
\set QUIET on
create temp table results (place int, what text, kind text, planning float8, execution float8, buffers float8);
do \$\$
declare
  kind text;
  one record;
  plan json;
  n bigint;
begin
  for round in 1..41 loop
    n := 1 + (random() * ($rows - 2))::bigint;
    foreach kind in array array['plain', 'parts'] loop
      perform set_config('search_path', kind, true);
      for one in select * from (values
          (1, 'look-up by token', 'select * from personal_access_tokens where token = encode(sha256(''%1\$s''::bytea), ''hex'')'),
          (2, 'look-up by id', 'select * from personal_access_tokens where id = %1\$s'),
          (3, 'change by id', 'update personal_access_tokens set name = ''x'', updated_at = now() where id = %1\$s'),
          (4, 'last uses of 100 by id', 'update personal_access_tokens set last_used_at = now() where id = any ((select array_agg(m) from generate_series(%1\$s, %1\$s + 99) m)::bigint[])'),
          (5, 'issued by a token', 'select id from personal_access_tokens where issued_by = %1\$s and revoked_at is null order by id'),
          (6, 'a page of an owner', 'select * from personal_access_tokens where tokenable_type = ''user'' and tokenable_id = (%1\$s / 10)::text'
            ' and revoked_at is null order by id desc limit 50'),
          (7, 'the poll', 'select id from personal_access_tokens where updated_at >= now()::timestamp - interval ''10 seconds'''
            ' order by updated_at limit 10001'),
          (8, 'a thousand to prune', 'select id from personal_access_tokens where expires_at < now()::timestamp order by expires_at'
            ' limit 1000 for update skip locked'),
          (9, 'issue', 'insert into personal_access_tokens (tokenable_type, tokenable_id, name, token) values'
            ' (''user'', ''1'', ''x'', encode(sha256(''new %1\$s''::bytea), ''hex''))')
        ) as all_of_them (place, what, sql) loop
        begin
          execute 'explain (analyze, buffers, format json) ' || format(one.sql, n) into plan;
          raise exception using errcode = 'ZZZZZ'; -- nothing stays
        exception when sqlstate 'ZZZZZ' then null;
        end;
        if round > 1 then
          insert into results values (one.place, one.what, kind, (plan->0->>'Planning Time')::float8, (plan->0->>'Execution Time')::float8,
            (plan->0->'Plan'->>'Shared Hit Blocks')::float8 + (plan->0->'Plan'->>'Shared Read Blocks')::float8);
        end if;
      end loop;
    end loop;
  end loop;
end \$\$;
\pset format aligned
\pset tuples_only off
with medians as (
  select place, what, kind, percentile_cont(0.5) within group (order by planning) as p,
    percentile_cont(0.5) within group (order by execution) as e, percentile_cont(0.5) within group (order by buffers) as b
  from results group by place, what, kind)
select one.what, round(one.p::numeric, 3) as "one: plan", round(one.e::numeric, 3) as run, one.b as blocks,
  round(part.p::numeric, 3) as "parts: plan", round(part.e::numeric, 3) as "run ", part.b as "blocks ",
  round((part.e / one.e)::numeric, 1) as "run, ratio", round(((part.p + part.e) / (one.p + one.e))::numeric, 1) as "both, ratio"
from medians one join medians part using (place) where one.kind = 'plain' and part.kind = 'parts' order by place;
SQL
sql "$@" -c 'drop schema plain cascade' -c 'drop schema parts cascade' 2>/dev/null
