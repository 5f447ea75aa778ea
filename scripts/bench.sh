#!/usr/bin/env bash
# Runs `openim-bench all` on the build that is packaged (profile dist), with throw-away services for the comparison of stores and for the SDK
# sockets on PostgreSQL, Redis and RabbitMQ. Arguments go to it.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/throwaway.sh
. "$ROOT/scripts/lib/throwaway.sh"

cargo build --profile dist -p openim-server -p openim-bench
use_services bench postgres redis rabbitmq
# 5,000 open sockets need as many file descriptors on both sides.
ulimit -n "$(ulimit -Hn)" || true
target/dist/openim-bench "${@:-all}"
