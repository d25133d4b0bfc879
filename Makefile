# Each command first brings the machine to the state that it needs: tools/setup.py, which ends at once when nothing changed.
# Settings pass through, from the environment or from here: make run KINERJA_PORT=9000

PYTHON ?= python3
RUN := @$(PYTHON) tools/setup.py run &&
DEV := @$(PYTHON) tools/setup.py dev &&
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 $(U)
NEXT = $(shell printf %04d $$(( $$(ls migrations/versions/[0-9]*.py 2>/dev/null | wc -l) + 1 )))
THROWAWAY = folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && export KINERJA_DATA_DIR=$$folder KINERJA_DATABASE_URL=sqlite:///$$folder/check.sqlite

.PHONY: help run demo test lint types schema check fix migration messages lock hooks wheel

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## Serve at http://127.0.0.1:8000 with the data in ./data
	$(RUN) exec $(BIN)/python -m app serve

demo:  ## The same with a demo organisation, if the database is still empty; prints its logins
	$(RUN) exec $(BIN)/python -m app demo --serve

test:  ## All tests on SQLite; those of the database again on PostgreSQL, but for the slow walks through pages; a part: make test T=tests/rules
	$(DEV) $(BIN)/pytest -n 2 $(T) && { $(BIN)/pytest -n 2 --database postgresql -m "database and (service or not slow)" $(T) || [ $$? -eq 5 ]; }

lint:  ## Style, formatting, who imports whom, templates, spelling, missing translations
	$(DEV) $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports && $(BIN)/djlint --lint --quiet templates && $(BIN)/codespell && $(BIN)/python tools/messages.py

types:  ## mypy, strict
	$(DEV) $(BIN)/mypy

schema:  ## Do the migrations lead to what the models say?
	$(DEV) $(THROWAWAY) && $(BIN)/alembic upgrade head && $(BIN)/alembic check

check: lint types schema test  ## Everything that must hold before a change is done

fix:  ## Mend style and formatting where a machine can
	$(DEV) $(BIN)/ruff check --fix . ; $(BIN)/ruff format .

migration:  ## Write a migration from the models: make migration m="add evidence"
	$(DEV) $(THROWAWAY) && $(BIN)/alembic upgrade head && $(BIN)/alembic revision --autogenerate --rev-id $(NEXT) -m "$(m)"

messages:  ## Texts that have no Indonesian yet, and translations that nothing uses
	$(DEV) $(BIN)/python tools/messages.py

lock:  ## Renew the lock files from requirements/*.in; newer indirect packages too: make lock U=--upgrade
	$(DEV) cd requirements && ../$(LOCK) runtime.in seal.in -o runtime.txt && ../$(LOCK) dev.in -c runtime.txt -o dev.txt

hooks:  ## Check each commit before it is made
	$(DEV) $(BIN)/pre-commit install

wheel:  ## Build the package into ./dist
	$(DEV) $(BIN)/python -m hatchling build -t wheel
