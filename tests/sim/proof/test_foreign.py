"""Proofs of Verilog that others wrote: here as a person would, with + and comparisons."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from connective import Network
from connective.encoder import OPS
from connective.errors import InputError
from connective.network_file import write_network
from sim.proof.foreign import ForeignCore
from tests.networks import random_network

CLASSES = 4


@pytest.fixture(scope="module")
def network() -> Network:
    rng = np.random.default_rng(7)
    return random_network(rng, layers=[40, 40], n_inputs=10, classes=CLASSES)


def nodes(network: Network) -> list[str]:
    """A wire for each node of the network, from the input x."""
    encoder, lines = network.encoder, []
    for row in range(encoder.n_rows):
        number = int(encoder.feature[row])
        feature, low = encoder.features[number], int(encoder.offsets[number])
        word = f"x[{low + feature.width - 1}:{low}]"
        word = f"$signed({word})" if feature.signed else word
        value = int(encoder.value[row])
        asked = {"ge": f"{word} >= {value}", "eq": f"{word} == {value}"}
        asked["bit"] = f"x[{low + value}]"
        lines.append(f"wire n{row} = {asked[OPS[int(encoder.op[row])]]};")
    for gate, (fanin, table) in enumerate(
        zip(network.fanin.tolist(), network.table.tolist(), strict=True), network.n_inputs
    ):
        lines.append(f"wire n{gate} = 4'd{table} >> {{n{fanin[1]}, n{fanin[0]}}};")
    return lines


ARGMAX = """
always @* begin
  label = 0; best = s0;
  if (s1 > best) begin best = s1; label = 1; end
  if (s2 > best) begin best = s2; label = 2; end
  if (s3 > best) begin best = s3; label = 3; end
end"""


def summed(network: Network, c: int) -> list[str]:
    group = network.outputs[network.groups[c] : network.groups[c + 1]]
    return [f"n{node}" for node in group.tolist()]


def pipeline(network: Network) -> str:
    """Registers after the sums and at the end; sums as chains, a tree, and a loop."""
    chain = " + ".join(summed(network, 0))
    halves = [" + ".join(summed(network, 1)[k::2]) for k in (0, 1)]
    bits = ", ".join(summed(network, 2))
    late = summed(network, 3)
    return f"""module other(input wire clk, input wire [{network.encoder.payload_width - 1}:0] x,
  output reg [3:0] y);
{chr(10).join(nodes(network))}
reg [6:0] s0, s1, s2, s3, part, rest;
wire [{len(summed(network, 2)) - 1}:0] bits = {{{bits}}};
integer k, total;
always @* begin
  total = 0;
  for (k = 0; k < {len(summed(network, 2))}; k = k + 1) total = total + bits[k];
end
wire [6:0] now = {" + ".join(late[:4])};
reg [6:0] s0_1, s1_1, s2_1;
always @(posedge clk) begin
  s0_1 <= {chain}; s1_1 <= ({halves[0]}) + ({halves[1]}); s2_1 <= total;
  part <= now; rest <= {" + ".join(late[4:])};
  s0 <= s0_1; s1 <= s1_1; s2 <= s2_1; s3 <= part + rest;
end
reg [6:0] best; reg [3:0] label;{ARGMAX}
always @(posedge clk) y <= label;
endmodule
"""


def core(
    tmp_path: Path,
    text: str,
    *,
    latency: int = 3,
    inputs: Sequence[str] = ("x",),
    output: str = "y",
) -> ForeignCore:
    file = tmp_path / "other.v"
    file.write_text(text)
    return ForeignCore([file], "other", inputs, output, latency)


def test_a_pipeline_with_plus_is_proved(tmp_path: Path, network: Network) -> None:
    result = core(tmp_path, pipeline(network)).prove(network, tmp_path)
    assert result.outcome == "proved", result.lemmas
    assert len(result.lemmas) == 2  # by sums, not by gates


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s2 > best", "s2 >= best"),
        ("total = total + bits[k]", "total = total + bits[0]"),
        ("s0 <= s0_1", "s0 <= s1_1"),
        ("s1 <= s1_1", "s1 <= s1_1 + 1"),
        ("s0_1 <= n", "s0_1 <= 1 + n"),
        ("reg [6:0] s0, s1", "reg [6:0] s1; reg [2:0] s0; reg [6:0] s9"),  # wraps around
        ("part + rest", "now + rest"),  # of different samples
    ],
)
def test_an_error_in_it_is_refuted(tmp_path: Path, network: Network, old: str, new: str) -> None:
    text = pipeline(network)
    assert old in text
    result = core(tmp_path, text.replace(old, new)).prove(network, tmp_path)
    assert result.outcome == "refuted", result.lemmas
    assert result.counterexample is not None and result.counterexample.observed
    assert (tmp_path / result.counterexample.bench).exists()


@pytest.mark.parametrize("latency", [0, 2, 4])
def test_another_latency_is_refuted(tmp_path: Path, network: Network, latency: int) -> None:
    assert (
        core(tmp_path, pipeline(network), latency=latency).prove(network, tmp_path).outcome
        == "refuted"
    )


def test_gates_without_sums_are_proved_at_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    network = random_network(rng, layers=[12], n_inputs=6, classes=2)
    ones = [summed(network, c) for c in range(2)]
    cases = "\n".join(f"wire [3:0] s{c} = f({{{', '.join(bits)}}});" for c, bits in enumerate(ones))
    table = "\n".join(f"6'd{m}: f = {bin(m).count('1')};" for m in range(64))
    text = f"""module other(input wire [{network.encoder.payload_width - 1}:0] x, output wire y);
function [3:0] f; input [5:0] m; case (m)
{table}
endcase endfunction
{chr(10).join(nodes(network))}
{cases}
assign y = s1 > s0;
endmodule
"""
    result = core(tmp_path, text, latency=0).prove(network, tmp_path)
    assert result.outcome == "proved", result.lemmas


@pytest.mark.parametrize(
    ("inputs", "output", "sentence"),
    [
        (["z"], "y", "other has no port 'z'"),
        (["x", "clk"], "y", "bits, but the words of the network's features"),
        (["x"], "clk", "clk has 1 bits, but what the network says 2"),
    ],
)
def test_ports_that_do_not_fit_are_refused(
    tmp_path: Path, network: Network, inputs: list[str], output: str, sentence: str
) -> None:
    other = core(tmp_path, pipeline(network), inputs=inputs, output=output)
    with pytest.raises(InputError, match=sentence):
        other.prove(network, tmp_path)


def test_the_command_line_writes_a_certificate(tmp_path: Path, network: Network) -> None:
    (tmp_path / "other.v").write_text(pipeline(network))
    write_network(tmp_path / "n.npz", network, {})
    command = [sys.executable, "-m", "connective", "prove", "--network", str(tmp_path / "n.npz")]
    command += ["--verilog", str(tmp_path / "other.v"), "--top", "other", "--latency", "3"]
    command += ["--input", "x", "--output", "y"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 2 and "--out is missing" in refused.stderr
    command += ["--out", str(tmp_path / "proof")]
    subprocess.run(command, capture_output=True, check=True)
    certificate = json.loads((tmp_path / "proof/prove.json").read_bytes())
    assert certificate["result"]["outcome"] == "proved"
    assert certificate["network_sha256"] == network.sha256
    assert sorted(p.name for p in (tmp_path / "proof").iterdir()) == ["prove.json"]
