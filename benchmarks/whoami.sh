#!/usr/bin/env bash
# How long `sanctum4j whoami` takes by ./fast-start, from the shell's call to its return, against a server on this machine. Ends with 1 if the median
# is above the limit: whoever types a command should not have to wait for it. Waiting says something on a machine with nothing else to do only;
# processor time, of both the launcher and Java, says something on any.
#
#   benchmarks/whoami.sh [ROUNDS] [LIMIT-IN-MS]     the server's jar must have been built
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-9}
limit=${2:-600}
scratch=$(mktemp -d)
export FAST_START=$scratch/fast-start PORT=8195 MANAGEMENT_PORT=9195
unset SANCTUM_URL SANCTUM_TOKEN
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
address=http://127.0.0.1:$PORT

password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' ')
SANCTUM_DATA=$scratch/data SANCTUM_ADMIN_PASSWORD=$password "$java" -jar server/target/sanctum4j-server.jar >"$scratch/log" 2>&1 &
server=$!
until curl -s -o /dev/null "$address/api/user"; do
  kill -0 $server || { tail -20 "$scratch/log" >&2; exit 1; }
  sleep 0.1
done
mkdir -m 700 "$scratch/config" "$scratch/config/sanctum4j"
(umask 077 && curl -sf --data-urlencode email=admin@localhost --data-urlencode "password=$password" --data-urlencode device_name=whoami \
  "$address/sanctum/token" | sed "s|.*|{\"server\":\"$address\",\"token\":\"&\"}|" >"$scratch/config/sanctum4j/http%3A%2F%2F127.0.0.1%3A$PORT.json")
export XDG_CONFIG_HOME=$scratch/config

whoami() { ./fast-start whoami >"$scratch/answer" 2>"$scratch/error" || { cat "$scratch/error" >&2; exit 1; }; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

whoami # makes the archive
grep -q admin@localhost "$scratch/answer" || { echo "whoami says: $(cat "$scratch/answer")" >&2; exit 1; }
whoami # reads it from the disk
TIMEFORMAT='%R %U %S'
for _ in $(seq "$rounds"); do
  { time whoami; } 2>"$scratch/time"
  awk '{ print int($1 * 1000) }' "$scratch/time" >>"$scratch/ms"
  awk '{ print int(($2 + $3) * 1000) }' "$scratch/time" >>"$scratch/cpu"
done
"$java" -version 2>&1 | grep -m1 version
took=$(median <"$scratch/ms")
printf 'whoami   %6.0f ms until it is back (%s), %6.0f ms of processor time, medians of %s; at most %s ms\n' \
  "$took" "$(basename "$scratch"/fast-start-*/client.*)" "$(median <"$scratch/cpu")" "$rounds" "$limit"
[ "${took%.*}" -le "$limit" ] || { echo "whoami takes too long" >&2; exit 1; }
