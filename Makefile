# What can be done here. `make` alone lists it; each target says what it is for behind `##`.

.DEFAULT_GOAL := help
.PHONY: help install run test check soak bench evals docs readiness clean

# Compiled code is kept: without it every program that a test starts would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin

PYTEST ?= # more arguments for pytest: make test PYTEST="-k gates"

help: ## list what can be done
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | while IFS='	' read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

install: ## install everything that work on the code needs into .venv
	@scripts/install dev

run: ## install what is needed, then start the server and print a link to sign in (PORT, DATA_DIR, .env)
	@scripts/install run
	@exec $(BIN)/orchestrator serve

test: ## everything that CI runs: install, format, lint, types, layers, tests, coverage
	@scripts/install dev
	@scripts/system-packages
	@$(MAKE) --no-print-directory check
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(PYTEST)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: ## the parts of `make test` that take seconds: format, lint, types, layers
	@scripts/install dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

soak: ## kill, overload and wait, for as long as it takes: every program in tests/soak
	@scripts/install dev
	@scripts/system-packages
	@scripts/each tests/soak

bench: ## measure what PRODUCT promises in figures: every program in benchmarks
	@scripts/install dev
	@scripts/system-packages
	@scripts/each benchmarks

evals: ## have a real model talk with people of all kinds, and judge it (MODEL, its key, EVALS_BUDGET in dollars)
	@scripts/install dev
	@$(if $(MODEL),ORCHESTRATOR_MODEL='$(MODEL)') PYTHONPATH=tests $(BIN)/python -m evals

docs: ## write the pages that are made from the code
	@scripts/install dev
	$(BIN)/python scripts/docs.py

readiness: ## ask our own 54 questions of what is saved here, and write what they say (a quarter of an hour)
	@scripts/install dev
	@scripts/system-packages
	$(BIN)/python scripts/readiness.py

clean: ## remove what the targets above made, but not your data
	rm -rf .venv .cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.* dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
