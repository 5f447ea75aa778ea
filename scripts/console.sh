#!/usr/bin/env bash
# Builds the web console into web-console/dist, which the server embeds; `console.sh test` also tries its pages in Chromium
# against the real server. Installs what is missing. Nothing is done again that is newer than what it is made of.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/processes.sh
. "$ROOT/scripts/lib/processes.sh"
# shellcheck source=scripts/lib/node.sh
. "$ROOT/scripts/lib/node.sh"
# shellcheck source=scripts/lib/build.sh
. "$ROOT/scripts/lib/build.sh"

CONSOLE="$ROOT/web-console"

build() {
    local newer
    install_packages "$CONSOLE"
    newer="$(find "$CONSOLE"/{src,public,scripts,index.html,vite.config.ts,tsconfig.json,package-lock.json} "$ROOT/docs/examples" -newer "$CONSOLE/dist/index.html" -print -quit 2>/dev/null || true)"
    if [ -e "$CONSOLE/dist/index.html" ] && [ -z "$newer" ]; then return 0; fi
    say "building the console"
    npm run --prefix "$CONSOLE" --silent build >&2
}

case "${1:-build}" in
build) build ;;
test)
    build
    install_packages "$ROOT/tests/sdk"
    npm run --prefix "$CONSOLE" --silent lint >&2
    npm test --prefix "$CONSOLE" --silent >&2
    if [ -z "${CONSOLE_TESTS_CHROMIUM:-}" ]; then
        install_chromium
        CONSOLE_TESTS_CHROMIUM="$(command -v chromium)"
    fi
    if [ -z "${CONSOLE_TESTS_BINARY:-}" ]; then
        CONSOLE_TESTS_BINARY="$(build_for_tests)/openim"
    fi
    export CONSOLE_TESTS_CHROMIUM CONSOLE_TESTS_BINARY
    cd "$CONSOLE"
    # One file at a time, whatever the machine; the limit is that of a whole file. What a test waits for has limits of its own,
    # and tells what it was.
    node --test --test-concurrency=1 --test-timeout=900000 --test-reporter=spec tests/*.test.mjs
    ;;
*) die "usage: console.sh [build|test]" ;;
esac
