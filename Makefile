# Everything a developer types; `make` alone lists it.
#
#   VENV     where the packages are installed
#   PYTHON   the Python to build it with; else scripts/find-python finds one
#   ARGS     handed to what the target starts: make test ARGS="tests/core -x"
#   CORES    how many cores the tests may use; 0 runs them in one process, as a debugger wants it

VENV ?= .venv
ARGS ?=
CORES ?= auto

# So that sets are walked in the same order, and dicts collide alike, in every run.
export PYTHONHASHSEED ?= 0

bin := $(VENV)/bin
pip := $(bin)/python -m pip --disable-pip-version-check --quiet --quiet
pytest := $(bin)/python -m pytest --numprocesses $(CORES) --dist worksteal
uv := .venv-lock/bin/uv --quiet
compile := $(uv) pip compile --python .venv-lock/bin/python --upgrade --universal \
	--python-version 3.12 --generate-hashes --no-emit-index-url --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help install demo test check format lint types imports lock schema bench soak bench-peers attack fuzz mutate clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.installed ## set everything up in .venv; again only when lock files or pyproject.toml change

demo: install ## show the gateway at work on this machine
	$(bin)/breaktime demo $(ARGS)

test: install ## run the tests
	$(pytest) $(ARGS)

check: lint types imports ## everything that must hold: lint, types, imports, and the tests with core covered
	$(pytest) --cov -m 'not slow' $(ARGS) tests/core
	$(pytest) -m slow $(ARGS) tests/core
	$(pytest) $(ARGS) --ignore tests/core

format: install ## format the code, and mend what can be mended by rule
	$(bin)/ruff check --fix-only --quiet
	$(bin)/ruff format

lint: install ## is the code formatted, and as the house likes it?
	$(bin)/ruff format --check
	$(bin)/ruff check

types: install ## do the types hold?
	$(bin)/mypy

imports: install ## does each module import only what it may?
	$(bin)/lint-imports

schema: install ## write the JSON schemas of configuration and records anew
	$(bin)/python -m breaktime.config.schema > $(VENV)/schema.json
	mv $(VENV)/schema.json addon/breaktime/config/schema.json
	$(bin)/python -m breaktime.audit.schema > $(VENV)/schema.json
	mv $(VENV)/schema.json addon/breaktime/audit/schema.json

bench: install ## measure: run each program in bench/ in turn, but for the soak
	@for program in $(filter-out bench/soak.py,$(sort $(wildcard bench/*.py))); do \
		echo "== $$program"; \
		$(bin)/python "$$program" $(ARGS) || exit 1; \
	done

soak: install ## half an hour of mixed load, and what it does to memory and waits; ARGS="--minutes 5"
	$(bin)/python bench/soak.py $(ARGS)

bench-peers: install ## measure beside other proxies, which it installs; ARGS=--quick is two minutes
	@scripts/install-peers
	$(bin)/python bench/peers.py $(ARGS)

attack: install ## attack the gateway in every way of the list, and print what came of it
	$(bin)/python attack $(ARGS)

fuzz: install ## feed gate, names and rules a minute each of hostile bytes, guided by coverage
	@mkdir -p $(VENV)/corpus && cp -R fuzz/corpus/. $(VENV)/corpus
	@for target in gate names rules; do \
		$(bin)/python fuzz/$$target.py $(VENV)/corpus/$$target -max_len=4096 \
			-max_total_time=60 $(ARGS) || exit 1; \
	done

mutate: install ## put small mistakes into the verifiers of the log, and see that each is found
	$(bin)/python mutate $(ARGS)

lock: ## choose the versions anew: requirements/*.txt from pyproject.toml
	python=$$(scripts/find-python) && "$$python" -m venv --clear .venv-lock
	.venv-lock/bin/python -m pip --disable-pip-version-check --quiet --quiet install uv==0.13.9
	$(compile) pyproject.toml --output-file requirements/runtime.txt
	$(compile) pyproject.toml --output-file requirements/dev.txt \
		--constraint requirements/runtime.txt --group tests --group lint
	$(compile) --group pyproject.toml:kerberos --output-file requirements/kerberos.txt
	rm -rf .venv-lock

clean: ## remove what the other targets have made
	rm -rf .venv .venv-* tests/browser/node_modules build dist .coverage .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Two steps with a stamp each: a changed pyproject.toml need not fetch the packages again.
$(VENV)/.locked: requirements/dev.txt requirements/kerberos.txt .python-version
	@echo 'setting up $(VENV): half a minute, more on a slow line'
	@python=$$(scripts/find-python) && "$$python" -m venv --clear $(VENV)
	@$(pip) install --require-hashes --requirement requirements/dev.txt
	@if command -v krb5-config >/dev/null && command -v cc >/dev/null; then \
		CFLAGS='-O0 -g0' $(pip) install --require-hashes --requirement requirements/kerberos.txt; \
	else \
		echo 'without Kerberos: it needs gcc and the headers of krb5 (apt-get install gcc libkrb5-dev)'; \
	fi
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml tests/browser/package-lock.json
	@$(pip) install --no-deps --no-build-isolation --editable .
	@if command -v npm >/dev/null; then \
		npm ci --loglevel=error --prefix tests/browser >/dev/null; \
	else \
		echo 'without axe-core, which the tests of pages need: there is no npm'; \
	fi
	@touch $@
