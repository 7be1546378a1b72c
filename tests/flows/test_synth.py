import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective import InputError, Network, ToolError, canonicalize, raw
from connective.axi_stream import AxiStream
from connective.design import Design
from connective.technology import TECHNOLOGIES
from connective.tools.yosys import quote, run_yosys
from hwgen.flows.synth import synthesize
from hwgen.form import Form
from tests.designs import make_design
from tests.networks import random_network
from tests.sim.designs import write_design

KNOWN = """
module known(
  input clk, rst, i_valid, o_ready, input [7:0] i,
  output i_ready, o_valid, all, output [2:0] o
);
  wire [3:0] level0;
  wire [4:0] level1;
  assign all = level1[4];
  logic_0 level_0(i, level0);
  logic_1 level_1(clk, level0, level1);
  sum popcount_0(clk, level1[3:0], o);
  flow flow(clk, rst, i_valid, o_ready, i_ready, o_valid);
endmodule
module logic_0(input [7:0] i, output [3:0] o);
  assign o = i[7:4] ^ i[3:0];
endmodule
module logic_1(input clk, input [3:0] i, output reg [4:0] o);
  always @(posedge clk) o <= {&i, i};
endmodule
module sum(input clk, input [3:0] i, output reg [2:0] o);
  always @(posedge clk) o <= i[0] + i[1] + i[2] + i[3];
endmodule
module flow(input clk, rst, i_valid, o_ready, output reg i_ready, o_valid);
  always @(posedge clk) if (rst) o_valid <= 0; else if (o_ready) o_valid <= i_valid;
  always @(posedge clk) i_ready <= ~rst;
endmodule
"""


def replace_verilog(folder: Path, design: Design, text: str, **changes: object) -> None:
    (folder / "top.v").write_text(text)
    sources = {"top.v": hashlib.sha256(text.encode()).hexdigest()}
    write_design(folder, design.model_copy(update={"sources": sources, **changes}))


def network(seed: int = 0) -> Network:
    return random_network(np.random.default_rng(seed), layers=[40, 40], n_inputs=30)


def test_known_design_is_counted_as_by_hand(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", network())
    blocks = ["level_0", "level_1", "popcount_0", "flow"]
    replace_verilog(tmp_path / "d", design, KNOWN, top="known", blocks=blocks)
    result = synthesize(tmp_path / "d", "lut4")
    counted = {name: (b.luts, b.registers, b.depth) for name, b in result.blocks.items()}
    assert counted == {
        "level_0": (4, 0, 1),  # four exclusive ors
        "level_1": (1, 5, 1),  # one and of four; the other bits go straight to registers
        "popcount": (3, 3, 1),  # each bit of the sum is a function of four bits
        "interface": (1, 2, 1),  # ~rst; clock enable and reset are the register's
    }
    assert (result.luts, result.registers, result.depth) == (9, 10, 2)
    parts = [(part.block, part.cells) for part in result.path]
    assert parts in (  # of the four exclusive ors
        [("level_0", 1), ("level_1", 1)],  # into the register beside the and
        [("level_0", 1), ("popcount", 1)],
    )


@pytest.mark.parametrize("levels_per_stage", [0, 1, 2])
def test_blocks_add_up_to_what_yosys_counts(tmp_path: Path, levels_per_stage: int) -> None:
    folder = tmp_path / "d"
    design = make_design(folder, network(), levels_per_stage=levels_per_stage)
    depth = []
    for target in ("lut4", "lut6"):
        technology = TECHNOLOGIES[target]
        result = synthesize(folder, target)
        stat = tmp_path / "stat.json"
        run_yosys(
            [
                *(f"read_verilog {quote(folder / source)}" for source in design.sources),
                *(command.format(top=design.top) for command in technology.coarse),
                f"write_json {quote(tmp_path / 'unmapped.json')}",  # it sorts the cells
                *technology.mapping,
                f"tee -q -o {quote(stat)} stat -json",
            ],
            log=tmp_path / "log",
            timeout=60,
        )
        cells = json.loads(stat.read_text())["design"]["num_cells_by_type"]
        assert result.luts == cells["$lut"]
        assert result.registers == sum(n for kind, n in cells.items() if "DFF" in kind)
        assert sum(block.luts for block in result.blocks.values()) == result.luts
        assert sum(block.registers for block in result.blocks.values()) == result.registers
        assert max(block.depth for block in result.blocks.values()) <= result.depth
        depth.append(result.depth)
    assert depth[1] <= depth[0]


def test_blocks_come_in_the_order_of_the_data(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network(), target="lut4")  # whose counters take in no gates
    result = synthesize(tmp_path / "d", "lut4")
    names = ["encoder", "level_0", "level_1", "popcount", "argmax", "interface"]
    assert list(result.blocks) == names
    assert result.tool.startswith("Yosys 0.")
    assert result.blocks["level_0"].depth == result.blocks["level_1"].depth == 1
    assert (tmp_path / "d" / "results" / "synth-lut4.log").stat().st_size


@pytest.mark.parametrize("options", [{"stream": AxiStream(8, 2)}, {"axi_lite": True}])
def test_blocks_of_a_core_behind_axi_are_those_of_the_core(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    make_design(tmp_path / "native", network())
    make_design(tmp_path / "axi", network(), **options)
    native, axi = (synthesize(tmp_path / name, "lut6") for name in ("native", "axi"))
    assert list(axi.blocks) == list(native.blocks)
    assert sum(block.luts for block in axi.blocks.values()) == axi.luts
    assert sum(block.registers for block in axi.blocks.values()) == axi.registers
    assert axi.blocks["popcount"].registers == native.blocks["popcount"].registers
    assert axi.blocks["level_0"].registers == native.blocks["level_0"].registers
    assert axi.blocks["interface"].registers > native.blocks["interface"].registers


def test_blocks_of_a_serial_core_behind_a_narrow_input_add_up(tmp_path: Path) -> None:
    form = Form(serial=True, bits_per_cycle=2, input_width=3)
    design = make_design(tmp_path / "d", network(), form=form)
    result = synthesize(tmp_path / "d", "lut6")
    names = ["encoder", "level_0", "level_1", "selector", "popcount", "argmax", "interface"]
    assert list(result.blocks) == names
    assert sum(block.luts for block in result.blocks.values()) == result.luts
    assert sum(block.registers for block in result.blocks.values()) == result.registers
    width = next(port.width for port in design.ports if port.name == "o_label")
    assert result.blocks["argmax"].registers >= width
    assert result.blocks["interface"].registers > 3 * (design.protocol.beats - 1)


def test_level_of_gates_costs_one_lut_and_one_register_each(tmp_path: Path) -> None:
    pairs = np.arange(16).reshape(8, 2)
    gates = Network(
        raw(16),
        *canonicalize(pairs, np.full(8, 6)),
        outputs=np.arange(16, 24),
        weights=np.ones(8, dtype=int),
        groups=np.array([0]),
        bias=np.array([], dtype=int),
        head="bits",
    )
    design = make_design(tmp_path / "d", gates, levels_per_stage=1)
    result = synthesize(tmp_path / "d", "lut4")
    level = result.blocks["level_0"]
    assert level.luts == 8
    assert design.blocks == ["level_0", "flow"]
    # the output FIFO holds latency + 1 results, in registers
    assert result.blocks["interface"].registers + level.registers >= 8 * (design.latency + 1)


def test_unknown_target_is_refused(tmp_path: Path) -> None:
    known = "lut4, lut6, xilinx7, ice40, ecp5, gowin, asic"
    with pytest.raises(InputError, match=f"^target must be one of {known}, not 'lut5'$"):
        synthesize(tmp_path, "lut5")


def test_edited_verilog_is_not_synthesized(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", network())
    source = tmp_path / "d" / next(iter(design.sources))
    source.write_text(source.read_text() + "\n")
    with pytest.raises(InputError, match="it was edited; export the design again$"):
        synthesize(tmp_path / "d", "lut4")


def test_verilog_that_yosys_refuses_is_told(tmp_path: Path) -> None:
    design = make_design(tmp_path / "d", network())
    replace_verilog(tmp_path / "d", design, "module accelerator(;\n")
    with pytest.raises(ToolError, match="^Yosys failed with exit status 1: .*syntax error"):
        synthesize(tmp_path / "d", "lut4")
