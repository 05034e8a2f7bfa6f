#!/usr/bin/env bash
# The same application, open to everybody, with our tokens, and with JWTs (HS256): requests per second and server CPU per
# request of GET /api/ping. With a JDBC URL of a PostgreSQL our tokens live there, with the cache and the feed that come with it.
#
#   benchmarks/http.sh [JDBC-URL]          builds nothing: ./mvnw -q -pl benchmarks,benchmarks/app -am -DskipTests package first
set -euo pipefail
cd "$(dirname "$0")/.."
jar=benchmarks/app/target/benchmark-app.jar
[ -f "$jar" ] || { echo "$jar is missing: ./mvnw -q -pl benchmarks/app -am -DskipTests package" >&2; exit 1; }
scratch=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT

sides=()
port=8181
start() { # mode, label, more settings…
  local mode=$1 label=$2
  shift 2
  env PORT="$port" MANAGEMENT_SERVER_PORT=0 "$@" "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx512m -jar "$jar" "$mode" >"$scratch/$mode$port" 2>&1 &
  pids+=("$!")
  for _ in $(seq 300); do
    grep -q '^HEADER' "$scratch/$mode$port" && break
    kill -0 "$!" || { tail -30 "$scratch/$mode$port" >&2; exit 1; }
    sleep 0.2
  done
  sides+=(--pid "$!" "$label" "http://127.0.0.1:$port/api/ping" "$(sed -n 's/^HEADER //p' "$scratch/$mode$port")")
  port=$((port + 1))
}
start open 'Security, permitAll'
if [ $# -gt 0 ]; then
  start token 'our tokens, cached' SPRING_DATASOURCE_URL="$1" SANCTUM_JDBC_INITIALIZE_SCHEMA=always
else
  start token 'our tokens, embedded H2'
fi
start jwt 'JWT resource server, HS256'
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -version 2>&1 | head -1
benchmarks/http-load.sh --rounds "${ROUNDS:-5}" --seconds "${SECONDS_EACH:-4}" --warmup "${WARMUP:-20}" "${sides[@]}"
