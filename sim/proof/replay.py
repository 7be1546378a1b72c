"""A counterexample as a test bench in Verilog, which shows it in any simulator, with waveforms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connective.folder import temporary_folder, write_atomic
from connective.tools.icarus import run_bench
from sim.proof.induction import FOLDER
from sim.proof.stream import RULES

TOP = "counterexample"
WRONG = "WRONG"
"""With what the bench begins a line where the Verilog does something else than it should."""

TIMEOUT = 600
EDGE_AND_START = f"""\
      #1 clk = 1;
      #5 clk = 0;
      cycle = cycle + 1;
    end
  endtask

  initial begin
    $dumpfile("{TOP}.vcd");
    $dumpvars(0, {TOP});"""
"""How the task of a cycle ends in each bench, and how the bench begins."""


@dataclass(frozen=True)
class Cycle:
    """What a core with streams reads in a cycle, and the result of the sample, if one is taken."""

    reset: bool
    i_valid: bool
    o_ready: bool
    payload: int
    expected: int


def stream_bench(
    module: str,
    outputs: Mapping[str, int],
    cycles: Sequence[Cycle],
    *,
    payload_width: int,
    latency: int,
    unknown_is_wrong: bool = True,
) -> str:
    """A bench of a core with streams; `outputs` are the widths of its results by port.

    `Cycle.expected` has the results side by side, the first of them lowest. LUTs of a netlist show
    unknown values where the Verilog does not, so that of a netlist these cannot count as wrong.
    """
    differs = (
        "shown !== expected[given]" if unknown_is_wrong else "(shown != expected[given]) === 1'b1"
    )
    width = sum(outputs.values())
    state = (2 * latency + 2).bit_length()
    steps = "\n".join(
        f"    step({c.reset:d}, {c.i_valid:d}, {c.o_ready:d}, {payload_width}'h{c.payload:x}, "
        f"{width}'h{c.expected:x});"
        for c in cycles
    )
    wires = "\n".join(f"  wire [{w - 1}:0] {name};" for name, w in outputs.items())
    connected = "".join(f", .{name}({name})" for name in outputs)
    together = ", ".join(reversed(list(outputs)))
    return f"""\
// Each step is a clock cycle: reset, i_valid, o_ready, the sample, its result.
`timescale 1ns / 1ps
module {TOP};
  reg clk = 0, rst = 0, i_valid = 0, o_ready = 0;
  reg [{payload_width - 1}:0] payload;
  reg [{width - 1}:0] result;
  wire i_ready, o_valid, violated;
{wires}
  wire [{width - 1}:0] shown = {{{together}}};
  {module} core (.clk(clk), .rst(rst), .i_payload(payload), .i_valid(i_valid),
    .i_ready(i_ready), .o_valid(o_valid), .o_ready(o_ready){connected});

  // What the ports owe. It follows no sample here: the results are compared below.
  stream_rules #(.L({latency}), .W({width}), .K({state})) rules (
    .clk(clk), .rst(rst), .i_valid(i_valid), .i_ready(i_ready), .o_valid(o_valid),
    .o_ready(o_ready), .o_payload(shown), .data(shown), .track(1'b0), .violated(violated));

  integer taken = 0, given = 0, cycle = 0;
  reg [{width - 1}:0] expected [0:{max(len(cycles), 1)}];
  task step(input now_reset, input now_valid, input now_ready, input [{payload_width - 1}:0] sample,
            input [{width - 1}:0] its_result);
    begin
      rst = now_reset; i_valid = now_valid; o_ready = now_ready;
      payload = sample; result = its_result;
      #4;
      if (violated === 1'b1) $display("{WRONG} cycle %0d: the streams break their rules", cycle);
      if (!rst && ^{{i_ready, o_valid}} === 1'bx)
        $display("{WRONG} cycle %0d: i_ready or o_valid is unknown", cycle);
      if (!rst && i_valid && i_ready) begin
        expected[taken] = result;
        taken = taken + 1;
      end
      if (!rst && o_valid && o_ready) begin
        if (given >= taken || {differs})
          $display("{WRONG} cycle %0d: result %0d is %h, the network says %h",
                   cycle, given, shown, expected[given]);
        given = given + 1;
      end
      if (rst) begin taken = 0; given = 0; end
{EDGE_AND_START}
{steps}
    repeat ({4 * latency + 4}) step(0, 0, 1, 0, 0);
    if (given < taken) $display("{WRONG}: %0d samples have no result", taken - given);
    $finish;
  end
endmodule
"""


def pipeline_bench(
    module: str,
    samples: Sequence[tuple[int, int]],
    *,
    inputs: Mapping[str, int],
    outputs: Mapping[str, int],
    clock: str | None,
    latency: int,
) -> str:
    """A bench of a core without streams, which gets a sample a cycle, each with its result.

    `inputs` and `outputs` are the widths of ports, whose bits stand side by side in samples and
    results, the first port lowest.
    """
    payload_width, width = sum(inputs.values()), sum(outputs.values())
    wires = "\n".join(f"  wire [{w - 1}:0] {port};" for port, w in outputs.items())
    pins = [f".{port}({port})" for port in outputs]
    pins += [f".{clock}(clk)"] if clock else []
    place = 0
    for port, w in inputs.items():
        pins.append(f".{port}(payload[{place + w - 1}:{place}])")
        place += w
    steps = "\n".join(
        f"    step({payload_width}'h{sample:x}, {width}'h{result:x});" for sample, result in samples
    )
    return f"""\
// Each step is a clock cycle: the sample, its result.
`timescale 1ns / 1ps
module {TOP};
  reg clk = 0;
  reg [{payload_width - 1}:0] payload;
{wires}
  wire [{width - 1}:0] shown = {{{", ".join(reversed(list(outputs)))}}};
  {module} core ({", ".join(pins)});

  integer cycle = 0;
  reg [{width - 1}:0] expected [0:{len(samples) + latency}];
  task step(input [{payload_width - 1}:0] sample, input [{width - 1}:0] its_result);
    begin
      payload = sample;
      expected[cycle] = its_result;
      #4;
      if (cycle >= {latency} && cycle < {len(samples) + latency}
          && shown !== expected[cycle - {latency}])
        $display("{WRONG} cycle %0d: the result is %h, the network says %h",
                 cycle, shown, expected[cycle - {latency}]);
{EDGE_AND_START}
{steps}
    repeat ({latency}) step(0, 0);
    $finish;
  end
endmodule
"""


def replay(bench: str, sources: Sequence[Path], folder: Path | None) -> list[str]:
    """What is wrong, as Icarus sees it; bench and waveform stay in `folder`, if there is one.

    Raises `ToolError` without Icarus.
    """
    bench += "\n" + (FOLDER / f"{RULES}.v").read_text(encoding="utf-8")
    with temporary_folder() as work:
        file = work / f"{TOP}.v"
        file.write_text(bench, encoding="utf-8")
        everything, waves = [*sources, file], folder is not None
        printed = run_bench(everything, TOP, folder=work, timeout=TIMEOUT, waves=waves)
        if folder:
            for kept in (file, file.with_suffix(".vcd")):
                write_atomic(folder / kept.name, kept.read_bytes())
    return [line for line in printed.splitlines() if line.startswith(WRONG)]
