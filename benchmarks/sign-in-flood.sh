#!/usr/bin/env bash
# 36 honest sign-ins at once, alone and beside 200 connections that guess passwords from one address, on a server of its own with
# an empty database: how many succeed in five seconds, and how long they take.
#
#   benchmarks/sign-in-flood.sh [HONEST] [CONNECTIONS]     both jars must have been built
set -euo pipefail
cd "$(dirname "$0")/.."
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
scratch=$(mktemp -d)
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' ')
env PORT=8195 MANAGEMENT_PORT=9195 SANCTUM_DATA="$scratch/data" SANCTUM_ADMIN_EMAIL=admin@localhost SANCTUM_ADMIN_PASSWORD="$password" \
  "$java" -Xmx256m -jar "${SERVER_JAR:-server/target/sanctum4j-server.jar}" >"$scratch/log" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true; wait $pid 2>/dev/null || true; rm -rf "$scratch"' EXIT
until curl -s -o /dev/null http://127.0.0.1:8195/api/user; do
  kill -0 $pid || { tail -20 "$scratch/log" >&2; exit 1; }
  sleep 0.2
done
"$java" -version 2>&1 | head -1
"$java" -Xmx256m -cp benchmarks/target/benchmarks.jar dev.sanctum4j.benchmarks.SignInFlood 8195 admin@localhost "$password" "$@"
