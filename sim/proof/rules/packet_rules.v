// SPDX-License-Identifier: Apache-2.0
// What stands between an AXI4-Stream of packets and a core owes, and why it keeps it.
//
// The registers of a packet's bits see `take` and `beat`; the core sees `sample_valid` with them, and
// `wrong` and `tag` go past it.
module packet_rules #(
  parameter N = 1,               // beats of a packet
  parameter B = 1,               // bytes of a beat
  parameter U = 1,               // bits of a tag, or 1 where there is none
  parameter K = 8,               // bits that hold N
  parameter HAS_BEAT = 1,        // whether the number of a beat is told
  parameter [N*B-1:0] DATA = 0   // whether each byte is of a feature, those of beat 0 lowest
) (
  input wire clk,
  input wire rst,
  input wire tvalid,
  input wire tready,
  input wire tlast,
  input wire [B-1:0] tkeep,
  input wire [U-1:0] tuser,
  input wire take,
  input wire [K-1:0] beat,
  input wire sample_valid,
  input wire sample_ready,
  input wire wrong,
  input wire [U-1:0] tag,
  input wire [K-1:0] number,
  input wire spoilt,
  output wire violated,
  output wire invariant
);
  reg [K-1:0] counted;  // beats of the packet that were taken, N at most
  reg lacking;          // whether one of these lacked a byte
  reg waiting;          // whether a sample is due, and with what
  reg its_wrong;
  reg [U-1:0] its_tag;

  wire taken = tvalid & tready;
  wire [B-1:0] needed = DATA >> (counted * B);
  wire lacks = lacking | ((counted != N) & ((needed & ~tkeep) != 0));

  assign violated = ~rst & (
      (take != taken)
    | (tready != (~sample_valid | sample_ready))  // a beat overwrites no sample, and only so waits
    | (taken & (HAS_BEAT != 0) & (counted != N) & (beat != counted))
    | (sample_valid != waiting)
    | (waiting & ((wrong != its_wrong) | (tag != its_tag))));

  always @(posedge clk) begin
    if (taken) begin
      counted <= tlast ? 0 : (counted == N) ? counted : counted + 1;
      lacking <= lacks & ~tlast;
    end
    if (taken & tlast) begin
      waiting <= 1;
      its_wrong <= lacks | (counted != N - 1);
      its_tag <= tuser;
    end else if (sample_ready) waiting <= 0;
    if (rst) begin
      counted <= 0;
      lacking <= 0;
      waiting <= 0;
    end
  end

  assign invariant = rst | (  // an asynchronous reset clears registers at once
      (counted <= N)
    & ((counted == N) ? spoilt : ((number == counted) & (spoilt == lacking)))
    & (sample_valid == waiting)
    & (~waiting | ((wrong == its_wrong) & (tag == its_tag))));
endmodule
