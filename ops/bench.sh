#!/bin/sh
# Measures Wardbook's append beside bare INSERTs and message-db on a PostgreSQL cluster of its own, and prints the
# tables of docs/benchmarks.md. Takes about five minutes, not counting the build; close everything else first.
# Arguments go to the program: `ops/bench.sh --rounds 3`.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

need() {
    command -v "$1" >/dev/null 2>&1 || {
        echo "bench: $1 is missing; on Debian: apt-get install -y $2" >&2
        exit 1
    }
}
need cargo cargo
need npm npm
need bash bash
# message-db installs itself with these two.
need psql postgresql
need createdb postgresql

# The other store is fetched into an ignored folder, at the version and checksum of the lock file.
other=bench-out/message-db
mkdir -p "$other"
if ! cmp -s tests/bench/package-lock.json "$other/.installed"; then
    cp tests/bench/package.json tests/bench/package-lock.json "$other/"
    (cd "$other" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp tests/bench/package-lock.json "$other/.installed"
fi

cargo build --release --locked -p wardbook-bench
target/release/wardbook-bench --message-db "$other/node_modules/@eventide/message-db" "$@" >bench-out/last.md
cat bench-out/last.md
