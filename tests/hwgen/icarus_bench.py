"""Runs a design on Icarus with a bench of plain Verilog, apart from the simulation room's."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from connective.design import Design

BENCH = """
module bench;
  reg clk = 0, rst = 1, waiting = 0, i_valid = 0, o_ready = 0;
  reg [{width}-1:0] samples [0:{n}-1];
  reg [{width}-1:0] i_payload;
  wire i_ready, o_valid;
  {wires}
  integer sent = 0, taken = 0, cycle = 0, first = 0, seed = {seed};  // first: that offers a sample
  {top} dut (.clk(clk), .rst(rst), .i_payload(i_payload), .i_valid(i_valid), .i_ready(i_ready),
    .o_valid(o_valid), .o_ready(o_ready), {connections});
  always #5 clk = ~clk;
  initial begin
    $readmemh("samples.hex", samples);
    repeat (2) @(posedge clk);
    #1 rst = 0;
  end
  always @(posedge clk) if (!rst) begin
    cycle = cycle + 1;
    if ((i_ready ^ i_ready) !== 0 || (o_valid ^ o_valid) !== 0) $display("unknown handshake");
    if (i_valid && first == 0) first = cycle;
    if (i_valid && i_ready) sent = sent + 1;
    if (o_valid && o_ready) begin
      $display("result {format}", {values});
      taken = taken + 1;
    end
    if (taken == {n_results}) begin
      $display("cycles %0d", cycle - first + 1);
      $finish;
    end
    waiting = i_valid && !i_ready;
    #1;
    i_valid = sent < {n} && (waiting || {eager} || $random(seed) % 2);
    i_payload = sent < {n} ? samples[sent] : {{{width}{{1'bx}}}};
    o_ready = {eager} || $random(seed) % 2;
  end
endmodule
"""


def run(
    folder: Path, design: Design, words: Sequence[int], *, seed: int | None = None
) -> tuple[dict[str, list[str]], int]:
    """Result words of each output port as binary digits (x where unknown), and the cycles taken.

    `words` are the samples' beats.
    Stalls at random on both sides if there is a `seed`, else at none.
    """
    ports, beats = {p.name: p.width for p in design.ports}, design.protocol.beats
    outputs = [n for n in ports if n.startswith("o_") and n not in ("o_valid", "o_ready")]
    text = BENCH.format(
        width=ports["i_payload"],
        n=len(words),
        n_results=len(words) // beats,
        top=design.top,
        seed=seed or 0,
        eager=int(seed is None),
        wires=" ".join(f"wire [{ports[name]}-1:0] {name};" for name in outputs),
        connections=", ".join(f".{name}({name})" for name in outputs),
        format=" ".join("%b" for _ in outputs),
        values=", ".join(outputs),
    )
    (folder / "bench.v").write_text(text)
    (folder / "samples.hex").write_text("\n".join(f"{word:x}" for word in words))
    compiler = ["iverilog", "-g2005", "-o", "bench.vvp", "bench.v", *design.sources]
    built = subprocess.run(compiler, cwd=folder, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, ""), built.stderr
    printed = subprocess.run(
        ["vvp", "bench.vvp"], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "unknown" not in printed
    rows = [line.split()[1:] for line in printed.splitlines() if line.startswith("result")]
    cycles = [int(line.split()[1]) for line in printed.splitlines() if line.startswith("cycles")]
    assert len(rows) == len(words) // beats
    return dict(zip(outputs, map(list, zip(*rows, strict=True)), strict=True)), cycles[0]


def cut(payloads: Sequence[int], width: int, beats: int) -> list[int]:
    """The samples' beats, the lowest bits first."""
    mask = (1 << width) - 1
    return [payload >> beat * width & mask for payload in payloads for beat in range(beats)]


def binary(values: Sequence[int], width: int) -> list[str]:
    """Integers as words in two's complement, written as the bench writes them."""
    return [f"{value & (1 << width) - 1:0{width}b}" for value in values]
