#!/usr/bin/env bash
# Throw-away PostgreSQL, Redis and RabbitMQ for tests and for the local cluster. Every instance has its own folder, free
# ports on 127.0.0.1 and its own process ids; nothing that was running before is used or touched, and several checkouts
# can do this side by side.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
SELF="$ROOT/scripts/services.sh"
BASE="${OPENIM_SERVICES_DIR:-$ROOT/target/services}"
SERVICES=(postgres redis rabbitmq)

usage() {
    cat <<'TEXT'
usage: services.sh start [SERVICE..]    install what is missing, start with fresh or kept data, wait until ready
       services.sh stop                 stop everything this folder's start has started and delete its data
       services.sh stop SERVICE..       stop and keep the data
       services.sh restart SERVICE..    stop, then start on the same port with the same data
       services.sh kill SERVICE..       end at once (SIGKILL) and keep the data
       services.sh status               what runs where
       services.sh env                  print `export OPENIM_TEST_..=..` lines for a shell
SERVICE is postgres, redis or rabbitmq. OPENIM_SERVICES_DIR names another folder than target/services.
TEXT
}

# shellcheck source=scripts/lib/processes.sh
. "$ROOT/scripts/lib/processes.sh"

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# --- packages --------------------------------------------------------------------------------------------------------

postgres_bin() {
    local found
    found="$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)"
    [ -n "$found" ] && dirname "$found"
}

installed() {
    case "$1" in
    postgres) [ -n "$(postgres_bin)" ] ;;
    redis) command -v redis-server >/dev/null ;;
    rabbitmq) [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] ;;
    esac
}

install_missing() {
    local service packages=()
    for service in "$@"; do
        installed "$service" && continue
        case "$service" in
        postgres) packages+=(postgresql) ;;
        redis) packages+=(redis-server) ;;
        rabbitmq) packages+=(rabbitmq-server) ;;
        esac
    done
    [ "${#packages[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "please install: ${packages[*]}"
    say "installing ${packages[*]}"
    # Debian asks this file whether a new package may start its service. Ours say no; an existing one stays as it is.
    local policy=/usr/sbin/policy-rc.d ours=no
    if [ ! -e "$policy" ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    local failed=no
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >&2 || failed=yes
    [ "$ours" = no ] || as_root rm -f "$policy"
    [ "$failed" = no ] || die "could not install ${packages[*]}"
}

# --- PostgreSQL ------------------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root, so root hands it to the user `postgres`, who may be unable to enter the checkout:
# then its data lies in the folder for temporary files.
postgres_user() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

postgres_home() {
    local dir="$BASE/postgres" home
    if [ ! -s "$dir/home" ]; then
        home="$dir/cluster"
        if [ "$(id -u)" = 0 ] && ! runuser -u postgres -- test -x "$dir"; then
            home="$(mktemp -d "${TMPDIR:-/tmp}/openim-postgres.XXXXXX")"
        fi
        mkdir -p "$home"
        [ "$(id -u)" != 0 ] || chown postgres: "$home"
        printf '%s' "$home" >"$dir/home"
    fi
    cat "$dir/home"
}

start_postgres() {
    local dir="$BASE/postgres" bin home port
    bin="$(postgres_bin)"
    home="$(postgres_home)"
    port="$(keep_port "$dir/port")"
    if [ ! -s "$dir/ready" ]; then
        head -c 18 /dev/urandom | base64 | tr '+/' 'xy' >"$dir/password"
        install -m 600 "$dir/password" "$home/password"
        [ "$(id -u)" != 0 ] || chown postgres: "$home/password"
        (cd / && postgres_user "$bin/initdb" -D "$home/data" -U openim --auth=scram-sha-256 --pwfile="$home/password" \
            --encoding=UTF8 --locale=C.UTF-8) >"$dir/log" 2>&1
        date >"$dir/ready"
    fi
    rm -f "$dir/pid"
    # After a kill its children hold its memory a little longer, and it refuses to start beside them.
    wait_for 15 run_postgres "$bin" "$home" "$port" || return 1
    remember "$dir/pid" "$(head -n 1 "$home/data/postmaster.pid")"
}

# fsync stays on: the fault tests rely on it. TCP only: a socket's path may be too long. A test that ends while it opens a
# connection leaves that half open, and dropping its database waits until PostgreSQL gives it up: after a minute by default.
run_postgres() { # BIN HOME PORT
    (cd / && postgres_user "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 60 -o "-p $3 -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories='' -c max_connections=300 -c shared_buffers=256MB -c max_wal_size=2GB -c authentication_timeout=10" start) \
        >>"$BASE/postgres/log" 2>&1 9>&-
}

# --- Redis -----------------------------------------------------------------------------------------------------------

# Nothing is kept over a restart: whatever lies in Redis can be rebuilt, and tests shall find out.
start_redis() {
    local dir="$BASE/redis" port
    port="$(keep_port "$dir/port")"
    setsid redis-server --port "$port" --bind 127.0.0.1 --dir "$dir" --save '' --appendonly no \
        >>"$dir/log" 2>&1 </dev/null 9>&- &
    remember "$dir/pid" "$!"
    wait_for 20 redis_answers "$port"
}

redis_answers() {
    local reply
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'PING\r\n' >&3
    read -r -t 2 reply <&3 || reply=
    exec 3>&-
    [ "${reply%$'\r'}" = +PONG ]
}

# --- RabbitMQ --------------------------------------------------------------------------------------------------------

# A node of its own: own name, own port mapper, own ports, own cookie (in HOME), no plugins, loopback only.
start_rabbitmq() {
    local dir="$BASE/rabbitmq" port mapper dist
    port="$(keep_port "$dir/port")"
    mapper="$(keep_port "$dir/mapper-port")"
    dist="$(keep_port "$dir/dist-port")"
    mkdir -p "$dir/home" "$dir/data" "$dir/logs"
    printf '[].\n' >"$dir/plugins"
    printf 'listeners.tcp.1 = 127.0.0.1:%s\ndisk_free_limit.absolute = 64MB\nheartbeat = 10\n' "$port" >"$dir/rabbitmq.conf"
    if ! pid_of "$dir/mapper-pid" >/dev/null; then
        setsid epmd -port "$mapper" -address 127.0.0.1 >>"$dir/log" 2>&1 </dev/null 9>&- &
        remember "$dir/mapper-pid" "$!"
        wait_for 10 answers "$mapper" || return 1
    fi
    rm -f "$dir/node-pid"
    env HOME="$dir/home" ERL_EPMD_PORT="$mapper" ERL_EPMD_ADDRESS=127.0.0.1 RABBITMQ_NODENAME="openim-$port@localhost" \
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$dist" \
        RABBITMQ_CONFIG_FILE="$dir/rabbitmq.conf" RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_ENABLED_PLUGINS_FILE="$dir/plugins" \
        RABBITMQ_MNESIA_BASE="$dir/data" RABBITMQ_LOG_BASE="$dir/logs" RABBITMQ_PID_FILE="$dir/node-pid" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none" \
        setsid /usr/lib/rabbitmq/bin/rabbitmq-server >>"$dir/log" 2>&1 </dev/null 9>&- &
    remember "$dir/wrapper-pid" "$!"
    if ! wait_for 20 test -s "$dir/node-pid"; then return 1; fi
    remember "$dir/pid" "$(cat "$dir/node-pid")"
    wait_for 60 rabbitmq_answers "$port" "$dir/pid"
}

rabbitmq_answers() { # PORT PIDFILE: it says hello once it takes connections
    local first
    pid_of "$2" >/dev/null || return 1
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'AMQP\0\0\11\1' >&3
    IFS= read -r -N 1 -t 2 first <&3 || first=
    exec 3>&-
    [ "$first" = $'\1' ]
}

# --- commands --------------------------------------------------------------------------------------------------------

known() {
    local service
    for service in "${SERVICES[@]}"; do [ "$1" != "$service" ] || return 0; done
    die "there is no service '$1': choose from ${SERVICES[*]}"
}

start_one() {
    local service="$1" dir="$BASE/$1"
    mkdir -p "$dir"
    if pid_of "$dir/pid" >/dev/null; then return 0; fi
    for _ in 1 2 3; do
        if "start_$service"; then
            say "$service is ready on 127.0.0.1:$(cat "$dir/port")"
            return 0
        fi
        stop_one "$service" KILL
        # Somebody took the port in between; data that was made for it does not depend on it, but a restart must keep it.
        [ ! -s "$dir/started-once" ] || break
        rm -f "$dir/port" "$dir/mapper-port" "$dir/dist-port"
        [ "$service" != rabbitmq ] || rm -rf "$dir/data"
    done
    tail -n 20 "$dir/log" >&2 || true
    die "$service did not start; see $dir"
}

stop_one() { # SERVICE SIGNAL
    local dir="$BASE/$1" signal="$2"
    case "$1" in
    postgres) [ "$signal" = KILL ] || signal=INT ;; # INT is its fast shutdown
    esac
    end_process "$dir/pid" "$signal" 30
    if [ "$1" = rabbitmq ]; then
        end_process "$dir/wrapper-pid" TERM 5
        end_process "$dir/mapper-pid" TERM 5
    fi
}

each() { # COMMAND SERVICE..
    local command="$1" service
    shift
    for service in "$@"; do
        case "$command" in
        start) start_one "$service" && date >"$BASE/$service/started-once" ;;
        stop) stop_one "$service" TERM ;;
        kill) stop_one "$service" KILL ;;
        restart) stop_one "$service" TERM && start_one "$service" ;;
        esac
    done
}

stop_everything() {
    local private home
    for private in "$BASE"/private/*/; do
        [ ! -d "$private" ] || OPENIM_SERVICES_DIR="${private%/}" "$SELF" stop
    done
    each stop "${SERVICES[@]}"
    if [ -s "$BASE/postgres/home" ]; then
        home="$(cat "$BASE/postgres/home")"
        rm -rf "$home"
    fi
    rm -rf "$BASE"
}

status() {
    local service pid
    for service in "${SERVICES[@]}"; do
        if pid="$(pid_of "$BASE/$service/pid")"; then
            printf '%-9s pid %-8s 127.0.0.1:%s\n' "$service" "$pid" "$(cat "$BASE/$service/port")"
        else
            printf '%-9s not running\n' "$service"
        fi
    done
}

print_env() {
    local file
    for file in postgres redis rabbitmq; do
        [ -s "$BASE/$file/port" ] || continue
        case "$file" in
        postgres) printf "export OPENIM_TEST_POSTGRES_URL='postgres://openim:%s@127.0.0.1:%s/postgres'\n" "$(cat "$BASE/postgres/password")" "$(cat "$BASE/postgres/port")" ;;
        redis) printf "export OPENIM_TEST_REDIS_URL='redis://127.0.0.1:%s/0'\n" "$(cat "$BASE/redis/port")" ;;
        rabbitmq) printf "export OPENIM_TEST_AMQP_URL='amqp://guest:guest@127.0.0.1:%s/%%2f'\n" "$(cat "$BASE/rabbitmq/port")" ;;
        esac
    done
    printf "export OPENIM_TEST_SERVICES='%s'\n" "$SELF"
    printf "export OPENIM_SERVICES_DIR='%s'\n" "$BASE"
}

main() {
    local command="${1:-help}" service
    [ "$#" -eq 0 ] || shift
    case "$command" in
    status) status ;;
    env) print_env ;;
    help | -h | --help) usage ;;
    start | stop | restart | kill)
        for service in "$@"; do known "$service"; done
        if [ "$command" != start ] && [ "$command" != stop ] && [ "$#" -eq 0 ]; then die "$command needs a service"; fi
        mkdir -p "$BASE"
        # One at a time in one folder; the services themselves must not inherit the lock.
        exec 9>"$BASE.lock"
        flock 9
        if [ "$#" -eq 0 ] && [ "$command" = stop ]; then
            stop_everything
            rm -f "$BASE.lock"
            return
        fi
        [ "$#" -gt 0 ] || set -- "${SERVICES[@]}"
        [ "$command" != start ] || install_missing "$@"
        each "$command" "$@"
        ;;
    *)
        usage >&2
        exit 2
        ;;
    esac
}

main "$@"
