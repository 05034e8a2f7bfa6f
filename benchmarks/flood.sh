#!/usr/bin/env bash
# What honest callers of a real server feel while others send texts that are no tokens, over 200 connections.
#
#   flood.sh [JDBC-URL] [CONNECTIONS] [SECONDS] [ROUNDS]     without a URL on the embedded H2
#
# Needs ./mvnw -q -pl server,benchmarks -am -DskipTests package
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
jar=$here/server/target/sanctum4j-server.jar
port=${PORT:-18461}
scratch=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null; wait 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch"
[ -z "${1:-}" ] || export SANCTUM_DATABASE_URL=$1
export PORT=$port MANAGEMENT_PORT=$((port + 1))
java -jar "$jar" migrate >/dev/null
head -c 18 /dev/urandom | base64 >password
java -jar "$jar" users add flood@example.test --name Flood <password >/dev/null
java -jar "$jar" tokens issue flood@example.test flood --ability tokens:manage --ability orders:read >token
java -Xmx192m -jar "$jar" >log 2>&1 &
server=$!
until curl -sf -o /dev/null -H "Authorization: Bearer $(cat token)" "http://127.0.0.1:$port/api/user"; do
  kill -0 "$server" || { cat log; exit 1; }
  sleep 0.3
done
java -cp "$here/benchmarks/target/benchmarks.jar" dev.sanctum4j.benchmarks.Flood \
  "http://127.0.0.1:$port" "$(cat token)" "${@:2}"
