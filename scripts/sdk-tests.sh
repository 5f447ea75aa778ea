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

TESTS="$ROOT/tests/sdk"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

install_chromium() {
    command -v chromium >/dev/null && return 0
    command -v apt-get >/dev/null || die "please install Chromium and name it in SDK_TESTS_CHROMIUM"
    say "installing chromium"
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2 ||
        die "could not install chromium"
}

install_clients() {
    local major
    command -v npm >/dev/null || die "please install Node.js 20 or newer with npm"
    major="$(node --version)" && major="${major#v}" && major="${major%%.*}"
    [ "$major" -ge 20 ] || die "Node.js $major is too old: please install 20 or newer"
    # npm writes the inner file when it is done; a newer lock file asks for another installation.
    if [ ! -e "$TESTS/node_modules/.package-lock.json" ] || [ "$TESTS/package-lock.json" -nt "$TESTS/node_modules/.package-lock.json" ]; then
        say "installing the clients"
        npm ci --prefix "$TESTS" --cache "$ROOT/target/npm" --no-audit --no-fund --loglevel=error >&2
        touch "$TESTS/node_modules/.package-lock.json"
    fi
}

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
install_clients
if [ -z "${SDK_TESTS_BINARY:-}" ] && [ -z "${SDK_TESTS_API:-}" ]; then
    cargo build -p openim-server
    export SDK_TESTS_BINARY="$ROOT/target/debug/openim"
fi
for deployment in "$@"; do run "$deployment"; done
