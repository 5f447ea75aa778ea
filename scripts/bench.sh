#!/usr/bin/env bash
# Runs `openim-bench all` on a release build, with a throw-away PostgreSQL for the comparison of stores. Arguments go to it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
services="$ROOT/scripts/services.sh"
export OPENIM_SERVICES_DIR="$ROOT/target/services/bench-$$"

stop() { "$services" stop || true; }
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cargo build --release -p openim-server -p openim-bench
"$services" start postgres
eval "$("$services" env)"
# 5,000 open sockets need as many file descriptors on both sides.
ulimit -n "$(ulimit -Hn)" || true
target/release/openim-bench "${@:-all}"
