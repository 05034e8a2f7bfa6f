#!/usr/bin/env bash
# Loads sides in turn and tells requests per second and the server's own CPU time per request, as medians and ratios.
#
#   http-load.sh [--rounds N] [--seconds S] [--warmup S] [--connections C] --pid PID LABEL URL [HEADER] [--form DATA]  [--pid …] …
#
# A side is a running server (its process id), a label, a URL, perhaps one header, and perhaps a form that is posted. Sides take
# turns within a round, so that what disturbs one disturbs the others. Needs wrk and Linux.
set -euo pipefail

rounds=5 seconds=5 warmup=20 connections=16
labels=() pids=() urls=() headers=() forms=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --seconds) seconds=$2; shift 2 ;;
    --warmup) warmup=$2; shift 2 ;;
    --connections) connections=$2; shift 2 ;;
    --pid)
      pids+=("$2") labels+=("$3") urls+=("$4") forms+=(""); shift 4
      if [ $# -gt 0 ] && [[ $1 != --* ]]; then headers+=("$1"); shift; else headers+=("X-None: none"); fi ;;
    --form) forms[${#forms[@]} - 1]=$2; shift 2 ;;
    *) sed -n '2,8p' "$0"; exit 2 ;;
  esac
done
[ ${#pids[@]} -gt 0 ] || { sed -n '2,8p' "$0"; exit 2; }
command -v wrk >/dev/null || { echo "wrk is not installed (Debian: apt-get install wrk)" >&2; exit 1; }
tick=$(getconf CLK_TCK)

cpu() { awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; } # user and system time, in ticks

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for i in "${!pids[@]}"; do
  echo "${forms[$i]:+wrk.method = \"POST\" wrk.body = \"${forms[$i]}\" wrk.headers[\"Content-Type\"] = \"application/x-www-form-urlencoded\"}" \
    >"$scratch/$i.lua"
done
ask() { wrk -t1 -c"$connections" -d"$2"s --latency -s "$scratch/$1.lua" -H "${headers[$1]}" "${urls[$1]}"; }
for i in "${!pids[@]}"; do # the first request and the compiler's work count for nobody
  ask "$i" "$warmup" >/dev/null
done
echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg)"
for round in $(seq "$rounds"); do
  for i in "${!pids[@]}"; do
    before=$(cpu "${pids[$i]}")
    ask "$i" "$seconds" >"$scratch/out"
    after=$(cpu "${pids[$i]}")
    requests=$(awk '/requests in/ { print $1 }' "$scratch/out")
    if grep -q 'Non-2xx' "$scratch/out"; then
      echo "${labels[$i]}: $(grep 'Non-2xx' "$scratch/out")" >&2
      exit 1
    fi
    awk '/Requests\/sec/ { print $2 }' "$scratch/out" >>"$scratch/rps.$i"
    awk -v t=$((after - before)) -v hz="$tick" -v n="$requests" 'BEGIN { printf "%.2f\n", t / hz / n * 1e6 }' >>"$scratch/cpu.$i"
  done
done
echo "load average after:  $(cut -d' ' -f1-3 /proc/loadavg)"
printf '%-28s %14s %22s %12s\n' side 'requests/s' 'server CPU µs/request' 'CPU ratio'
first=$(median <"$scratch/cpu.0")
for i in "${!pids[@]}"; do
  own=$(median <"$scratch/cpu.$i")
  printf '%-28s %14.0f %22.1f %12.2f\n' "${labels[$i]}" "$(median <"$scratch/rps.$i")" "$own" \
    "$(awk -v a="$own" -v b="$first" 'BEGIN { print a / b }')"
done
