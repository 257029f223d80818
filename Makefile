# The commands of this repository; plain `make` prints them. PORT= moves the web server, PYTHON= chooses the Python.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
export PYTHONUNBUFFERED := 1

PYTHON ?= python3
PORT ?= 8000
EMULATOR_PORT ?= $(shell echo $$(($(PORT) + 1100)))
BIN := .venv/bin
PACKAGES := backoffice cards payees payments wallets webhooks
TEST_ENV := DJANGO_SETTINGS_MODULE=tests.settings
ARGS ?=

.PHONY: help
help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: base dev
base:
	@$(PYTHON) tools/install.py base
dev:
	@$(PYTHON) tools/install.py dev

# --- run --------------------------------------------------------------------------------------------------------------

.PHONY: demo demo-reset run emulator shell manage compose-secrets
demo: base ## web, worker, beat and an emulated provider with a seeded merchant (PORT=8000)
	@exec $(BIN)/python -m backoffice.start demo --port $(PORT) --emulator-port $(EMULATOR_PORT)

demo-reset: ## forget everything the demo keeps
	@rm -rf var/demo && echo "The demo starts anew next time."

run: base ## web, worker and beat for the accounts of .env and accounts.toml (PORT=8000)
	@exec $(BIN)/python -m backoffice.start run --port $(PORT)

emulator: base ## the emulated provider alone (EMULATOR_PORT=9100, ARGS='--accounts accounts.toml --merchant')
	@exec $(BIN)/python -m backoffice.providers.emulator --port $(EMULATOR_PORT) $(ARGS)

shell: base ## a Python shell in the demo's world
	@exec $(BIN)/python -m backoffice.start shell --port $(PORT) --emulator-port $(EMULATOR_PORT)

manage: base ## a command in the demo's world (ARGS='create_api_key --owner hannah --name curl --scope cards.view')
	@exec $(BIN)/python -m backoffice.start manage --port $(PORT) --emulator-port $(EMULATOR_PORT) $(ARGS)

compose-secrets: ## make the secrets that docker-compose.yml mounts, once
	@$(PYTHON) -m backoffice.demo_env

# --- check ------------------------------------------------------------------------------------------------------------

.PHONY: test browser check lint format bench
test: dev ## the suite without browser tests; on PostgreSQL and Redis where DATABASE_URL and REDIS_URL are set
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q $(ARGS)

browser: dev ## the browser tests (Chromium; CHROMIUM= names another)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m browser -q $(ARGS)

lint: dev ## ruff, formatting, types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(PACKAGES)

check: lint ## lint, and: layers, migrations, translations, API schema, compose file, security, dependencies, locks
	@$(TEST_ENV) $(BIN)/python manage.py check
	@$(TEST_ENV) $(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python -m pytest -q -p no:randomly tests/architecture
	@$(BIN)/python tools/translations.py check
	@$(TEST_ENV) $(BIN)/python tools/schema.py check
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/bandit -q -r $(PACKAGES) tools --severity-level medium
	@$(BIN)/deptry $(PACKAGES)
	@! grep -nE 'https?://|--index-url|--extra-index-url|--find-links|--trusted-host' requirements/*.lock
	@echo "All checks passed."

format: dev ## put imports and lines into the house's form
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

bench: dev ## measure against the goals; prints ratios
	@$(BIN)/python -m bench $(ARGS)

# --- maintain ---------------------------------------------------------------------------------------------------------

.PHONY: lock messages schema
lock: ## resolve pyproject.toml into the hashed locks (needs uv)
	@for kind in base dev; do \
	  group=""; [ $$kind = base ] || group="--group dev"; \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	    --custom-compile-command "make lock" pyproject.toml $$group -o requirements/$$kind.lock; \
	done

messages: dev ## collect new texts into locale/ (needs gettext) and compile the translations
	@$(BIN)/python tools/translations.py collect
	@$(PYTHON) tools/install.py dev

schema: dev ## write docs/openapi.yaml from the code
	@$(TEST_ENV) $(BIN)/python tools/schema.py write
