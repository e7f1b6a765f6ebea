#!/bin/sh
# Runs every test: the workspace's on SQLite and on one throw-away PostgreSQL cluster, the API asked at random as each duty, then the
# browser against a new demo.
# Everything that it starts is stopped and removed at its end, however it ends. WARDBOOK_TEST_PG names another server to use.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"

ops/need.sh test
ops/build-assets.sh

work=$(mktemp -d "${TMPDIR:-/tmp}/wardbook-test.XXXXXX")
chmod 755 "$work"
cluster=
demo=

# PostgreSQL refuses to run as root.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

stop_all() {
    [ -z "$demo" ] || kill "$demo" 2>/dev/null || true
    [ -z "$cluster" ] || as_postgres "$bin/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1 || true
    [ -z "$cluster" ] || as_postgres rm -rf "$cluster"
    rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start_postgres() {
    if command -v initdb >/dev/null 2>&1; then
        bin=$(dirname "$(command -v initdb)")
    else
        bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    fi
    # Short, because the path of a Unix socket has at most 107 bytes.
    cluster=$(as_postgres mktemp -d /tmp/wbpg.XXXXXX)
    as_postgres "$bin/initdb" -U wardbook --auth=trust -E UTF8 --locale=C --no-sync --no-instructions -D "$cluster/data" >"$work/initdb.log"
    tries=0
    # Between choosing a free port and listening on it another process may take it.
    while :; do
        port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
        as_postgres "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/log" -w -t 60 -o "-c listen_addresses=127.0.0.1 -c port=$port \
            -c unix_socket_directories=$cluster -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
            -c max_connections=300 -c jit=off" start >/dev/null && break
        tries=$((tries + 1))
        [ "$tries" -lt 5 ] || { as_postgres cat "$cluster/log" >&2; exit 1; }
    done
    export WARDBOOK_TEST_PG="postgres://wardbook@127.0.0.1:$port/postgres?sslmode=disable"
}

# A demo of its own on a free port; sets `url`.
start_demo() {
    "$target/debug/wardbook" --data "$work/demo" --json demo --listen 127.0.0.1:0 >"$work/demo.out" 2>"$work/demo.log" &
    demo=$!
    tries=0
    until grep -q '"listening"' "$work/demo.out"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$demo" 2>/dev/null; then
            cat "$work/demo.out" "$work/demo.log" >&2
            exit 1
        fi
        sleep 0.1
    done
    url=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["listening"])' <"$work/demo.out")
}

# Who files the report and who receives it, as the journey wants to know them.
people() {
    python3 -c '
import json, sys
demo = json.load(sys.stdin)
def account(duty):
    person = next(one for one in demo["people"] if one["duty"] == duty and one["school"] == "SCH01")
    return {"email": person["email"], "password": demo["password"]}
print(json.dumps({"reporter": account("reporter"), "receiver": account("dsl")}))' <"$work/demo.out"
}

[ -n "${WARDBOOK_TEST_PG:-}" ] || start_postgres
target=${CARGO_TARGET_DIR:-target}
# The binary that the browser meets is the one that the tests of the command line have just built: building it apart would mean
# other features of the libraries, and so most of them once more.
export WARDBOOK_SAMPLE_PAGES="$work/samples"
cargo test --workspace --locked
(
    cd tests/browser
    if ! cmp -s package-lock.json node_modules/.wardbook-lock; then
        npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
        cp package-lock.json node_modules/.wardbook-lock
    fi
)
# What the scripts of the pages do (covering the screen, above all), on samples that the tests of the pages have written.
node tests/browser/static.mjs "$WARDBOOK_SAMPLE_PAGES" scripts
WARDBOOK_FUZZ_SECONDS=${WARDBOOK_FUZZ_SECONDS:-5} ops/fuzz-api.sh "$target/debug/wardbook"
start_demo
node tests/browser/days.mjs "$url"
# The second factor that one script sets up is the next one's to use.
export WARDBOOK_FACTORS="$work/factors.json"
WARDBOOK_PEOPLE=$(people) node tests/browser/journey.mjs "$url"
WARDBOOK_PEOPLE=$(people) node tests/browser/first_time.mjs "$url"
node tests/browser/tour.mjs "$url"
kill "$demo"
wait "$demo" || { cat "$work/demo.log" >&2; exit 1; }
demo=
"$target/debug/wardbook" --data "$work/demo" verify

echo "make test: everything passed"
