# Doorway's commands. `make` alone lists them; ARGS="..." is passed on to demo, up, test and bench.
.DEFAULT_GOAL := help
.PHONY: help setup demo up test check journeys chaos chaos-selftest mutants bench histories screenshots states lock clean
BIN := .venv/bin
ARGS ?=

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

setup: .venv/prod.stamp ## prepare .venv for running (hash-locked; uv if it is here, else pip)

# Whatever is in the development lock is enough for running too.
.venv/prod.stamp: requirements/prod.lock pyproject.toml setup.sh
	@if [ .venv/dev.stamp -nt requirements/dev.lock ] && [ .venv/dev.stamp -nt pyproject.toml ]; then :; else ./setup.sh prod; fi
	@touch $@

.venv/dev.stamp: requirements/dev.lock pyproject.toml setup.sh
	@./setup.sh dev
	@touch $@

# The parent is named so that Doorway also stops when make is killed.
demo: .venv/prod.stamp ## run everything on made-up members (ARGS="--members 60 --days 60")
	@DOORWAY_PARENT_PID=$$PPID exec $(BIN)/doorway demo $(ARGS)

up: .venv/prod.stamp ## run the product alone
	@DOORWAY_PARENT_PID=$$PPID exec $(BIN)/doorway up $(ARGS)

test: .venv/dev.stamp ## run all tests (ARGS="tests/test_x.py -k word")
	@if [ ! -x /usr/bin/chromium ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get -q -o DPkg::Lock::Timeout=120 update && \
	    apt-get -q -o DPkg::Lock::Timeout=120 install -y --no-install-recommends chromium; } >/dev/null 2>&1 \
	  || echo "Chromium could not be installed; the browser tests are skipped."; fi
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check: .venv/dev.stamp ## style, types, arrows between rooms, house rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/test_house_rules.py

journeys: .venv/dev.stamp ## let every persona live ninety days and a year in skipped time
	@JOURNEYS=all $(BIN)/pytest tests/test_long_journeys.py $(ARGS)

chaos: .venv/dev.stamp ## kill and stall the real stack, then check its promises (ARGS="--seed 2")
	@PYTHONPATH=tests $(BIN)/python -m chaos $(ARGS)

chaos-selftest: .venv/dev.stamp ## plant bugs and see that the checker catches each
	@$(BIN)/pytest tests/test_chaos.py -m "not whole" $(ARGS)

mutants: .venv/dev.stamp ## change the gate in every small way; tests must notice (about five minutes)
	@rm -rf mutants
	@$(BIN)/mutmut run >/dev/null; $(BIN)/mutmut results; $(BIN)/mutmut export-cicd-stats >/dev/null
	@$(BIN)/python tests/mutation_score.py

bench: .venv/dev.stamp ## measure messages, letters, an attribution, an identification (ARGS="--members 200000")
	@PYTHONPATH=tests:. $(BIN)/python bench/messaging.py
	@PYTHONPATH=. $(BIN)/python bench/letters.py --letters 200
	@$(BIN)/python bench/attribution.py --members 100000
	@$(BIN)/python bench/identification.py $(ARGS)
	@$(BIN)/python bench/beside.py
	@PYTHONPATH=. $(BIN)/python bench/loading.py

screenshots: .venv/dev.stamp ## make the pictures of docs/images (needs Chromium; about three minutes)
	@PYTHONPATH=tests $(BIN)/python tests/screenshots.py

states: .venv/dev.stamp ## make docs/journey-states.md from the states, exits and programs
	@$(BIN)/python -m runtime.states_page

histories: .venv/dev.stamp ## record the workflows' histories anew (tests/record_histories.py says when)
	$(BIN)/python tests/record_histories.py

lock: ## resolve the requirements anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml -o requirements/prod.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  pyproject.toml --group dev -o requirements/dev.lock

clean: ## remove .venv, caches and the demo's state
	rm -rf .venv .doorway .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
