"""A test bench in Verilog of a core with registers on AXI4-Lite."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from connective.design import AxiLiteProtocol, Design
from connective.network import Network
from connective.vectors import port_bytes
from sim.proof.replay import TOP, WRONG

WORD_BYTES = 4
TAKES_SAMPLE, HAS_RESULT = 0b01, 0b10  # bits of STATUS
PATIENCE = 64  # cycles that an answer may take more than a result does


def register_bench(
    design: Design, network: Network, samples: NDArray[np.int64], *, unknown_is_wrong: bool
) -> str:
    """A bench that writes samples (samples, features) and reads their results.

    Software's answers on the bus come at random. Accesses that mean nothing are tried too.
    """
    protocol = design.protocol
    assert isinstance(protocol, AxiLiteProtocol)
    sent = _words(port_bytes("s_axi_wdata", network, design, samples), protocol.beats)
    results = -(-protocol.result_width // (8 * WORD_BYTES))
    expected = _words(port_bytes("s_axi_rdata", network, design, samples), results)
    at = protocol.registers
    unlike, sure = ("!==", "") if unknown_is_wrong else ("!=", " === 1'b1")
    is_serial = design.options.form == "serial"  # and takes a sample when it has its result
    held, works = (1, design.latency) if is_serial else (design.latency, 0)
    steps = _steps(at, sent, expected, full=held + 1, works=works)
    width = protocol.address_width
    return f"""\
`timescale 1ns / 1ps
module {TOP};
  reg aclk = 0, aresetn = 0, awvalid = 0, wvalid = 0, bready = 0, arvalid = 0, rready = 0;
  reg [{width - 1}:0] awaddr = 0, araddr = 0;
  reg [31:0] wdata = 0;
  wire awready, wready, bvalid, arready, rvalid, irq;
  wire [1:0] bresp, rresp;
  wire [31:0] rdata;
  {design.top} core (.aclk(aclk), .aresetn(aresetn), .irq(irq), .s_axi_awaddr(awaddr),
    .s_axi_awvalid(awvalid), .s_axi_awready(awready), .s_axi_wdata(wdata), .s_axi_wstrb(4'hf),
    .s_axi_wvalid(wvalid), .s_axi_wready(wready), .s_axi_bresp(bresp), .s_axi_bvalid(bvalid),
    .s_axi_bready(bready), .s_axi_araddr(araddr), .s_axi_arvalid(arvalid),
    .s_axi_arready(arready), .s_axi_rdata(rdata), .s_axi_rresp(rresp), .s_axi_rvalid(rvalid),
    .s_axi_rready(rready));

  integer cycle = 0, waited = 0;
  reg eager;
  reg aw, w, b, ar, r;  // what is transferred at an edge
  task tick;
    begin
      #4;
      aw = awvalid && awready; w = wvalid && wready; b = bvalid && bready;
      ar = arvalid && arready; r = rvalid && rready;
      waited = waited + 1;
      if (waited > {design.latency + PATIENCE * design.initiation_interval}) begin
        $display("{WRONG} cycle %0d: there is no answer", cycle);
        $finish;
      end
      #1 aclk = 1;
      #5 aclk = 0;
      cycle = cycle + 1;
    end
  endtask

  task write(input [{width - 1}:0] address, input [31:0] word, input [1:0] right);
    begin
      awaddr = address; wdata = word; awvalid = 1; wvalid = 1; waited = 0;
      eager = $random;  // whether bready comes before there is an answer
      while (awvalid || wvalid) begin
        tick;
        if (aw) awvalid = 0;
        if (w) wvalid = 0;
        bready = eager & $random;
      end
      tick;
      while (!b) begin bready = $random; tick; end
      bready = 0;
      if ((bresp {unlike} right){sure})
        $display("{WRONG} cycle %0d: a write of %h is answered by %0d", cycle, address, bresp);
    end
  endtask

  reg [31:0] answer;
  reg [1:0] response;
  task ask(input [{width - 1}:0] address);
    begin
      araddr = address; arvalid = 1;
      while (arvalid) begin tick; if (ar) arvalid = 0; end
      r = 0;
      while (!r) begin
        rready = $random;
        #1 answer = rdata; response = rresp;
        tick;
      end
      rready = 0;
    end
  endtask

  task read(input [{width - 1}:0] address, input [31:0] right, input integer sample);
    begin
      waited = 0;
      while (!irq) tick;
      ask(address);
      if ((response {unlike} 0 || answer {unlike} right){sure})
        $display("{WRONG} cycle %0d: of sample %0d a word is %h, the network says %h",
                 cycle, sample, answer, right);
    end
  endtask

  task status(input [{width - 1}:0] address, input [31:0] right);
    begin
      waited = 0;
      ask(address);
      if ((response {unlike} 0 || answer {unlike} right){sure})
        $display("{WRONG} cycle %0d: STATUS is %h, not %h", cycle, answer, right);
    end
  endtask

  initial begin
    $dumpfile("{TOP}.vcd");
    $dumpvars(0, {TOP});
    tick;
    aresetn = 1;
    ask({at["id"]});
    if ((answer {unlike} 32'h434e5601){sure}) $display("{WRONG}: ID is %h", answer);
    ask({at["network"]});
    if ((answer {unlike} 32'h{design.network.sha256[:8]}){sure})
      $display("{WRONG}: NETWORK is %h", answer);
    ask({at["result"]});
    if (response === 0) $display("{WRONG}: a result is read before there is one");
    ask({at["pop"]});
    if (response === 0) $display("{WRONG}: a register is read that is written only");
    ask({at["sample"]});
    if (response === 0) $display("{WRONG}: a sample is read");
{_lines(steps)}
    waited = 0;
    repeat (4) tick;
    if ((irq {unlike} 0){sure}) $display("{WRONG}: there is a result without a sample");
    $finish;
  end
endmodule
"""


def _steps(
    at: dict[str, int], sent: list[list[int]], expected: list[list[int]], *, full: int, works: int
) -> list[str]:
    """The core is filled, so that it refuses a word, if samples suffice; then two go in a time.

    It `works` for so many cycles in which it keeps a sample.
    """
    steps, first = [], 0
    while first < len(sent):
        count = full if not first and len(sent) >= full else 2
        group = range(first, min(first + count, len(sent)))
        for number in group:
            *others, last = enumerate(sent[number])
            for place, word in (*others[::-1], last):  # the others in any order
                steps.append(f"write({at['sample'] + WORD_BYTES * place}, 32'h{word:x}, 0);")
            steps.append(f"repeat ({works}) tick;")
        if count == full:
            steps.append(f"write({at['sample']}, 32'h{sent[0][0] ^ 0xFFFFFFFF:x}, 2);")
            steps.append(f"status({at['status']}, {HAS_RESULT});")
        for number in group:
            steps += [
                f"read({at['result'] + WORD_BYTES * place}, 32'h{word:x}, {number});"
                for place, word in enumerate(expected[number])
            ]
            steps.append(f"write({at['pop']}, 0, 0);")
        steps.append(f"status({at['status']}, {TAKES_SAMPLE});")
        steps.append(f"write({at['pop']}, 0, 2);")
        first += count
    return steps


def _words(rows: NDArray[np.uint8], count: int) -> list[list[int]]:
    """Rows of bytes as so many words each."""
    whole = np.pad(rows, ((0, 0), (0, WORD_BYTES * count - rows.shape[1])))
    words: list[list[int]] = np.ascontiguousarray(whole).view("<u4").tolist()
    return words


def _lines(steps: Sequence[str]) -> str:
    return "\n".join(f"    {step}" for step in steps)
