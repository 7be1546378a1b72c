"""The timing diagram is what the Verilog does."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective.design import Design
from hwgen.form import Form
from tests.cores import make_core
from tests.networks import random_network

BENCH = """
module bench;
  reg clk = 0, rst = 1, i_valid = 0, o_ready = 1;
  reg [{width}-1:0] i_payload = 0;
  wire i_ready, o_valid;
  reg [0:{last}] valid = {n}'b{valid}, ready = {n}'b{ready};
  integer column;
  accelerator dut (.clk(clk), .rst(rst), .i_payload(i_payload), .i_valid(i_valid),
    .i_ready(i_ready), .o_valid(o_valid), .o_ready(o_ready));
  always #5 clk = ~clk;
  initial begin
    repeat (2) @(posedge clk);
    #1 rst = 0;
    for (column = 0; column < {n}; column = column + 1) begin
      i_valid = valid[column];
      o_ready = ready[column];
      #8 $display("%b%b", i_ready, o_valid);
      @(posedge clk) #1;
    end
    $finish;
  end
endmodule
"""


def levels(wave: str) -> str:
    """The state of each cycle, without dots."""
    found = ""
    for state in wave:
        found += found[-1] if state == "." else state
    return found


def simulated(folder: Path, design: Design, valid: str, ready: str) -> tuple[str, str]:
    """i_ready and o_valid of each cycle, for i_valid and o_ready of each."""
    width = {port.name: port.width for port in design.ports}["i_payload"]
    n = len(valid)
    text = BENCH.format(width=width, n=n, last=n - 1, valid=valid, ready=ready)
    (folder / "bench.v").write_text(text)
    command = ["iverilog", "-g2005", "-s", "bench", "-o", "bench.vvp", "bench.v", *design.sources]
    subprocess.run(command, cwd=folder, check=True)
    done = subprocess.run(
        ["vvp", "-n", "bench.vvp"], cwd=folder, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if len(line) == 2]
    return "".join(line[0] for line in lines), "".join(line[1] for line in lines)


FORMS = [
    *({"levels_per_stage": n} for n in range(4)),
    {"form": Form(serial=True)},
    {"form": Form(serial=True, bits_per_cycle=3), "levels_per_stage": 1},
    {"form": Form(input_width=5)},
    {"form": Form(serial=True, input_width=5)},
    {"tag_width": 3, "form": Form(input_width=5)},
]


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_diagram_is_what_the_core_does(tmp_path: Path, form: dict[str, Any]) -> None:
    network = random_network(np.random.default_rng(2), layers=[12, 12], classes=3)
    design = make_core(tmp_path / "d", network, **form)
    diagram: Any = json.loads((tmp_path / "d/doc/timing.json").read_text())
    waves = {signal["name"]: signal["wave"] for signal in diagram["signal"] if signal}
    assert waves.keys() == {port.name for port in design.ports} - {"rst"}
    assert len({*map(len, waves.values())}) == 1
    drawn = {name: levels(wave) for name, wave in waves.items()}
    got = simulated(tmp_path / "d", design, drawn["i_valid"], drawn["o_ready"])
    assert got == (drawn["i_ready"], drawn["o_valid"])
    last_beat = drawn["i_valid"].index("1") + design.protocol.beats - 1
    assert drawn["o_valid"].index("1") - last_beat == design.latency
    for valid, data in (("i_valid", "i_payload"), ("o_valid", "o_label")):
        assert [state == "1" for state in drawn[valid]] == [state != "x" for state in drawn[data]]


def test_each_word_has_a_label(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(2), layers=[12, 12], classes=3)
    make_core(tmp_path / "d", network, scores=True)
    diagram: Any = json.loads((tmp_path / "d/doc/timing.json").read_text())
    words = [signal for signal in diagram["signal"] if "data" in signal]
    assert [signal["name"] for signal in words] == ["i_payload", "o_label", "o_scores"]
    assert all(signal["wave"].count("=") == len(signal["data"]) == 2 for signal in words)
