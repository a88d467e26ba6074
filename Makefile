# The commands of the project; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from-lock
BENCHES = $(patsubst bench/%.py,%,$(shell grep -l __main__ bench/*.py))

.DEFAULT_GOAL := help
.PHONY: help run test lint bench venv browser picture lock

help: ## list the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

run: $(STAMP) ## bring the whole system up on this machine (Ctrl-C stops it)
	@exec $(BIN)/pledge run

test: lint browser ## check everything: ruff, mypy, import-linter, then pytest against the real servers
	@$(BIN)/python -m pytest -n 3 --dist loadfile

lint: $(STAMP) ## ruff, mypy and the floors of the house, without the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "make lint: run $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(STAMP) ## measure: one table per bench
	@for bench in $(BENCHES); do $(BIN)/python -m bench.$$bench || exit 1; done

venv: $(STAMP) ## make the virtual environment from the hashed lock

picture: $(STAMP) browser ## draw the README's picture anew
	@$(BIN)/python -m docs.picture

lock: ## write requirements.lock anew from pyproject.toml (needs the program uv)
	@command -v uv >/dev/null || { echo "make lock: uv is missing: install it with pipx install uv" >&2; exit 1; }
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
		--all-extras --upgrade pyproject.toml -o requirements.lock

# The stamp is younger than the lock exactly when the environment holds what the lock says.
$(STAMP): requirements.lock pyproject.toml
	@.ci/venv "$(PYTHON)" $(VENV)
	@touch $@

browser:
	@.ci/browser
