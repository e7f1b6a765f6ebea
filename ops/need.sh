#!/bin/sh
# Says in one line each what this machine lacks, with the command that installs it; exit 1 if anything is missing.
#
#   ops/need.sh demo    to build and run          ops/need.sh test    to run the tests too
#   ops/need.sh lint    for .ci/run
#
# As root on Debian, `test` installs the browser and PostgreSQL itself.
set -eu

what=${1:-demo}
missing=0

lacks() {
    echo "wardbook needs $1: $2" >&2
    missing=1
}

# Whether version $1 is at least $2.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

rust() {
    if ! command -v cargo >/dev/null 2>&1 || ! command -v rustc >/dev/null 2>&1; then
        lacks "Rust 1.95 or newer" "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
        return
    fi
    version=$(rustc --version | cut -d' ' -f2)
    at_least "${version%%-*}" 1.95.0 || lacks "Rust 1.95 or newer, and this is $version" "rustup update stable"
}

node() {
    if ! command -v node >/dev/null 2>&1; then
        lacks "Node 20 or newer" "apt-get install -y nodejs npm"
        return
    fi
    version=$(command node --version)
    at_least "${version#v}" 20.0.0 || lacks "Node 20 or newer, and this is $version" "see https://nodejs.org/en/download"
    command -v npm >/dev/null 2>&1 || lacks npm "apt-get install -y npm"
}

has_postgres() {
    command -v initdb >/dev/null 2>&1 && command -v pg_ctl >/dev/null 2>&1 && return 0
    for bin in /usr/lib/postgresql/*/bin; do
        [ -x "$bin/initdb" ] && [ -x "$bin/pg_ctl" ] && return 0
    done
    return 1
}

has_chromium() {
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || [ -x /usr/bin/chromium-browser ]
}

# Installs a Debian package where that is ours to do: as root, on Debian.
install() {
    [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] || return 0
    echo "installing $1" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$1" >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$1" >/dev/null; } || true
}

rust
command -v cc >/dev/null 2>&1 || lacks "a C compiler" "apt-get install -y build-essential"
node
case $what in
demo) ;;
test)
    command -v python3 >/dev/null 2>&1 || lacks "Python 3" "apt-get install -y python3"
    has_postgres || install postgresql
    has_postgres || lacks "PostgreSQL's server" "apt-get install -y postgresql"
    has_chromium || install chromium
    has_chromium || lacks Chromium "apt-get install -y chromium (or set CHROMIUM)"
    ;;
lint)
    cargo fmt --version >/dev/null 2>&1 || lacks rustfmt "rustup component add rustfmt"
    cargo clippy --version >/dev/null 2>&1 || lacks clippy "rustup component add clippy"
    cargo deny --version >/dev/null 2>&1 || lacks cargo-deny "cargo install --locked cargo-deny"
    ;;
*)
    echo "need: $what is none of demo, test, lint" >&2
    exit 2
    ;;
esac
exit "$missing"
