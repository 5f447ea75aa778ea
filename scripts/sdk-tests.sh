#!/usr/bin/env bash
# Drives official OpenIM clients, unmodified, against this server: `sdk-tests.sh [embedded|cluster]..`, both without a name.
# Installs what is missing, starts everything on loopback and ends exactly that. tests/sdk/README.md names the variables.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/processes.sh
. "$ROOT/scripts/lib/processes.sh"
# shellcheck source=scripts/lib/throwaway.sh
. "$ROOT/scripts/lib/throwaway.sh"
# shellcheck source=scripts/lib/node.sh
. "$ROOT/scripts/lib/node.sh"
# shellcheck source=scripts/lib/build.sh
. "$ROOT/scripts/lib/build.sh"

TESTS="$ROOT/tests/sdk"

run() { # DEPLOYMENT
    if [ "$1" = cluster ] && [ -z "${SDK_TESTS_API:-}" ]; then use_services sdk postgres redis rabbitmq; fi
    SDK_TESTS_DEPLOYMENT="$1" node --test-reporter=spec "$TESTS/run.mjs"
}

if [ -n "${OPENIM_SKIP_SDK_TESTS:-}" ]; then
    say "SKIPPED: OPENIM_SKIP_SDK_TESTS is set, so no official client was tried"
    exit 0
fi
if [ "$#" = 0 ]; then set -- embedded cluster; fi
for deployment in "$@"; do
    case "$deployment" in
    embedded | cluster) ;;
    *) die "there is no deployment '$deployment': choose from embedded cluster" ;;
    esac
done
if [ -z "${SDK_TESTS_CHROMIUM:-}" ]; then
    install_chromium
    SDK_TESTS_CHROMIUM="$(command -v chromium)"
    export SDK_TESTS_CHROMIUM
fi
install_packages "$TESTS"
if [ -z "${SDK_TESTS_BINARY:-}" ] && [ -z "${SDK_TESTS_API:-}" ]; then
    SDK_TESTS_BINARY="$(build_for_tests)/openim"
    export SDK_TESTS_BINARY
fi
for deployment in "$@"; do run "$deployment"; done
