#!/usr/bin/env bash
# Runs every test of the workspace, on embedded and on production adapters. Starts throw-away PostgreSQL, Redis and RabbitMQ
# of its own and stops exactly those, however the tests end. Arguments go to the test runner.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/throwaway.sh
. "$ROOT/scripts/lib/throwaway.sh"

use_services run

# The black box tests start the binary that lies beside them.
cargo build --workspace --bins
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace "$@"
else
    cargo test --workspace "$@"
fi
