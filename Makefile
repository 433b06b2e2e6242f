# Everything a developer types. Needs Python 3.11 and make; `make setup` brings the rest.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Causeway never talks to Pathway's servers; a key in the environment would make it try.
unexport PATHWAY_LICENSE_KEY
unexport PATHWAY_MONITORING_SERVER

.PHONY: help setup demo app test test-lab test-services test-containers check bench soak bench-rca lint types contracts wheel clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## Create .venv and install the pinned set

demo: $(VENV)/.runtime ## Break a simulated shop, watch it live, get the report
	$(BIN)/causeway demo

app: $(VENV)/.runtime ## Serve the app on this machine
	$(BIN)/causeway serve

test: $(VENV)/.dev ## Run every test; installs what the tests need
	sh .ci/browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python extensions/build.py test
	$(BIN)/python extensions/build.py lab
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not service and not container and not lab"

test-lab: $(VENV)/.dev ## Run the tests in a real JupyterLab
	sh .ci/browser
	$(BIN)/python extensions/build.py lab
	$(BIN)/python -m pytest -m lab

test-services: $(VENV)/.services ## Run the tests against real servers: databases, queues; installs what they need
	sh .ci/services
	$(BIN)/python -m pytest -m service

test-containers: $(VENV)/.containers ## Build an exported flow and run it in real containers; needs podman
	sh .ci/containers $(VENV)/images
	$(BIN)/python -m pytest -m container

check: $(VENV)/.dev lint types contracts ## Lint, types, import contracts and the fast tests
	$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow and not browser and not service and not container and not lab"

lint: $(VENV)/.dev ## Ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy
	$(BIN)/mypy

contracts: $(VENV)/.dev ## Who may import whom
	$(BIN)/lint-imports

bench: $(VENV)/.dev ## Speed, as ratios measured side by side
	for file in $(filter-out benchmarks/rca.py benchmarks/flow_soak.py,$(wildcard benchmarks/*.py)); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

soak: $(VENV)/.dev ## Memory of a long run stays level: MINUTES=30 RATE=5000
	$(BIN)/python benchmarks/flow_soak.py $(or $(MINUTES),30) $(or $(RATE),5000)

bench-rca: $(VENV)/.bench ## Root-cause figures: simulated faults, and DATA="FOLDER ..." with labels
	$(BIN)/python benchmarks/rca.py $(if $(DATA),--data $(DATA)) $(if $(SEEDS),--seeds $(SEEDS)) --ablate

pictures: $(VENV)/.dev ## Take the pictures of the README anew from the running app
	$(BIN)/python docs/pictures.py

wheel: $(VENV)/.dev ## Build the wheel into dist/
	$(BIN)/python -m build --wheel

clean: ## Remove what was made, but not the virtual environment
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: pyproject.toml constraints.txt | $(VENV)/bin/pip
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

$(VENV)/.services: $(VENV)/.runtime
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --editable '.[dev,all,services]'
	@touch $@

$(VENV)/.containers: $(VENV)/.runtime
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --editable '.[dev,all,containers]'
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime
	PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --editable '.[bench]'
	@touch $@
