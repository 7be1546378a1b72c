# Everything from a bare clone. `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

PYTHON ?= python3
CONFIG ?= examples/yin_yang.toml
LEVELS_PER_STAGE ?= 1
ICARUS_SAMPLES ?= 1000

NAME := $(basename $(notdir $(CONFIG)))
READY := .venv/.ready
PY := .venv/bin/python
CONNECTIVE := $(PY) -m connective

.PHONY: help setup demo test lint format bench train export sim synth report clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  train, export, sim, synth and report take CONFIG=FILE.toml ($(CONFIG) if not said)."
	@echo "  make build/NAME/report.json runs the whole chain for examples/NAME.toml."

setup: $(READY) ## Make .venv with all that is needed (implied by all others)

$(READY): pyproject.toml constraints.txt scripts/system-packages.sh
	scripts/system-packages.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev]'
	@touch $@

demo: build/yin_yang/report.json ## Train, generate, simulate and synthesise the Yin-Yang example
	@$(CONNECTIVE) report build/yin_yang/design

test: $(READY) ## Run the tests
	$(PY) -m pytest -n auto

lint: $(READY) ## Check style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(READY) ## Format the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(READY) ## Measure training and evaluation
	$(PY) -m benchmarks training
	$(PY) -m benchmarks evaluation

train: build/$(NAME)/run/network.npz ## Train CONFIG
export: build/$(NAME)/design/design.json ## Generate the Verilog of CONFIG
sim: build/$(NAME)/design/results/simulate-icarus.json build/$(NAME)/design/results/simulate-verilator.json ## Simulate CONFIG
synth: build/$(NAME)/design/results/synth-lut4.json build/$(NAME)/design/results/synth-lut6.json ## Synthesise CONFIG
report: build/$(NAME)/report.json ## Run the whole chain of CONFIG and print what it measured
	@$(CONNECTIVE) report build/$(NAME)/design

clean: ## Remove what was built, .venv excepted
	rm -rf build

TRAIN = $(CONNECTIVE) train $< --out $(@D)

build/%/run/network.npz: examples/%.toml | $(READY)
	$(TRAIN)

# A configuration outside examples/
ifneq ($(dir $(CONFIG)),examples/)
build/$(NAME)/run/network.npz: $(CONFIG) | $(READY)
	$(TRAIN)
endif

build/%/design/design.json: build/%/run/network.npz
	$(CONNECTIVE) export $< --out $(@D) --levels-per-stage $(LEVELS_PER_STAGE)

build/%/design/results/simulate-icarus.json: build/%/design/design.json
	$(CONNECTIVE) simulate $(<D) --simulator icarus --samples $(ICARUS_SAMPLES)

build/%/design/results/simulate-verilator.json: build/%/design/design.json
	$(CONNECTIVE) simulate $(<D) --simulator verilator

build/%/design/results/synth-lut4.json: build/%/design/design.json
	$(CONNECTIVE) synth $(<D) --target lut4

build/%/design/results/synth-lut6.json: build/%/design/design.json
	$(CONNECTIVE) synth $(<D) --target lut6

build/%/report.json: build/%/design/results/simulate-icarus.json \
		build/%/design/results/simulate-verilator.json \
		build/%/design/results/synth-lut4.json build/%/design/results/synth-lut6.json
	@$(CONNECTIVE) report build/$*/design --out $@ >/dev/null
