#!/usr/bin/env bash
# Runs `openim-bench all` on a release build, with a throw-away PostgreSQL for the comparison of stores. Arguments go to it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/throwaway.sh
. "$ROOT/scripts/lib/throwaway.sh"

cargo build --release -p openim-server -p openim-bench
use_services bench postgres
# 5,000 open sockets need as many file descriptors on both sides.
ulimit -n "$(ulimit -Hn)" || true
target/release/openim-bench "${@:-all}"
