"""A core without a clock answers as its network, and has nothing that could remember."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.axi_stream import AxiStream
from connective.design import CombinationalProtocol, Design, read_design
from hwgen.form import Form
from tests.designs import make_design
from tests.hwgen.icarus_bench import binary
from tests.hwgen.test_emit import lint
from tests.networks import networks, random_network, random_samples

BENCH = """
module bench;
  reg [{width}-1:0] samples [0:{n}-1];
  reg [{width}-1:0] i_payload;
  {wires}
  integer i;
  {top} dut (.i_payload(i_payload), {connections});
  initial begin
    $readmemh("samples.hex", samples);
    for (i = 0; i < {n}; i = i + 1) begin
      i_payload = samples[i];
      #1 $display("{format}", {names});
    end
  end
endmodule
"""


def answers(folder: Path, design: Design, payloads: Sequence[int]) -> dict[str, list[str]]:
    """What each output shows of each sample, in binary digits."""
    widths = {port.name: port.width for port in design.ports}
    outputs = [name for name in widths if name.startswith("o_")]
    (folder / "samples.hex").write_text("\n".join(f"{word:x}" for word in payloads))
    text = BENCH.format(
        width=widths["i_payload"],
        n=len(payloads),
        top=design.top,
        wires=" ".join(f"wire [{widths[name]}-1:0] {name};" for name in outputs),
        connections=", ".join(f".{name}({name})" for name in outputs),
        format=" ".join("%b" for _ in outputs),
        names=", ".join(outputs),
    )
    (folder / "bench.v").write_text(text)
    command = ["iverilog", "-g2005", "-Wall", "-Wno-timescale", "-o", "bench.vvp", "bench.v"]
    built = subprocess.run(
        [*command, *design.sources], cwd=folder, capture_output=True, text=True, check=True
    )
    assert built.stderr == ""
    printed = subprocess.run(
        ["vvp", "-n", "bench.vvp"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in printed.splitlines()]
    return dict(zip(outputs, map(list, zip(*rows, strict=True)), strict=True))


@settings(max_examples=20, deadline=None)
@given(
    networks(heads=("class", "scores", "bits")),
    st.sampled_from(["lut6", "lut4", "asic"]),
    st.integers(0, 2**32 - 1),
)
def test_the_outputs_follow_the_input(
    tmp_path_factory: pytest.TempPathFactory, network: Network, target: str, seed: int
) -> None:
    folder = tmp_path_factory.mktemp("verilog") / "design"
    scores = network.head != "bits" and seed % 2 == 0
    design = make_design(folder, network, combinational=True, scores=scores, target=target)
    samples = random_samples(np.random.default_rng(seed), network, 24)
    found = answers(folder, design, network.encoder.payloads(samples))
    if network.head == "bits":
        bits = network.output_bits(samples).astype(int)
        assert found == {"o_bits": ["".join(map(str, row[::-1])) for row in bits.tolist()]}
    else:
        width = len(found["o_label"][0])
        assert found.pop("o_label") == binary(network.predict(samples).tolist(), width)
        rows = network.scores(samples).tolist()
        if design.scores:
            width = design.scores.width
            assert found.pop("o_scores") == ["".join(binary(row[::-1], width)) for row in rows]
        assert not found
    lint(folder, design)
    assert not any(
        re.search(r"\b(reg|clk|rst|posedge)\b", (folder / source).read_text())
        for source in design.sources
    )


def test_the_design_says_that_there_is_no_clock(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=(30, 40), classes=4)
    design = make_design(tmp_path / "d", network, combinational=True)
    assert read_design(tmp_path / "d") == design
    assert design.protocol == CombinationalProtocol()
    assert [port.name for port in design.ports] == ["i_payload", "o_label"]
    assert (design.latency, design.register_bits, design.least_register_bits) == (0, 0, 0)
    assert design.options.levels_per_stage == 0
    assert "flow" not in design.blocks


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"levels_per_stage": 2}, "2 levels per stage"),
        ({"latency": 3}, "latency 3"),
        ({"form": Form(serial=True)}, "the serial form"),
        ({"form": Form(input_width=4)}, "input width 4"),
        ({"tag_width": 3}, "tag width 3"),
        ({"stream": AxiStream(32)}, "AXI4-Streams"),
    ],
)
def test_what_needs_a_clock_is_refused(tmp_path: Path, options: dict[str, Any], what: str) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,))
    sentence = f"^{what} and the combinational interface, which has no clock, exclude one another"
    with pytest.raises(InputError, match=sentence):
        make_design(tmp_path / "d", network, combinational=True, **options)
    assert list((tmp_path / "d").iterdir()) == []


def test_no_levels_between_registers_is_what_it_has(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), layers=(8,))
    texts = []
    for name, options in (("said", {"levels_per_stage": 0}), ("not_said", {})):
        design = make_design(tmp_path / name, network, combinational=True, **options)
        texts.append([(tmp_path / name / source).read_text() for source in design.sources])
    assert texts[0] == texts[1]
