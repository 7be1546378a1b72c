"""A test bench in Verilog of any core between two streams, whatever their transfers carry."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from connective.design import Design
from sim.proof.replay import EDGE_AND_START, TOP, WRONG
from sim.protocols import Rows, Streams, bytes_of

DRAIN = 64  # cycles that a result may take more than the latency says


class Turn(NamedTuple):
    """Whether a source would offer a transfer in a cycle, and a consumer would take a result."""

    offers: bool
    ready: bool


class Transfers(NamedTuple):
    """What a source has to say, and what a core has to answer.

    Members
    -------
    rows: (transfers, bytes), as `Streams.beat_rows` has them
    ends: (results,) how many of them belong to a result and those before it
    results: (results, bytes), as `Streams.result_rows` has them
    """

    rows: Rows
    ends: NDArray[np.int64]
    results: Rows


def transfer_bench(
    design: Design,
    streams: Streams,
    transfers: Transfers,
    traffic: Sequence[Turn],
    *,
    unknown_is_wrong: bool,
) -> str:
    """A bench that offers transfers in turn and holds what comes against the results, in turn.

    A transfer that is on offer stays so until it is taken. After the traffic, all that is left is
    offered, and all results are taken.
    """
    pins, results = streams.pins, transfers.results
    unlike, sure = ("!==", "") if unknown_is_wrong else ("!=", " === 1'b1")
    given, shown = sum(streams.inputs.values()), sum(streams.outputs.values())
    declared = "\n".join(f"  wire [{w - 1}:0] {port};" for port, w in streams.outputs.items())
    connected, place = [], 0
    for port, width in streams.inputs.items():
        connected.append(f".{port}(transfer[sent][{place + width - 1}:{place}])")
        place += width
    connected += [f".{port}({port})" for port in streams.outputs]
    load = "\n".join(
        [
            *(
                f"    transfer[{i}] = {given}'h{word:x};"
                for i, word in enumerate(_words(transfers.rows, streams.inputs))
            ),
            *(
                f"    expected[{i}] = {shown}'h{word:x};"
                for i, word in enumerate(_words(results, streams.outputs))
            ),
            *(f"    ends[{i}] = {end};" for i, end in enumerate(transfers.ends)),
        ]
    )
    steps = "\n".join(f"    step({offers:d}, {ready:d});" for offers, ready in traffic)
    reset, high = pins.reset, streams.reset_level
    left = design.latency + design.initiation_interval * (len(results) + 1) + DRAIN
    return f"""\
// Each step is a clock cycle: whether a transfer is offered, and whether a result is taken.
`timescale 1ns / 1ps
module {TOP};
  reg clk = 0, reset = {high}, valid = 0, ready = 0, offers = 0;
  reg [{given - 1}:0] transfer [0:{len(transfers.rows)}];
  reg [{shown - 1}:0] expected [0:{len(results)}];
  integer ends [0:{len(results)}];
  wire taken, arrived;
{declared}
  wire [{shown - 1}:0] shown = {{{", ".join(reversed(list(streams.outputs)))}}};
  integer sent = 0, got = 0, cycle = 0;
  {design.top} core (.{pins.clock}(clk), .{reset}(reset), .{pins.i_valid}(valid),
    .{pins.i_ready}(taken), .{pins.o_valid}(arrived), .{pins.o_ready}(ready),
    {", ".join(connected)});

  reg waits = 0;
  reg [{shown - 1}:0] waiting;
  task step(input now_offers, input now_ready);
    begin
      valid = (valid | now_offers) && sent < {len(transfers.rows)};
      ready = now_ready;
      #4;
      if (reset !== {high} && ^{{taken, arrived}} === 1'bx)
        $display("{WRONG} cycle %0d: {pins.i_ready} or {pins.o_valid} is unknown", cycle);
      if ((waits && (!arrived || shown {unlike} waiting)){sure})
        $display("{WRONG} cycle %0d: a result does not wait until it is taken", cycle);
      waits = reset !== {high} && arrived && !ready;
      waiting = shown;
      if (reset !== {high} && arrived && ready) begin
        if (got >= {len(results)} || ends[got] > sent)
          $display("{WRONG} cycle %0d: a result without a sample", cycle);
        else if ((shown {unlike} expected[got]){sure})
          $display("{WRONG} cycle %0d: result %0d is %h, the network says %h",
                   cycle, got, shown, expected[got]);
        got = got + 1;
      end
      offers = reset !== {high} && valid && taken;
{EDGE_AND_START.replace("      #1 clk = 1;", "      #1 clk = 1; #1;" + ADVANCE, 1)}
{load}
    step(0, 0);
    reset = {1 - high};
{steps}
    repeat ({left}) step(1, 1);
    if (got < {len(results)}) $display("{WRONG}: %0d samples have no result", {len(results)} - got);
    $finish;
  end
endmodule
"""


ADVANCE = """
      if (offers) begin
        sent = sent + 1;
        valid = 0;
      end"""


def _words(rows: Rows, widths: dict[str, int]) -> list[int]:
    """The ports of each row side by side as a number, the first of them lowest."""
    words = [0] * len(rows)
    start = place = 0
    for width in widths.values():
        column = rows[:, start : start + bytes_of(width)]
        for row, octets in enumerate(column):
            words[row] |= int.from_bytes(octets.tobytes(), "little") << place
        start += bytes_of(width)
        place += width
    return words
