#!/bin/sh
# Asks the whole API, as its OpenAPI document describes it, as each duty, with Schemathesis: no 5xx, no answer that the document does not
# name, no body that is not what it says. Argument: the binary (default: the debug build of `cargo test`). Seconds for each duty:
# WARDBOOK_FUZZ_SECONDS, 10 where none are given. Most are about records, cases, files and alerts that exist (`fuzz-config.py`). Takes some
# four minutes; with 0 seconds it is left out, and says so.
# Exit 1: an answer was wrong (the request that shows it is printed), or Schemathesis is not there and cannot be installed.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target"
target=$(CDPATH='' cd -- "$target" && pwd)
binary=${1:-$target/debug/wardbook}
tools=$target/schemathesis
wanted=schemathesis==4.32.5

if [ "${WARDBOOK_FUZZ_SECONDS:-}" = 0 ]; then
    echo "fuzz-api: left out, as WARDBOOK_FUZZ_SECONDS=0 asks for"
    exit 0
fi
if [ "$(cat "$tools/.installed" 2>/dev/null || true)" != "$wanted" ]; then
    rm -rf "$tools"
    python3 -m venv "$tools" 2>/dev/null && "$tools/bin/pip" install -q --disable-pip-version-check "$wanted" 2>"$target/schemathesis.log" || {
        echo "fuzz-api: needs $wanted, which pip could not install (see $target/schemathesis.log); WARDBOOK_FUZZ_SECONDS=0 leaves it out" >&2
        exit 1
    }
    echo "$wanted" >"$tools/.installed"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/wardbook-fuzz.XXXXXX")
server=
stop_all() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

book() {
    "$binary" --data "$work/trust" "$@"
}

# A trust with the sample year, served on a free port. Set-up does not end here, so that every duty can be given and every token made.
book init --trust "Fuzzed Trust" --profile clpt >/dev/null 2>&1
for list in schools staff pupils; do
    book import "$list" "fixtures/year/$list.csv" >/dev/null 2>&1
done
"$binary" --data "$work/trust" --json serve --listen 127.0.0.1:0 >"$work/serve.out" 2>"$work/serve.log" &
server=$!
tries=0
until grep -q '"listening"' "$work/serve.out"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
        cat "$work/serve.out" "$work/serve.log" >&2
        exit 1
    fi
    sleep 0.1
done
url=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["listening"])' <"$work/serve.out")

# The duties as the contracts page lists them, each with where it is held.
sed -n '/^## Duties/,/^## State/s/^| `\([a-z-]*\)` | .* | \(.*\) |$/\1 \2/p' docs/contracts.md >"$work/duties"

# name_on_a_case EMAIL: has a headteacher assess a report and name this person on its case.
name_on_a_case() {
    HEAD=$(token headteacher "At one school") URL=$url NAMED=$1 python3 -c '
import json, os, urllib.request
def ask(path, body=None):
    headers = {"authorization": "Bearer " + os.environ["HEAD"], "content-type": "application/json", "wardbook-purpose": "case_work"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(os.environ["URL"] + "/api/v1/" + path, data, headers)) as answer:
        return json.load(answer)
for report in ask("queue?limit=200")["items"]:
    if report["record"] != "report":
        continue
    assessed = ask("reports/" + report["id"] + "/assessment", {"categories": ["policy_review"], "reason": "As it reads.", "shared": "It is looked at."})
    case = assessed["assessment"]["categories"][0]["case"]
    ask("cases/" + case + "/share", {"person": os.environ["NAMED"], "named_for": "investigation", "reason": "From outside."})
    break
'
}

# token DUTY SCOPE: gives an invented person the duty and prints their token. A duty that is held on a case is that of somebody named on one.
token() {
    case $2 in
    "For the whole trust") school= ;;
    "On the case"*)
        book user add --email "$1@example.org" --name "Fuzz $1" --duty reporter --school SCH01 >/dev/null 2>&1
        name_on_a_case "$1@example.org" >/dev/null
        book token create --user "$1@example.org" 2>/dev/null | sed 's/.* //'
        return
        ;;
    *) school="--school SCH01" ;;
    esac
    # shellcheck disable=SC2086 # two words, or none
    book user add --email "$1@example.org" --name "Fuzz $1" --duty "$1" $school >/dev/null 2>&1
    book token create --user "$1@example.org" 2>/dev/null | sed 's/.* //'
}

lead=$(token trust-lead "For the whole trust")
WARDBOOK_TOKEN=$lead book import reports fixtures/year/reports.jsonl >/dev/null 2>&1

# What exists there, so that records are asked about as often as nothing is. It is read from the folder in which the program runs.
python3 ops/fuzz-config.py "$url" "$(token headteacher "At one school")" "$(token dsl "At one school")" "$lead" >"$work/schemathesis.toml"

status=0
while read -r duty scope; do
    secret=$(token "$duty" "$scope")
    [ -n "$secret" ] || continue
    # It keeps notes of its own in the folder in which it runs. One worker: Python 3.11 cannot parse in two threads at once.
    (cd "$work" && "$tools/bin/schemathesis" run "$root/docs/openapi.json" --url "$url" -H "Authorization: Bearer $secret" \
        --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
        --phases examples,coverage,fuzzing --workers 1 --max-examples 15 --max-time "${WARDBOOK_FUZZ_SECONDS:-10}" --seed 4 \
        --suppress-health-check all --warnings off --no-color) >"$work/fuzz.out" 2>&1 || {
        status=1
        echo "fuzz-api: as $duty"
        cat "$work/fuzz.out"
    }
    kill -0 "$server" 2>/dev/null || {
        echo "fuzz-api: the server has gone" >&2
        cat "$work/serve.log" >&2
        exit 1
    }
done <"$work/duties"

# Whatever was asked, the book is whole.
book verify >"$work/verify.out" 2>&1 || {
    cat "$work/verify.out" >&2
    status=1
}
[ "$status" = 0 ] && echo "fuzz-api: every answer is documented, for every duty"
exit "$status"
