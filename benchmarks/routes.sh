#!/usr/bin/env bash
# What the server's own routes cost beside an application that does nothing: /verify (as a gateway asks it), introspection and
# /api/user, each with a token, beside GET /api/ping of a Boot application without Spring Security, and of one whose chain lets
# everybody in. Requests per second and server CPU per request. With the JDBC URL of an empty PostgreSQL the server keeps its tables
# there, with the cache and the feed that come with it, and otherwise in an embedded database, which is asked with each request.
#
#   benchmarks/routes.sh [JDBC-URL]          builds nothing: ./mvnw -q -pl server,benchmarks/app -am -DskipTests package first
set -euo pipefail
cd "$(dirname "$0")/.."
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
scratch=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT

sides=()
port=8281
for mode in empty open; do
  PORT=$port MANAGEMENT_SERVER_PORT=0 "$java" -Xmx512m -jar benchmarks/app/target/benchmark-app.jar $mode >"$scratch/$mode" 2>&1 &
  pids+=("$!")
  sides+=(--pid "$!" "a Boot application, $mode" "http://127.0.0.1:$port/api/ping")
  port=$((port + 1))
done

export PORT=$port MANAGEMENT_PORT=$((port + 1)) SANCTUM_DATA=$scratch/data
export SANCTUM_ADMIN_EMAIL=load@example.test SANCTUM_ADMIN_PASSWORD=correct-horse-battery-staple
[ $# -eq 0 ] || export SANCTUM_DATABASE_URL=$1
sanctum4j() { "$java" -jar server/target/sanctum4j-server.jar "$@"; }
sanctum4j migrate >/dev/null
secret=$(sanctum4j clients add load 2>/dev/null)
"$java" -Xmx512m -jar server/target/sanctum4j-server.jar >"$scratch/server" 2>&1 &
server=$!
pids+=("$server")
for log in "$scratch"/{empty,open,server}; do
  until grep -qE '^HEADER|Started SanctumServer' "$log"; do
    kill -0 "${pids[@]}" || { tail -20 "$log" >&2; exit 1; }
    sleep 0.2
  done
done
token=$(curl -fsS "http://127.0.0.1:$PORT/sanctum/token" -d "email=$SANCTUM_ADMIN_EMAIL" -d "password=$SANCTUM_ADMIN_PASSWORD" -d device_name=load)
bearer="Authorization: Bearer $token"
sides+=(
  --pid "$server" /verify "http://127.0.0.1:$PORT/verify" "$bearer"
  --pid "$server" /oauth2/introspect "http://127.0.0.1:$PORT/oauth2/introspect" "Authorization: Basic $(printf 'load:%s' "$secret" | base64 -w0)" --form "token=$token"
  --pid "$server" /api/user "http://127.0.0.1:$PORT/api/user" "$bearer"
)
"$java" -version 2>&1 | grep -m1 version
benchmarks/http-load.sh --rounds "${ROUNDS:-5}" --seconds "${SECONDS_EACH:-4}" --warmup "${WARMUP:-15}" "${sides[@]}"
