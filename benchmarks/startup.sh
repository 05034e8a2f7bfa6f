#!/usr/bin/env bash
# Start to first answered request, processor time until then, and memory, of the server and of a plain Spring Boot application with the same starters
# (Security, JDBC, Flyway, Session, Actuator), and of the server by ./fast-start, each on H2 in a fresh place, in turn.
#
#   benchmarks/startup.sh [ROUNDS] [JVM-OPTION]…     both jars must have been built
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
shift || true
export JAVA_TOOL_OPTIONS="$*"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"

once() { # label, url, expected status, command…
  local label=$1 url=$2 pid from to
  shift 2
  from=$(date +%s%N)
  "$@" >"$scratch/log" 2>&1 &
  pid=$!
  until curl -s -o /dev/null "$url"; do
    kill -0 $pid || { tail -20 "$scratch/log" >&2; exit 1; }
    sleep 0.01
  done
  to=$(date +%s%N)
  awk -v tick="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / tick) }' "/proc/$pid/stat" >>"$scratch/cpu.$label"
  sleep 1
  echo $(((to - from) / 1000000)) >>"$scratch/ms.$label"
  awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status" >>"$scratch/rss.$label"
  kill $pid
  wait $pid 2>/dev/null || true
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

"$java" -version 2>&1 | grep -m1 version
for round in $(seq 0 "$rounds"); do
  rm -rf "$scratch/data"
  once plain http://127.0.0.1:8191/api/ping env PORT=8191 MANAGEMENT_SERVER_PORT=9191 \
    SPRING_DATASOURCE_URL="jdbc:h2:file:$scratch/data/plain;WRITE_DELAY=0" \
    SPRING_SESSION_JDBC_INITIALIZE_SCHEMA=always \
    "$java" -jar benchmarks/app/target/benchmark-app.jar plain
  once server http://127.0.0.1:8192/api/user env PORT=8192 MANAGEMENT_PORT=9192 SANCTUM_DATA="$scratch/data/server" \
    SANCTUM_ADMIN_PASSWORD="$(od -An -N12 -tx1 /dev/urandom | tr -d ' ')" \
    "$java" -jar server/target/sanctum4j-server.jar
  once fast http://127.0.0.1:8193/api/user env PORT=8193 MANAGEMENT_PORT=9193 SANCTUM_DATA="$scratch/data/fast" \
    SANCTUM_ADMIN_PASSWORD="$(od -An -N12 -tx1 /dev/urandom | tr -d ' ')" FAST_START="$scratch/fast-start" ./fast-start
  [ "$round" -gt 0 ] || rm -f "$scratch"/ms.* "$scratch"/cpu.* "$scratch"/rss.* # files come from the disk the first time
done
ratio() { awk -v a="$(median <"$scratch/$1.$2")" -v b="$(median <"$scratch/$1.plain")" 'BEGIN { printf "%.2f", a / b }'; }
for label in plain server fast; do
  printf '%-8s %6.0f ms to the first answer (%s of plain), %6.0f ms of processor time (%s), %4.0f MiB resident a second later\n' \
    "$label" "$(median <"$scratch/ms.$label")" "$(ratio ms "$label")" \
    "$(median <"$scratch/cpu.$label")" "$(ratio cpu "$label")" "$(median <"$scratch/rss.$label")"
done
