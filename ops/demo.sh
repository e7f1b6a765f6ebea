#!/bin/sh
# Builds what is not built yet and starts the demo; with nothing changed since the last time it starts at once.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
binary=${CARGO_TARGET_DIR:-target}/debug/wardbook

# Asking find is a hundredth of a second; asking cargo and npm is the best part of one.
if [ ! -x "$binary" ] || [ -n "$(find Cargo.toml Cargo.lock crates fixtures migrations ops -type d -name node_modules -prune -o -type f -newer "$binary" -print 2>/dev/null | head -n 1)" ]; then
    ops/need.sh demo
    ops/build-assets.sh
    cargo build --locked -p wardbook
    # Cargo leaves the file as it is when a change was none of the binary's.
    touch "$binary"
fi
exec "$binary" demo --data demo-data "$@"
