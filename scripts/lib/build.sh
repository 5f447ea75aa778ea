# The one build for tests, whatever they are written in. To be sourced by bash, with ROOT set.
# Cargo chooses the features of dependencies by everything that a command names: another choice of packages or targets than
# this one would compile most of the tree a second time.
# shellcheck shell=bash

build_for_tests() { # prints the folder with the binaries
    cargo build --workspace --bins --tests >&2
    printf '%s' "${CARGO_TARGET_DIR:-$ROOT/target}/debug"
}
