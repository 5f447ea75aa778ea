# What is done often. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run console console-tests test sdk-tests cluster bench lint fmt golden

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: console ## build (release) and start the server on SQLite with its console; it prints its addresses
	cargo run --release -- serve

console: ## build the web console, which the server embeds
	scripts/console.sh

console-tests: ## try the console's pages in Chromium against the real server
	scripts/console.sh test

test: ## run every test on embedded and production adapters, with throw-away services of its own (ARGS= for the runner)
	scripts/test.sh $(ARGS)

sdk-tests: ## drive official OpenIM clients against the server, embedded and as a cluster (ARGS= for one of them)
	scripts/sdk-tests.sh $(ARGS)

cluster: ## start PostgreSQL, Redis, RabbitMQ, two gateways and a process per subgraph on loopback, until Ctrl-C
	scripts/cluster.sh

bench: ## run the small form of every measurement, on SQLite and on services of its own
	scripts/bench.sh $(ARGS)

lint: ## check form and warnings; warnings are errors
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@if command -v shellcheck >/dev/null; then shellcheck -x scripts/*.sh scripts/lib/*.sh .ci/run; else echo "shellcheck is not installed: scripts are not checked"; fi
	scripts/lint-deploy.sh

fmt: ## format everything
	cargo fmt --all

golden: ## rewrite golden files (SDL, configuration, help texts); look at the diff afterwards
	UPDATE_EXPECT=1 scripts/test.sh $(ARGS)
