# Services of one run of a script: started for it, ended with it, however it ends. To be sourced by bash from the checkout.
# shellcheck shell=bash

use_services() { # NAME SERVICE..: starts them (all without a name of one) and exports their addresses
    # A folder a run: two runs in one checkout do not meet.
    export OPENIM_SERVICES_DIR="$ROOT/target/services/$1-$$"
    shift
    # A signal ends what runs in front first (it is in the same group), then this.
    trap '"$ROOT/scripts/services.sh" stop || true' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    "$ROOT/scripts/services.sh" start "$@"
    eval "$("$ROOT/scripts/services.sh" env)"
}
