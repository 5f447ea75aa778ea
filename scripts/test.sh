#!/usr/bin/env bash
# Runs every test of the workspace, on embedded and on production adapters. Starts throw-away PostgreSQL, Redis and RabbitMQ
# of its own and stops exactly those, however the tests end. Arguments go to the test runner.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
services="$ROOT/scripts/services.sh"
# A folder a run: two runs in one checkout do not meet.
export OPENIM_SERVICES_DIR="$ROOT/target/services/run-$$"

# A signal ends the runner first (it is in the same group), then this.
stop() { "$services" stop || true; }
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$services" start
eval "$("$services" env)"

# The black box tests start the binary that lies beside them.
cargo build --workspace --bins
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace "$@"
else
    cargo test --workspace "$@"
fi
