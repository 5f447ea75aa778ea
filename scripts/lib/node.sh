# What scripts need of Node and Chromium. To be sourced by bash after processes.sh, with ROOT set.
# shellcheck shell=bash

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

install_chromium() {
    command -v chromium >/dev/null && return 0
    command -v apt-get >/dev/null || die "please install Chromium"
    say "installing chromium"
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2 ||
        die "could not install chromium"
}

install_packages() { # FOLDER: what its lock file names
    local major
    command -v npm >/dev/null || die "please install Node.js 20 or newer with npm"
    major="$(node --version)" && major="${major#v}" && major="${major%%.*}"
    [ "$major" -ge 20 ] || die "Node.js $major is too old: please install 20 or newer"
    # npm writes the inner file when it is done; a newer lock file asks for another installation.
    if [ ! -e "$1/node_modules/.package-lock.json" ] || [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; then
        say "installing the packages of $(basename "$1")"
        # Not `npm ci`: it refuses a lock file without the packages of systems that the registry at hand does not carry.
        npm install --no-save --prefix "$1" --cache "$ROOT/target/npm" --no-audit --no-fund --loglevel=error >&2
        touch "$1/node_modules/.package-lock.json"
    fi
}
