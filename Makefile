# Two commands on a fresh machine: `make demo` and `make test`. Both need python3 >= 3.11 and make, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TESTS ?= tests

.PHONY: demo test check fuzz hostile bench pictures clean

demo: $(VENV)/.installed
	@echo "== asynchronous replication, and a leader that was only slow: a split brain"
	@$(BIN)/quorate check failover --preset asynchronous --property no_split_brain
	@echo
	@echo "== synchronous replication with fencing: the same faults and more, and it holds"
	@$(BIN)/quorate check failover --preset synchronous

test: $(VENV)/.developed
	$(BIN)/pytest -n auto $(TESTS)

# What a change must pass before it is read by anyone: under a minute.
check: $(VENV)/.developed
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/pytest tests/test_architecture.py

# Generated protocols in both engines, fresh ones in every run, for as long as one likes: `make fuzz SECONDS=3600`.
# Commands, models and files that nobody should give: `make hostile`.
SECONDS ?= 600
fuzz: $(VENV)/.developed
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)
hostile: $(VENV)/.developed
	$(BIN)/python -m tests.cli.hostile --seconds $(SECONDS)

bench: $(VENV)/.developed
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.histories
	$(BIN)/python -m benchmarks.liveness
	$(BIN)/python -m pip install --quiet --disable-pip-version-check quoracle==0.0.4
	$(BIN)/python -m benchmarks.quorum

# The oldest versions that pyproject.toml allows: what is printed for programs, and what decides.
LOWEST := build/lowest
compat:
	$(PYTHON) -m venv --clear $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check hypothesis jsonschema --editable . \
		$$($(PYTHON) -c 'import tomllib; print(*[d.replace(">=", "==") for d in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]])')
	$(LOWEST)/bin/python -m pytest tests/cli tests/properties/quorum tests/properties/induction

# The pictures of README, from a real browser.
pictures: $(VENV)/.developed
	$(BIN)/python -m docs.pictures

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Quorate needs Python 3.11 or newer; say which one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "this Python cannot make a virtual environment (on Debian: apt-get install python3-venv)"; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
