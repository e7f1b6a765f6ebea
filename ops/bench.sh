#!/bin/sh
# Measures Wardbook's append beside bare INSERTs and message-db, filing over HTTP, what need-to-know costs a page of the queue, and a large file, on a
# PostgreSQL cluster of its own, and prints the tables of docs/benchmarks.md. Takes about eight minutes, not counting the build; close everything else first.
# Arguments go to the program: `ops/bench.sh --rounds 3`, `ops/bench.sh --only http`.
# Exit 1: a request failed, or a book does not hold what was acknowledged.
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
mkdir -p bench-out

# Filing alone, the queue alone, and files alone, are measured beside nothing else.
case "${*-} " in
*"--only http "* | *"--only=http "* | *"--only queue "* | *"--only=queue "*) ;;
*"--only files "* | *"--only=files "*) ;;
*)
    # message-db installs itself with these.
    need bash bash
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
    set -- --message-db "$other/node_modules/@eventide/message-db" "$@"
    ;;
esac

# The pages' assets are packed into whatever serves them.
ops/build-assets.sh
cargo build --release --locked -p wardbook-bench
status=0
target/release/wardbook-bench "$@" >bench-out/last.md || status=$?
cat bench-out/last.md
exit "$status"
