#!/usr/bin/env bash
# Runs every test, on embedded and on production adapters: those of the workspace, the names in deploy/, the console's pages
# and official OpenIM clients in a browser. Starts throw-away PostgreSQL, Redis and RabbitMQ of its own and stops exactly
# those, however the tests end. Arguments go to the runner of the workspace, and then it is the only one.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/throwaway.sh
. "$ROOT/scripts/lib/throwaway.sh"
# shellcheck source=scripts/lib/build.sh
. "$ROOT/scripts/lib/build.sh"

use_services run

# The server embeds the console; the black box tests start the binary that lies beside them.
scripts/console.sh
build_for_tests >/dev/null
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --workspace "$@"
else
    cargo test --workspace "$@"
fi
if [ "$#" = 0 ]; then
    scripts/lint-deploy.sh names
    scripts/console.sh test
    scripts/sdk-tests.sh
fi
