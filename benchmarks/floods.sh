#!/usr/bin/env bash
# Starts the server with a small heap on an empty embedded database, floods it in each way in turn, and tells what honest callers felt
# of it, what it held afterwards, and that it still answers.
#
#   floods.sh [--seconds N] [--heap SIZE] [--operations N] [FLOOD …]
#
# Floods are those of dev.sanctum4j.benchmarks.Floods; unless told: quiet, slow, names, tokens, large and operations. Needs the jar of
# the server and Linux; JAVA_HOME is the JDK that runs the server.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
seconds=180 heap=256m operations=50000
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=$2; shift 2 ;;
    --heap) heap=$2; shift 2 ;;
    --operations) operations=$2; shift 2 ;;
    --*) sed -n '2,9p' "$0"; exit 2 ;;
    *) break ;;
  esac
done
floods=("$@")
[ ${#floods[@]} -gt 0 ] || floods=(quiet slow names tokens large operations)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
port=18480
scratch=$(mktemp -d)
ulimit -n "$(ulimit -Hn)" # a descriptor for each socket, at both ends

export SANCTUM_ENDPOINTS_PASSWORDTOKENABILITIES="*,tokens:manage" PORT=$port MANAGEMENT_PORT=$((port + 1)) SANCTUM_DATA=$scratch/data
export SANCTUM_ADMIN_EMAIL=flood@example.test SANCTUM_ADMIN_PASSWORD=correct-horse-battery-staple
"$java" -Xmx"$heap" -XX:+ExitOnOutOfMemoryError -jar "$here/server/target/sanctum4j-server.jar" >"$scratch/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$scratch"' EXIT
until grep -q 'Started SanctumServer' "$scratch/log"; do
  kill -0 $server || { cat "$scratch/log"; exit 1; }
  sleep 0.2
done

for flood in "${floods[@]}"; do
  count=2000
  [ "$flood" = operations ] && count=$operations
  "$java" -cp "$here/benchmarks/target/classes" dev.sanctum4j.benchmarks.Floods \
    $port "$SANCTUM_ADMIN_EMAIL" "$SANCTUM_ADMIN_PASSWORD" "$flood" "$seconds" "$count"
  busy=$(stat -c %s "$scratch/data/sanctum.mv.db")
  sleep 5
  jcmd $server GC.run >/dev/null
  printf '  file %s KB, %s KB five seconds later; heap %s KB after a collection; threads %s; memory %s KB; lines of the log %s\n' \
    $((busy / 1024)) $(($(stat -c %s "$scratch/data/sanctum.mv.db") / 1024)) \
    "$(jcmd $server GC.heap_info | awk '/total/ { for (i = 1; i < NF; i++) if ($i == "used") { sub("K.*", "", $(i + 1)); n += $(i + 1) } } END { print n }')" \
    "$(awk '/^Threads/ { print $2 }' /proc/$server/status)" "$(awk '/^VmRSS/ { print $2 }' /proc/$server/status)" \
    "$(wc -l <"$scratch/log")"
done
