"""Runs a design with AXI4-Streams on Icarus with a bench of plain Verilog."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connective.design import AxiStreamProtocol, Design

BENCH = """
module bench;
  reg aclk = 0, aresetn = 0, waiting = 0, s_tvalid = 0, m_tready = 0;
  reg [{line}-1:0] beats [0:{n}-1];
  reg [{line}-1:0] beat;
  wire s_tready, m_tvalid, m_tlast;
  wire [{result}-1:0] m_tdata;
  wire [{tag}:0] m_tuser;
  integer sent = 0, taken = 0, cycle = 0, idle = 0, seed = {seed};
  {top} dut (.aclk(aclk), .aresetn(aresetn), {tag_port}
    .s_axis_tdata(beat[{width}-1:0]), .s_axis_tkeep(beat[{width}+{bytes}-1:{width}]),
    .s_axis_tlast(beat[{width}+{bytes}]), .s_axis_tvalid(s_tvalid), .s_axis_tready(s_tready),
    .m_axis_tdata(m_tdata), .m_axis_tuser(m_tuser), .m_axis_tlast(m_tlast),
    .m_axis_tvalid(m_tvalid), .m_axis_tready(m_tready));
  always #5 aclk = ~aclk;
  initial begin
    $readmemh("beats.hex", beats);
    repeat (2) @(posedge aclk);
    #1 aresetn = 1;
  end
  always @(posedge aclk) if (aresetn) begin
    cycle = cycle + 1;
    if ((s_tready ^ s_tready) !== 0 || (m_tvalid ^ m_tvalid) !== 0) $display("unknown handshake");
    if (s_tvalid && s_tready) begin
      if (sent == 0) $display("first %0d", cycle);
      sent = sent + 1;
    end
    idle = m_tvalid || s_tvalid ? 0 : idle + 1;
    if (m_tvalid && m_tready) $display("result %0d %b %b %b", cycle, m_tlast, m_tuser, m_tdata);
    if (sent == {n} && idle > 100) $finish;
    waiting = s_tvalid && !s_tready;
    #1;
    s_tvalid = sent < {n} && (waiting || {eager} || $random(seed) % 2);
    beat = s_tvalid ? beats[sent] : {{{line}{{1'bx}}}};
    m_tready = {eager} || $random(seed) % 3 == 0;
  end
endmodule
"""


@dataclass(frozen=True)
class Beat:
    """A beat of a sample's packet; `keep` has a bit a byte of `data`."""

    data: int
    keep: int
    last: bool
    tag: int = 0


def run(
    folder: Path, design: Design, beats: Sequence[Beat], *, seed: int | None = None
) -> tuple[list[tuple[str, str]], int]:
    """TUSER and TDATA of each result in binary digits, and the cycles from first beat to last.

    Stalls at random on both sides if there is a `seed`, else at none.
    """
    protocol = design.protocol
    assert isinstance(protocol, AxiStreamProtocol)
    width = protocol.tdata_width
    fields = ((width, "data"), (width // 8, "keep"), (1, "last"), (protocol.tag_width, "tag"))
    lines = []
    for beat in beats:
        number, shift = 0, 0
        for size, name in fields:
            number |= int(getattr(beat, name)) << shift
            shift += size
        lines.append(f"{number:x}")
    tag = protocol.tag_width
    text = BENCH.format(
        line=width + width // 8 + 1 + tag,
        n=len(beats),
        result=protocol.result_width,
        tag=tag,
        tag_port=f".s_axis_tuser(beat[{width + width // 8 + 1} +: {tag}])," if tag else "",
        width=width,
        bytes=width // 8,
        top=design.top,
        seed=seed or 0,
        eager=int(seed is None),
    )
    (folder / "bench.v").write_text(text)
    (folder / "beats.hex").write_text("\n".join(lines))
    compiler = ["iverilog", "-g2005", "-o", "bench.vvp", "bench.v", *design.sources]
    built = subprocess.run(compiler, cwd=folder, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, ""), built.stderr
    printed = subprocess.run(
        ["vvp", "bench.vvp"], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "unknown" not in printed
    rows = [line.split()[1:] for line in printed.splitlines() if line.startswith("result")]
    first = [int(line.split()[1]) for line in printed.splitlines() if line.startswith("first")]
    assert all(last == "1" for _, last, _, _ in rows)
    return [(user, data) for _, _, user, data in rows], int(rows[-1][0]) - first[0] + 1
