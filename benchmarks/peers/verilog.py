"""Verilog of what peers leave to others: trees from words to label, and the argmax of scores."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.trees import Node, Split, Trees, leaves, splits
from connective.encoder import OPS, Encoder
from connective.folder import temporary_folder
from connective.tools.icarus import run_bench

BENCH = """\
module bench;
  reg [{payload}:0] samples [0:{last}];
  reg [{payload}:0] i_payload;
  reg clk = 0;
  wire [{label}:0] o_label;
  integer i;
  {top} dut({clock}.i_payload(i_payload), .o_label(o_label));
  initial begin
    $readmemh("samples.hex", samples);
    for (i = 0; i <= {last} + {waits}; i = i + 1) begin
      i_payload = samples[i];
      #1 clk = 1;
      #1 clk = 0;
      if (i >= {waits}) $display("label %0d", o_label);
    end
  end
endmodule
"""
SECONDS = 600


def tree_module(trees: Trees, encoder: Encoder, name: str) -> str:
    """A module without a clock, from `i_payload` of the encoder's words to `o_label`.

    Each comparison stands there once, whichever trees ask for it.
    """
    comparisons = {(s.feature, s.threshold): "" for tree in trees.trees for s in splits(tree)}
    lines = []
    for i, (feature, threshold) in enumerate(sorted(comparisons)):
        low, width = int(encoder.offsets[feature]), encoder.features[feature].width
        word = f"i_payload[{low + width - 1}:{low}]"
        comparisons[feature, threshold] = f"c{i}"
        lines.append(f"wire c{i} = {word} < {width}'d{threshold};")
    summands: list[list[str]] = [[] for _ in trees.bias]
    for i, tree in enumerate(trees.trees):
        if greatest := int(max(leaves(tree))):
            width = greatest.bit_length()
            lines.append(f"wire [{width - 1}:0] t{i} = {_expression(tree, comparisons, width)};")
            summands[i % len(trees.bias)].append(f"t{i}")
    width = _score_width(trees)
    for c, (terms, bias) in enumerate(zip(summands, trees.bias, strict=True)):
        total = " + ".join([*terms, f"{width}'d{int(bias)}"])
        lines.append(f"wire [{width - 1}:0] s{c} = {total};")
    lines += argmax([f"s{c}" for c in range(len(trees.bias))], width)
    return module(name, encoder, len(trees.bias), lines)


def around(
    instance: str, encoder: Encoder, classes: int, width: int, *, clocked: bool = False
) -> str:
    """The module `words` around an instance that makes `scores` of `width` bits of the `bits`."""
    lines = [
        f"wire [{encoder.n_rows - 1}:0] bits = {{{', '.join(reversed(_input_bits(encoder)))}}};",
        f"wire [{classes * width - 1}:0] scores;",
        instance,
        *argmax([f"scores[{c * width} +: {width}]" for c in range(classes)], width),
    ]
    return module("words", encoder, classes, lines, clocked=clocked)


def argmax(scores: Sequence[str], width: int) -> list[str]:
    """Lines that assign the first best of unsigned nets to `o_label`, by a tournament."""
    bits = label_bits(len(scores))
    lines = []
    players = [(score, f"{bits}'d{c}") for c, score in enumerate(scores)]
    matches = 0
    while len(players) > 1:
        winners = []
        for (a, a_label), (b, b_label) in zip(players[::2], players[1::2], strict=False):
            m = matches = matches + 1
            lines += [
                f"wire b{m} = {b} > {a};",
                f"wire [{width - 1}:0] m{m} = b{m} ? {b} : {a};",
                f"wire [{bits - 1}:0] l{m} = b{m} ? {b_label} : {a_label};",
            ]
            winners.append((f"m{m}", f"l{m}"))
        players = winners + players[len(players) & ~1 :]
    return [*lines, f"assign o_label = {players[0][1]};"]


def _input_bits(encoder: Encoder) -> list[str]:
    """An expression for each row of an encoder of unsigned words."""
    expressions = []
    for feature, op, value in zip(encoder.feature, encoder.op, encoder.value, strict=True):
        low, width = int(encoder.offsets[feature]), encoder.features[feature].width
        word = f"i_payload[{low + width - 1}:{low}]"
        kinds = {"bit": f"i_payload[{low + int(value)}]", "ge": f"({word} >= {width}'d{value})"}
        expressions.append(kinds[OPS[op]])
    return expressions


def module(
    name: str, encoder: Encoder, classes: int, lines: Sequence[str], *, clocked: bool = False
) -> str:
    """A module from words to label."""
    ports = [
        *(["input wire clk"] if clocked else []),
        f"input wire [{encoder.payload_width - 1}:0] i_payload",
        f"output wire [{label_bits(classes) - 1}:0] o_label",
    ]
    return "\n".join([f"module {name}({', '.join(ports)});", *lines, "endmodule\n"])


def label_bits(classes: int) -> int:
    return (classes - 1).bit_length()


def simulated(
    sources: Sequence[Path],
    top: str,
    encoder: Encoder,
    classes: int,
    samples: NDArray[np.integer],
    latency: int | None = None,
) -> NDArray[np.int64]:
    """The labels (samples,) that a module gives in Icarus, with a latency for a sample a cycle."""
    with temporary_folder() as folder:
        payload, last = encoder.payload_width - 1, len(samples) - 1
        bench = BENCH.format(
            top=top,
            payload=payload,
            last=last,
            label=label_bits(classes) - 1,
            clock=".clk(clk), " if latency else "",
            waits=latency - 1 if latency else 0,
        )
        (folder / "bench.v").write_text(bench)
        words = "\n".join(f"{word:x}" for word in encoder.payloads(samples))
        (folder / "samples.hex").write_text(words)
        printed = run_bench(
            [folder / "bench.v", *sources], "bench", folder=folder, timeout=SECONDS, waves=False
        )
    return np.array(list(_labels(printed)), dtype=np.int64)


def _labels(printed: str) -> Iterator[int]:
    for line in printed.splitlines():
        if line.startswith("label "):
            yield int(line.removeprefix("label "))


def _expression(node: Node, comparisons: dict[tuple[int, int], str], width: int) -> str:
    if not isinstance(node, Split):
        return f"{width}'d{int(node)}"
    low, high = (_expression(child, comparisons, width) for child in (node.low, node.high))
    return f"({comparisons[node.feature, node.threshold]} ? {low} : {high})"


def _score_width(trees: Trees) -> int:
    classes = len(trees.bias)
    greatest = (
        bias + sum(max(leaves(tree)) for tree in trees.trees[c::classes])
        for c, bias in enumerate(trees.bias)
    )
    return max(1, int(max(greatest)).bit_length())
