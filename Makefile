# Everything from a bare clone. `make help` lists the targets.
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

PYTHON ?= python3
BUILD ?= build
CONFIG ?= examples/yin_yang.toml
ICARUS_SAMPLES ?= 1000
TARGET ?= lut4 lut6
DEVICE ?= %
SEEDS ?=
BUDGET ?= short
NETLIST ?=
LIBERTY ?=
DONT_USE ?=

NAME := $(basename $(notdir $(CONFIG)))
READY := .venv/.ready
PY := .venv/bin/python
CONNECTIVE := $(PY) -m connective
RESULTS := $(BUILD)/$(NAME)/design/results
SIMULATIONS := $(foreach simulator,icarus verilator,$(if $(NETLIST),$(NETLIST:%=simulate-$(simulator)-%),simulate-$(simulator)))

DEVICES_ice40 := hx8k up5k
DEVICES_ecp5 := lfe5u-25f lfe5u-85f
DEVICES_gowin := gw1nr-9c gw2a-18c
PLACEMENTS := $(strip $(foreach target,$(TARGET),$(patsubst %,pnr-$(target)-%,$(filter $(DEVICE),$(DEVICES_$(target))))))

.PHONY: help setup demo test lint format bench paper docs train export prove sim synth pnr report clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  train, export, prove, sim, synth, pnr and report take CONFIG=FILE.toml ($(CONFIG) if not said)."
	@echo "  make synth TARGET=ice40 is for iCE40; also lut4, lut6, xilinx7, ecp5, gowin, or asic with"
	@echo "  LIBERTY=FILE.lib.gz, and DONT_USE='*lpflow*' for cells to leave out. make sim NETLIST=ice40"
	@echo "  simulates what that made. Both take several: TARGET=\"ice40 ecp5\" (lut4 lut6 if not said)."
	@echo "  make pnr TARGET=ice40 is for $(DEVICES_ice40); TARGET=ecp5 for $(DEVICES_ecp5); TARGET=gowin for"
	@echo "  $(DEVICES_gowin). DEVICE=up5k takes that alone, and SEEDS=3 as many placements."
	@echo "  make paper trains for hours; BUDGET=paper takes the paper's own settings, for days. Stopped, it"
	@echo "  goes on where it was."
	@echo "  make build/NAME/report.html runs the whole chain for examples/NAME.toml and writes the page"
	@echo "  with all that it measured; so does make report, which prints it too."

setup: $(READY) ## Make .venv with all that is needed (implied by all others)

$(READY): pyproject.toml constraints.txt scripts/system-packages.sh
	scripts/system-packages.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev,docs]'
	@touch $@

demo: $(READY) $(BUILD)/yin_yang/report.html ## Train, generate, prove, simulate and synthesise the Yin-Yang example
	@$(CONNECTIVE) report $(BUILD)/yin_yang/design
	@echo "With pictures: $(BUILD)/yin_yang/report.html"

test: $(READY) ## Run the tests, for which Chromium is installed
	scripts/system-packages.sh $(PYTHON) tests
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

paper: $(READY) ## Train the networks of the paper's figures and write docs/paper.md
	$(PY) -m benchmarks.paper --budget $(BUDGET)

docs: $(READY) ## Build the documentation in build/docs; warnings are errors
	$(PY) -m sphinx -c docs/site -q -W --keep-going docs $(BUILD)/docs

train: $(BUILD)/$(NAME)/run/network.npz ## Train CONFIG
export: $(BUILD)/$(NAME)/design/design.json ## Generate the Verilog of CONFIG
prove: $(RESULTS)/prove.json ## Prove the Verilog of CONFIG for all samples
sim: $(SIMULATIONS:%=$(RESULTS)/%.json) ## Simulate CONFIG, or its NETLIST
synth: $(TARGET:%=$(RESULTS)/synth-%.json) ## Synthesise CONFIG for TARGET
pnr: $(PLACEMENTS:%=$(RESULTS)/%.json) ## Place and route CONFIG on all devices of TARGET, or on DEVICE
	@$(if $(PLACEMENTS),,echo "make pnr needs TARGET=ice40, ecp5 or gowin, and DEVICE as help says" >&2; exit 1)
report: $(READY) $(BUILD)/$(NAME)/report.html ## Run the whole chain of CONFIG, print what it measured and write it as a page
	@$(CONNECTIVE) report $(BUILD)/$(NAME)/design
	@echo "With pictures: $(BUILD)/$(NAME)/report.html"

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

# The results of a target, $(1): its netlist, and runs of this
define TARGET_RULES
$(BUILD)/%/design/results/synth-$(1).json: $(BUILD)/%/design/design.json $(if $(filter asic,$(1)),FORCE) | $(READY)
	$(CONNECTIVE) synth $$(<D) --target $(1)$(if $(filter asic,$(1)),$(LIBRARY))

$(BUILD)/%/design/results/simulate-icarus-$(1).json: $(BUILD)/%/design/results/synth-$(1).json | $(READY)
	$(CONNECTIVE) simulate $(BUILD)/$$*/design --netlist $(1) --simulator icarus --samples $(ICARUS_SAMPLES)

$(BUILD)/%/design/results/simulate-verilator-$(1).json: $(BUILD)/%/design/results/synth-$(1).json | $(READY)
	$(CONNECTIVE) simulate $(BUILD)/$$*/design --netlist $(1) --simulator verilator
endef
# The placement of a target, $(1), on a device, $(2)
define DEVICE_RULE
$(BUILD)/%/design/results/pnr-$(1)-$(2).json: $(BUILD)/%/design/design.json | $(READY)
	$(CONNECTIVE) synth $$(<D) --target $(1) --pnr --device $(2)$(SEEDS:%= --seeds %)
endef
$(foreach target,ice40 ecp5 gowin,$(foreach device,$(DEVICES_$(target)),$(eval $(call DEVICE_RULE,$(target),$(device)))))

LIBRARY = $(LIBERTY:%= --liberty %)$(foreach pattern,$(DONT_USE), --dont-use '$(pattern)')
$(foreach target,lut4 lut6 xilinx7 ice40 ecp5 gowin asic,$(eval $(call TARGET_RULES,$(target))))

FORCE: # the cells of asic may be those of another file than before

$(BUILD)/%/report.json: $(BUILD)/%/design/results/prove.json \
		$(BUILD)/%/design/results/simulate-icarus.json \
		$(BUILD)/%/design/results/simulate-verilator.json \
		$(BUILD)/%/design/results/synth-lut4.json $(BUILD)/%/design/results/synth-lut6.json | $(READY)
	@$(CONNECTIVE) report $(BUILD)/$*/design --out $@ >/dev/null

$(BUILD)/%/report.html: $(BUILD)/%/report.json $(BUILD)/%/run/network.npz | $(READY)
	@$(CONNECTIVE) report $(BUILD)/$*/design --run $(BUILD)/$*/run --html $@ >/dev/null

include examples/board/board.mk
