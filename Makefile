# Needs Python 3.11 or newer (with venv and pip), git and make; `make lock` needs uv too.
# Another Python:  make demo PYTHON=python3.12      One test:  make test ARGS="-k grammar"

PYTHON ?= python3
ARGS ?=
ORDERS ?= 10000
SEED ?=
BIN := .venv/bin
PARALLEL := -n 4 --dist worksteal
# Measuring costs twice as much time again: only what is about the measured code is measured.
COVERING := tests/unit/domain/activation tests/unit/domain/order tests/unit/domain/purchase \
	$(wildcard tests/unit/domain/test_*.py) \
	tests/unit/providers tests/unit/store tests/unit/test_forms_walked.py \
	tests/integration/engine tests/integration/providers tests/integration/store \
	tests/integration/operating tests/reliability/test_redis_forgets.py \
	tests/reliability/test_takeover.py tests/reliability/test_upgrade.py
# What tries far more when there is time for it.
THOROUGHLY := tests/reliability/test_state_machine.py tests/reliability/test_every_effect.py \
	tests/reliability/test_sigkill.py tests/reliability/test_begun_calls.py
INSTALL := install --quiet --require-hashes --only-binary :all: --requirement
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --custom-compile-command 'make lock'
# The pip of the environment, or where Python has no ensurepip the one outside of it.
PIP := $$($(BIN)/python -m pip --version >/dev/null 2>&1 && echo "$(BIN)/python -m pip" \
	|| echo "$(PYTHON) -m pip --python $(BIN)/python")

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox run test screenshots soak mutants bench check lint types imports files lock \
	clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

setup: .venv/.dev ## Make .venv from the locks, with the tools for tests and checks; nothing else

demo: .venv/.run ## Try the bot on this machine: no account, no token, nothing is spent
	@exec $(BIN)/esim-bot demo $(ARGS)

sandbox: .venv/.run ## Try another app: the workspace and the provider, without the bot
	@exec $(BIN)/esim-bot sandbox $(ARGS)

run: .venv/.run ## Run the bot with the settings in the environment and in .env
	@exec $(BIN)/esim-bot run $(ARGS)

test: .venv/.dev ## Run all tests; what spends money is covered to the last branch
	@$(BIN)/python -m sandbox.browser.chromium
ifeq ($(strip $(ARGS)),)
	@rm -rf .coverage
	$(BIN)/coverage run -m pytest $(PARALLEL) $(COVERING)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/pytest $(PARALLEL) $(addprefix --ignore=,$(COVERING))
else
	$(BIN)/pytest $(ARGS)
endif

soak: .venv/.dev ## Send ORDERS=10000 orders through bots that are killed, then crash at length; SEED= repeats
	@ORDERS='$(ORDERS)' SEED='$(SEED)' $(BIN)/python -m tests.soak.soak
	THOROUGH=1 $(BIN)/pytest $(PARALLEL) $(THOROUGHLY) $(if $(SEED),--hypothesis-seed=$(SEED))

mutants: .venv/.dev ## Spoil the money path in one place at a time, and name each mistake that no test finds
	$(BIN)/python -m tests.mutants.run $(ARGS)

bench: .venv/.run ## Measure how fast the bot is, beside simpler ones; some rows: ARGS='ack click'
	@$(MAKE) --no-print-directory .bench/.sdk || echo \
		"The provider's SDK can't be installed: rows beside the 40-line bot are left out" >&2
	@$(BIN)/python -m benchmarks.bench $(ARGS)

screenshots: .venv/.dev ## Take the pictures in docs/screenshots anew
	$(BIN)/python -m sandbox.browser.screenshots

check: lint types imports files ## Run every check that is not a test

lint: .venv/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.dev
	$(BIN)/mypy

imports: .venv/.dev
	$(BIN)/lint-imports

files: .venv/.dev # what is installed fits pyproject.toml; no lock names a host; git has nothing ignored
	@$(PIP) check
	! git ls-files --cached --ignored --exclude-standard | grep .
	! grep -n '://' requirements.lock requirements-dev.lock benchmarks/requirements.txt
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

lock: ## Bring the locks in line with pyproject.toml (needs uv; newest: ARGS=--upgrade)
	$(COMPILE) $(ARGS) --extra sandbox pyproject.toml build-requirements.in \
		--output-file requirements.lock
	$(COMPILE) $(ARGS) --extra dev --constraint requirements.lock \
		pyproject.toml build-requirements.in --output-file requirements-dev.lock
	printf '%s\n' aiohttp slack-bolt telnyx | $(COMPILE) $(ARGS) --constraint requirements.lock - \
		--output-file benchmarks/requirements.txt

clean: ## Remove .venv, .bench and every cache; data/ and .env stay
	rm -rf .venv .bench .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find bot handlers sandbox tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# One stamp for each lock: an environment is brought up to date only when its lock has changed.
.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo 'Setting up .venv: about half a minute the first time'
	@$(PIP) $(INSTALL) requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo 'Adding the tools for tests and checks'
	@$(PIP) $(INSTALL) requirements-dev.lock
	@touch $@

# Simpler bots to measure beside, with the provider's SDK, which the project does without.
.bench/.sdk: benchmarks/requirements.txt | .venv/.run
	@$(BIN)/python -m venv --without-pip .bench
	@$$($(BIN)/python -m pip --version >/dev/null 2>&1 && echo $(BIN)/python || echo $(PYTHON)) \
		-m pip --python .bench/bin/python $(INSTALL) benchmarks/requirements.txt
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'esim-bot needs Python 3.11 or newer, and $(PYTHON) is not that:' \
			"$$($(PYTHON) --version 2>&1)."; \
		echo 'Name another one:  make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12'; exit 1; } >&2
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; \
		then $(PYTHON) -m venv .venv; else $(PYTHON) -m venv --without-pip .venv; fi
