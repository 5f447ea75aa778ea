# Processes and ports of the scripts beside this folder: what they start they know by pid and birth, and end exactly that.
# To be sourced by bash.
# shellcheck shell=bash

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
die() { say "$*"; exit 1; }

# --- processes -------------------------------------------------------------------------------------------------------

# When a process was started, in ticks since boot: with the pid it names one process for ever. Nothing for a dead one,
# also when nobody has collected it yet.
birth() {
    local stat fields
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
    read -r -a fields <<<"${stat##*) }"
    [ "${fields[0]}" = Z ] || printf '%s' "${fields[19]}"
}

remember() { # FILE PID
    printf '%s %s\n' "$2" "$(birth "$2")" >"$1"
}

pid_of() { # FILE: prints the pid if exactly that process still lives
    local pid born
    [ -s "$1" ] || return 1
    read -r pid born <"$1" || return 1
    [ -n "$born" ] && [ "$(birth "$pid")" = "$born" ] && printf '%s' "$pid"
}

end_process() { # FILE SIGNAL SECONDS: signals, waits, then kills
    local pid
    pid="$(pid_of "$1")" || { rm -f "$1"; return 0; }
    kill "-$2" "$pid" 2>/dev/null || true
    for _ in $(seq 1 "$(($3 * 20))"); do
        pid_of "$1" >/dev/null || break
        sleep 0.05
    done
    if pid="$(pid_of "$1")"; then
        say "process $pid does not end by itself; killing it"
        kill -KILL "$pid" 2>/dev/null || true
        while pid_of "$1" >/dev/null; do sleep 0.05; done
    fi
    rm -f "$1"
}

# --- ports -----------------------------------------------------------------------------------------------------------

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A port below the range from which the kernel takes outgoing ones.
free_port() {
    local port
    for _ in $(seq 1 200); do
        port=$((16000 + RANDOM % 16000))
        answers "$port" || { printf '%s' "$port"; return 0; }
    done
    die "no free port found"
}

keep_port() { # FILE: prints the port in it; takes a free one at first
    [ -s "$1" ] || free_port >"$1"
    cat "$1"
}

wait_for() { # SECONDS COMMAND..
    local left=$(($1 * 20))
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 0.05
    done
}
