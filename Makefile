# Everything from a bare clone. `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

PYTHON ?= python3
BUILD ?= build
CONFIG ?= examples/yin_yang.toml
ICARUS_SAMPLES ?= 1000

NAME := $(basename $(notdir $(CONFIG)))
READY := .venv/.ready
PY := .venv/bin/python
CONNECTIVE := $(PY) -m connective

.PHONY: help setup demo test lint format bench train export prove sim synth report clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  train, export, prove, sim, synth and report take CONFIG=FILE.toml ($(CONFIG) if not said)."
	@echo "  make build/NAME/report.json runs the whole chain for examples/NAME.toml."

setup: $(READY) ## Make .venv with all that is needed (implied by all others)

$(READY): pyproject.toml constraints.txt scripts/system-packages.sh
	scripts/system-packages.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev]'
	@touch $@

demo: $(READY) $(BUILD)/yin_yang/report.json ## Train, generate, prove, simulate and synthesise the Yin-Yang example
	@$(CONNECTIVE) report $(BUILD)/yin_yang/design

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

train: $(BUILD)/$(NAME)/run/network.npz ## Train CONFIG
export: $(BUILD)/$(NAME)/design/design.json ## Generate the Verilog of CONFIG
prove: $(BUILD)/$(NAME)/design/results/prove.json ## Prove the Verilog of CONFIG for all samples
sim: $(BUILD)/$(NAME)/design/results/simulate-icarus.json $(BUILD)/$(NAME)/design/results/simulate-verilator.json ## Simulate CONFIG
synth: $(BUILD)/$(NAME)/design/results/synth-lut4.json $(BUILD)/$(NAME)/design/results/synth-lut6.json ## Synthesise CONFIG
report: $(READY) $(BUILD)/$(NAME)/report.json ## Run the whole chain of CONFIG and print what it measured
	@$(CONNECTIVE) report $(BUILD)/$(NAME)/design

clean: ## Remove what was built, .venv excepted
	rm -rf $(BUILD)

TRAIN = $(CONNECTIVE) train $< --out $(@D)

$(BUILD)/%/run/network.npz: examples/%.toml | $(READY)
	$(TRAIN)

# A configuration outside examples/
ifneq ($(dir $(CONFIG)),examples/)
$(BUILD)/$(NAME)/run/network.npz: $(CONFIG) | $(READY)
	$(TRAIN)
endif

$(BUILD)/%/design/design.json: $(BUILD)/%/run/network.npz | $(READY)
	$(CONNECTIVE) export $< --out $(@D)

$(BUILD)/%/design/results/prove.json: $(BUILD)/%/design/design.json | $(READY)
	$(CONNECTIVE) prove $(<D)

$(BUILD)/%/design/results/simulate-icarus.json: $(BUILD)/%/design/design.json | $(READY)
	$(CONNECTIVE) simulate $(<D) --simulator icarus --samples $(ICARUS_SAMPLES)

$(BUILD)/%/design/results/simulate-verilator.json: $(BUILD)/%/design/design.json | $(READY)
	$(CONNECTIVE) simulate $(<D) --simulator verilator

$(BUILD)/%/design/results/synth-lut4.json: $(BUILD)/%/design/design.json | $(READY)
	$(CONNECTIVE) synth $(<D) --target lut4

$(BUILD)/%/design/results/synth-lut6.json: $(BUILD)/%/design/design.json | $(READY)
	$(CONNECTIVE) synth $(<D) --target lut6

$(BUILD)/%/report.json: $(BUILD)/%/design/results/prove.json \
		$(BUILD)/%/design/results/simulate-icarus.json \
		$(BUILD)/%/design/results/simulate-verilator.json \
		$(BUILD)/%/design/results/synth-lut4.json $(BUILD)/%/design/results/synth-lut6.json | $(READY)
	@$(CONNECTIVE) report $(BUILD)/$*/design --out $@ >/dev/null
