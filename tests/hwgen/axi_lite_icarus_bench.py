"""Accesses on AXI4-Lite, one after another, on Icarus with a bench of plain Verilog."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from connective.design import Design

BENCH = """
module bench;
  reg aclk = 0, aresetn = 0, awvalid = 0, wvalid = 0, bready = 0, arvalid = 0, rready = 0;
  reg [{address}-1:0] addr;
  reg [31:0] wdata;
  reg [3:0] wstrb;
  wire awready, wready, bvalid, arready, rvalid, irq;
  wire [1:0] bresp, rresp;
  wire [31:0] rdata;
  reg [71:0] accesses [0:{n}-1];
  integer i, seed = {seed};
  {top} dut (.aclk(aclk), .aresetn(aresetn), .s_axi_awaddr(addr), .s_axi_awvalid(awvalid),
    .s_axi_awready(awready), .s_axi_wdata(wdata), .s_axi_wstrb(wstrb), .s_axi_wvalid(wvalid),
    .s_axi_wready(wready), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid), .s_axi_bready(bready),
    .s_axi_araddr(addr), .s_axi_arvalid(arvalid), .s_axi_arready(arready), .s_axi_rdata(rdata),
    .s_axi_rresp(rresp), .s_axi_rvalid(rvalid), .s_axi_rready(rready), .irq(irq));
  always #5 aclk = ~aclk;
  task pause; repeat ($random(seed) & 3) @(posedge aclk) #1; endtask
  task write; begin
    pause; awvalid = 1; pause; wvalid = 1;
    while (awvalid || wvalid) begin
      @(posedge aclk);
      if (awready !== wready) $display("address and data are not taken together");
      if (awready && awvalid) begin #1 awvalid = 0; wvalid = 0; end
    end
    pause; bready = 1; @(posedge aclk); while (!bvalid) @(posedge aclk);
    $display("%b -", bresp); #1 bready = 0;
  end endtask
  task read; begin
    pause; arvalid = 1; @(posedge aclk); while (!arready) @(posedge aclk);
    #1 arvalid = 0; pause; rready = 1; @(posedge aclk); while (!rvalid) @(posedge aclk);
    $display("%b %h", rresp, rdata); #1 rready = 0;
  end endtask
  initial begin
    $readmemh("accesses.hex", accesses);
    repeat (2) @(posedge aclk);
    #1 aresetn = 1;
    for (i = 0; i < {n}; i = i + 1) begin
      {{wstrb, wdata, addr}} = {{accesses[i][67:32], accesses[i][{address}-1:0]}};
      case (accesses[i][71:68])
        0: read;
        1: write;
        default: while (irq !== 1) @(posedge aclk) #1;
      endcase
    end
    $finish;
  end
  initial #{limit} begin $display("still running"); $finish; end
endmodule
"""


class Access(NamedTuple):
    """A read, a write or, of neither, a wait until a result is there."""

    kind: int
    address: int = 0
    data: int = 0
    strobes: int = 0xF


READ, WRITE, WAIT = range(3)


def run(
    folder: Path, design: Design, accesses: Sequence[Access], *, seed: int
) -> list[tuple[str, str]]:
    """The response, and of a read the word, in hexadecimal, of each access but the waits."""
    assert design.protocol.kind == "axi-lite"
    lines = [f"{a.kind << 68 | a.strobes << 64 | a.data << 32 | a.address:018x}" for a in accesses]
    (folder / "accesses.hex").write_text("\n".join(lines))
    text = BENCH.format(
        address=design.protocol.address_width,
        n=len(accesses),
        seed=seed,
        top=design.top,
        limit=10 * len(accesses) * (40 + design.latency + design.initiation_interval),
    )
    (folder / "bench.v").write_text(text)
    compiler = ["iverilog", "-g2005", "-o", "bench.vvp", "bench.v", *design.sources]
    built = subprocess.run(compiler, cwd=folder, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, ""), built.stderr
    printed = subprocess.run(
        ["vvp", "bench.vvp"], cwd=folder, capture_output=True, text=True, check=True, timeout=60
    ).stdout.splitlines()
    found = [line.split() for line in printed if "finish" not in line]
    assert all(len(words) == 2 for words in found), found
    return [(response, word) for response, word in found]
