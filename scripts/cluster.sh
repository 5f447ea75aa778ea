#!/usr/bin/env bash
# A whole deployment on loopback: PostgreSQL, Redis, RabbitMQ, two gateways, one process a subgraph and a worker. Everything
# listens on free ports of 127.0.0.1, keeps its data under target/cluster and ends with this script (Ctrl-C). OPENIM_BINARY
# names a binary that is built already.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
# shellcheck source=scripts/lib/processes.sh
. "$ROOT/scripts/lib/processes.sh"

BASE="$ROOT/target/cluster"
SUBGRAPHS=(users relations groups messages conversations third)
export OPENIM_SERVICES_DIR="$BASE/services"
BINARY="${OPENIM_BINARY:-}"

stop() {
    local file
    for file in "$BASE"/*.pid; do
        [ ! -e "$file" ] || end_process "$file" TERM 12
    done
    "$ROOT/scripts/services.sh" stop || true
}

ready() { # PORT: does /readyz say yes?
    local status
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
    read -r -t 5 status <&3 || status=
    exec 3>&-
    [[ "$status" == *" 200 "* ]]
}

launch() { # NAME ROLE PORT [SDK-PORT]
    mkdir -p "$BASE/$1"
    OPENIM__SDK__LISTEN="127.0.0.1:${4:-0}" setsid "$BINARY" serve --roles "$2" --listen "127.0.0.1:$3" --data-dir "$BASE/$1" \
        >"$BASE/$1.log" 2>&1 </dev/null 9>&- &
    remember "$BASE/$1.pid" "$!"
}

await() { # NAME PORT
    if ! wait_for 60 ready "$2"; then
        tail -n 20 "$BASE/$1.log" >&2
        die "$1 did not become ready; see $BASE/$1.log"
    fi
    printf '  %-14s http://127.0.0.1:%s\n' "$1" "$2"
}

secret() { head -c 24 /dev/urandom | base64 | tr '+/' 'xy'; }

if [ -z "$BINARY" ]; then
    cargo build --release -p openim-server
    BINARY="$ROOT/target/release/openim"
fi
mkdir -p "$BASE"
exec 9>"$BASE/lock" # the processes must not inherit it: they close 9
flock -n 9 || die "a cluster of this checkout runs already"
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$ROOT/scripts/services.sh" start 9>&-
eval "$("$ROOT/scripts/services.sh" env)"

export OPENIM__DATABASE__URL="$OPENIM_TEST_POSTGRES_URL" OPENIM__REDIS__URL="$OPENIM_TEST_REDIS_URL" OPENIM__AMQP__URL="$OPENIM_TEST_AMQP_URL"
OPENIM__AUTH__SECRET="$(secret)"
OPENIM__INTERNAL__SECRET="$(secret)"
OPENIM__OBJECTS__FOLDER="$BASE/objects" # one machine: all processes share its disk
export OPENIM__AUTH__SECRET OPENIM__INTERNAL__SECRET OPENIM__OBJECTS__FOLDER

declare -A ports
for name in "${SUBGRAPHS[@]}" worker gateway-1 gateway-2; do ports[$name]="$(free_port)"; done
export OPENIM__SUBGRAPHS__USERS="http://127.0.0.1:${ports[users]}"
export OPENIM__SUBGRAPHS__RELATIONS="http://127.0.0.1:${ports[relations]}"
export OPENIM__SUBGRAPHS__GROUPS="http://127.0.0.1:${ports[groups]}"
export OPENIM__SUBGRAPHS__MESSAGES="http://127.0.0.1:${ports[messages]}"
export OPENIM__SUBGRAPHS__CONVERSATIONS="http://127.0.0.1:${ports[conversations]}"
export OPENIM__SUBGRAPHS__THIRD="http://127.0.0.1:${ports[third]}"

"$BINARY" migrate
for name in "${SUBGRAPHS[@]}" worker; do launch "$name" "$name" "${ports[$name]}"; done
for name in "${SUBGRAPHS[@]}" worker; do await "$name" "${ports[$name]}"; done
declare -A sdk_ports
for name in gateway-1 gateway-2; do
    sdk_ports[$name]="$(free_port)"
    launch "$name" gateway "${ports[$name]}" "${sdk_ports[$name]}"
done
for name in gateway-1 gateway-2; do await "$name" "${ports[$name]}"; done

install -m 600 /dev/null "$BASE/secret"
printf '%s\n' "$OPENIM__AUTH__SECRET" >"$BASE/secret"
cat <<TEXT
The cluster is ready.
  GraphQL and GraphiQL  http://127.0.0.1:${ports[gateway-1]}/graphql  http://127.0.0.1:${ports[gateway-2]}/graphql
  official SDKs         ws://127.0.0.1:${sdk_ports[gateway-1]}  ws://127.0.0.1:${sdk_ports[gateway-2]}
  administrators' secret  $BASE/secret
  logs                    $BASE/*.log
Ctrl-C ends everything.
TEXT
# Wakes up now and then to notice a process that ended by itself.
while true; do
    for name in "${!ports[@]}"; do
        pid_of "$BASE/$name.pid" >/dev/null || die "$name ended by itself; see $BASE/$name.log"
    done
    sleep 1 &
    wait "$!"
done
