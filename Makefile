# make demo    install, index the sample articles, and search them
# make test    install, and run the tests
# Both need nothing but Python 3.11 or newer; PYTHON=python3.12 chooses one.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto

.PHONY: demo test lint types docs check bench soak lock opensearch-up opensearch-down clean

demo: $(VENV)/installed
	$(BIN)/searchkit index articles --index index
	$(BIN)/searchkit query "evacuation" --index index $(if $(NO_COLOR),,--color always)

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest -n $(JOBS) --cov=searchkit --cov-report= --cov-fail-under=90

lint: $(VENV)/installed-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/make_parser.py --check

types: $(VENV)/installed-dev
	$(BIN)/mypy

docs: $(VENV)/installed-dev
	$(BIN)/python scripts/check_links.py

check: lint types docs test

bench: $(VENV)/installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	$(BIN)/python -m benchmarks

soak: $(VENV)/installed-dev
	SEARCHKIT_KILL_ROUNDS=200 SEARCHKIT_FUZZ_SECONDS=1200 $(BIN)/python -m pytest tests/indexing tests/faults tests/fuzz -n $(JOBS)
	SEARCHKIT_MORE_EXAMPLES=20 $(BIN)/python -m pytest -m hypothesis -n $(JOBS)

opensearch-up: $(VENV)/installed-dev
	$(BIN)/python scripts/opensearch_cluster.py up

opensearch-down: $(VENV)/installed-dev
	$(BIN)/python scripts/opensearch_cluster.py down

lock: $(VENV)/installed-dev
	$(BIN)/pip-compile --quiet --unsafe-package searchkit --extra dev --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-options --output-file requirements-ci.txt pyproject.toml

# A virtual environment without pip or of another Python is made anew; a failed installation leaves no stamp behind.
$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "searchkit needs Python 3.11 or newer; none was found (PYTHON=... chooses one)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/made pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[all]'
	@touch $@

$(VENV)/installed-dev: $(VENV)/made pyproject.toml requirements-ci.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(CI),--constraint requirements-ci.txt) --editable '.[dev]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build dist *.egg-info
