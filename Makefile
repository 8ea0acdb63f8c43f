# `make up` runs the workbench; `make test` runs all that CI runs. Both set up what they need.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PROTOS := $(shell find protos -name '*.proto') protos/generate.py
READINGS := services/chassis/words/reading_table.py
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: up page demo-berka test lint format bench backtest lock contract clean

up: build/.ready page
	@$(BIN)/workbench up

# Builds the workbench's page, where its sources have changed since.
page: build/.ready
	@$(BIN)/python gateway/web/build.py

# Loads the PKDD'99 bank into the deployment that runs here: make demo-berka DATA=folder
demo-berka: build/.ready
	@test -n "$(DATA)" || { echo "Say where the data set is: make demo-berka DATA=folder"; exit 1; }
	@$(BIN)/workbench demo berka --data "$(DATA)"

test: build/.ready-test page
	@$(BIN)/python -m tests.run

lint: build/.ready-test page
	@$(BIN)/python -m tests.run lint

bench: build/.ready-bench page
	@$(BIN)/python -m tests.bench

# How well leaving is foreseen, on public data and on the demonstration bank: the table of services/analytics/README.md.
backtest: build/.ready-test page
	@$(BIN)/python -m tests.backtest $(ONLY)

format: build/.ready-test
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

# The environment: what runs, then what tests, then what the comparison needs; each from its own hashed lock.
.venv/.runtime: requirements.lock pyproject.toml
	@echo "Preparing the Python environment (about a minute, once)…"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: PYTHON=python3.12 make up"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq python3-venv; } \
		|| { echo "python3-venv is needed: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.runtime requirements-test.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

.venv/.bench: .venv/.test requirements-bench.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

build/.generated: .venv/.runtime $(PROTOS) $(READINGS)
	@$(BIN)/python protos/generate.py build/gen
	@$(BIN)/python -m services.chassis.words.reading_table build/gen/workbench
	@touch $@

build/.ready: .venv/.runtime build/.generated
	@touch $@

build/.ready-test: .venv/.test build/.generated
	@touch $@

build/.ready-bench: .venv/.bench build/.generated
	@touch $@

# Writes the locks anew from pyproject.toml; --universal keeps one lock for every Python and platform we support.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command "make lock"
lock: .venv/.test
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group test -c requirements.lock -o requirements-test.lock
	$(LOCK) --group bench -c requirements.lock -o requirements-bench.lock
	$(LOCK) --group node -o requirements-node.lock

# Accepts the contract as it now stands: the image that `buf breaking` compares with, and the OpenAPI document.
contract: build/.ready-test
	@$(BIN)/python -m tests.run accept-contract

clean:
	rm -rf build .venv gateway/web/node_modules
