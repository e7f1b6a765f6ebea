# The commands of a clone. `make demo` and `make test` are what a new user needs; each says what this machine lacks.
.POSIX:
.PHONY: demo test bench fuzz assets lint

# Builds, makes an invented trust in demo-data/ the first time, and serves it on http://127.0.0.1:8080.
demo:
	@ops/demo.sh

# Everything: rules, both databases, crashes, races, the browser.
test:
	@ops/test.sh

# The API asked at random, as its document describes it, as each duty. Builds the tests' binary where it is missing.
fuzz:
	@cargo test --workspace --no-run && ops/fuzz-api.sh

# The figures of docs/benchmarks.md.
bench:
	@ops/bench.sh

# The style, scripts and icon of the pages.
assets:
	@ops/build-assets.sh

# What .ci/run checks before the tests.
lint:
	@ops/lint.sh
