#!/bin/sh
# Format, clippy with warnings as errors, and what dependencies may be.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
ops/need.sh lint
# The pages' assets are packed into the binary, so that nothing compiles without them.
ops/build-assets.sh
cargo fmt --all --check
cargo clippy --workspace --all-targets --locked -- -D warnings
cargo deny --locked check bans licenses sources
