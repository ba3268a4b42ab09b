# A machine with python3 (3.11 or newer) and make needs nothing else: every target sets up what
# it uses. Another interpreter: PYTHON=python3.12 make test.

PYTHON ?= python3
VENV   := .venv
RUN    := $(VENV)/bin/python
# One stamp per interpreter: another PYTHON, or a change of pyproject.toml, sets up again.
READY  := $(VENV)/ready-$(subst /,-,$(PYTHON))
# What a target's command is given: make test ARGS="tests/rulebook -k windows", make demo ARGS=--fresh
ARGS   ?=
# Each is run even when one before it fails: all that is wrong, at once.
CHECKS := "ruff check ." "ruff format --check ." "mypy --strict src/rulebook" \
          "lint-imports --no-logo" "python -m tools.lint"

.DEFAULT_GOAL := help
.PHONY: help demo tour test check bench proof docs clean

help: ## what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## open a vendor with 300 partners in the browser (ARGS=--fresh: anew)
	@exec $(RUN) -m echelon demo $(ARGS)

tour: $(READY) ## level the example channel, explain one partner, try one what-if
	@$(RUN) -m echelon.tour

test: $(READY) ## run the tests, the platform's also on PostgreSQL where it answers
	@$(RUN) -m pytest -n auto --dist worksteal $(ARGS)
	@$(RUN) -m tests.frame.on_postgres $(ARGS)

check: $(READY) ## style, types, import contracts, house lints, size limits
	@failed=; for step in $(CHECKS); do \
	  echo "$$step" && $(VENV)/bin/$$step || failed=1; \
	done; test -z "$$failed"

bench: $(READY) ## time every workload beside its peers (SIZE=1M, 10M or 100M), then the platform
	@$(RUN) -m benchmarks
	@$(RUN) -m benchmarks platform $(ARGS)

proof: $(READY) ## run all at full size (PostgreSQL, Redis, Java) and write the figures to docs/proof/
	@$(RUN) -m pip install --quiet --disable-pip-version-check -e ".[spark]"
	@ECHELON_REQUIRE="$${ECHELON_REQUIRE-postgres,redis,spark}" $(RUN) -m tests.frame.proof $(ARGS)

docs: $(READY) ## follow every link and run every command that the docs show
	@$(RUN) -m tools.docs

clean: ## remove the environment and every cache
	rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests tools benchmarks examples -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(READY): pyproject.toml tools/bootstrap.py
	@echo "Setting up $(VENV) ($(PYTHON)) …"
	@rm -f $(VENV)/ready-*
	@$(PYTHON) tools/bootstrap.py $(VENV)
	@touch $@
