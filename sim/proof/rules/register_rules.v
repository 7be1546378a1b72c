// SPDX-License-Identifier: Apache-2.0
// What registers on AXI4-Lite around a core owe, and why they keep it.
//
// A word's number is its address without the two lowest bits. The registers of a sample's bits see
// `take` and `beat`; `result` is what the core offers, packed.
module register_rules #(
  parameter A = 3,             // bits of a word's number
  parameter N = 1,             // words of a sample
  parameter R = 1,             // words of a result
  parameter K = 1,             // bits of `beat`, or 1 where there are none
  parameter HAS_BEAT = 1,      // whether the number of a word is told
  parameter ID = 0,            // numbers of words
  parameter NETWORK = 1,
  parameter STATUS = 2,
  parameter POP = 3,
  parameter RESULT = 4,
  parameter SAMPLE = 8,
  parameter [31:0] IDENTITY = 0,
  parameter [31:0] DIGEST = 0
) (
  input wire clk,
  input wire rst,
  input wire awvalid,
  input wire awready,
  input wire [A-1:0] write_word,
  input wire wvalid,
  input wire wready,
  input wire [3:0] wstrb,
  input wire bvalid,
  input wire bready,
  input wire [1:0] bresp,
  input wire arvalid,
  input wire arready,
  input wire [A-1:0] read_word,
  input wire rvalid,
  input wire rready,
  input wire [31:0] rdata,
  input wire [1:0] rresp,
  input wire irq,
  input wire take,
  input wire [K-1:0] beat,
  input wire sample_valid,
  input wire sample_ready,
  input wire result_valid,
  input wire result_ready,
  input wire [32*R-1:0] result,
  output wire assumed,
  output wire violated,
  output wire invariant
);
  localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;

  reg aw_waits, w_waits;  // a valid was not taken, and so has to stay
  reg due;                // a write goes in, in this cycle
  reg write_answer, read_answer, waiting;
  reg [1:0] its_bresp, its_rresp;
  reg [31:0] its_rdata;

  wire write = awready & wready;
  wire of_sample = (write_word >= SAMPLE) & (write_word - SAMPLE < N);
  wire takes = write & (&wstrb) & of_sample & ~waiting;
  wire drops = write & (&wstrb) & (write_word == POP) & result_valid;
  wire read = arvalid & arready;
  wire of_result = (read_word >= RESULT) & (read_word - RESULT < R) & result_valid;
  wire readable = (read_word == ID) | (read_word == NETWORK) | (read_word == STATUS) | of_result;
  wire [31:0] shown = (read_word == ID) ? IDENTITY
                    : (read_word == NETWORK) ? DIGEST
                    : (read_word == STATUS) ? {30'b0, result_valid, ~waiting}
                    : of_result ? result >> (32 * (read_word - RESULT)) : 32'b0;

  // What a master owes.
  assign assumed = rst | ((awvalid | ~aw_waits) & (wvalid | ~w_waits));
  assign violated = ~rst & (
      (awready != due) | (wready != due) | (due & ~(awvalid & wvalid))
    | (due & write_answer & ~bready)
    | (bvalid != write_answer) | (write_answer & (bresp != its_bresp))
    | (arready == read_answer)
    | (rvalid != read_answer)
    | (read_answer & ((rresp != its_rresp) | (rdata != its_rdata)))
    | (take != takes) | (take & (HAS_BEAT != 0) & (beat != write_word - SAMPLE))
    | (result_ready != drops)
    | (sample_valid != waiting)
    | (irq != result_valid));

  always @(posedge clk) begin
    aw_waits <= awvalid & ~awready;
    w_waits <= wvalid & ~wready;
    due <= awvalid & wvalid & ~due & (~write_answer | bready);
    if (write) begin
      write_answer <= 1;
      its_bresp <= (takes | drops) ? OKAY : SLVERR;
    end else if (bready) write_answer <= 0;
    if (read) begin
      read_answer <= 1;
      its_rresp <= readable ? OKAY : SLVERR;
      its_rdata <= shown;
    end else if (rready) read_answer <= 0;
    if (takes & (write_word - SAMPLE == N - 1)) waiting <= 1;
    else if (sample_ready) waiting <= 0;
    if (rst) begin
      aw_waits <= 0;
      w_waits <= 0;
      due <= 0;
      write_answer <= 0;
      read_answer <= 0;
      waiting <= 0;
    end
  end

  assign invariant = rst | (  // an asynchronous reset clears registers at once
      (awready == due) & (~due | (aw_waits & w_waits & ~write_answer))
    & (bvalid == write_answer) & (~write_answer | (bresp == its_bresp))
    & (rvalid == read_answer) & (~read_answer | ((rresp == its_rresp) & (rdata == its_rdata)))
    & (sample_valid == waiting));
endmodule
