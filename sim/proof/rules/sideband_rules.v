// SPDX-License-Identifier: Apache-2.0
// What goes beside a sample past the core comes out with its result, and why it does.
//
// The samples are counted; one, any that `track` picks, is followed.
module sideband_rules #(
  parameter P = 1,  // samples that the core may hold
  parameter W = 1,  // bits that go beside each
  parameter K = 8   // bits that hold 2 * P
) (
  input wire clk,
  input wire rst,
  input wire i_valid,
  input wire i_ready,
  input wire o_valid,
  input wire o_ready,
  input wire [W-1:0] i,
  input wire [W-1:0] o,
  input wire track,
  input wire [K-1:0] level,
  input wire [K-1:0] read_place,
  input wire [K-1:0] write_place,
  input wire [P*W-1:0] storage,
  output wire assumed,
  output wire violated,
  output wire invariant
);
  reg [K-1:0] inside;  // samples taken whose results are not
  reg followed;
  reg [K-1:0] ahead;   // how many results come before its own
  reg [W-1:0] value;

  wire put = i_valid & i_ready;
  wire get = o_valid & o_ready;

  // What the rules of the core say: no result without a sample, and no sample too many.
  assign assumed = rst | ((~get | (inside != 0)) & (~put | (inside != P)));
  assign violated = ~rst & followed & (ahead == 0) & o_valid & (o != value);

  always @(posedge clk) begin
    inside <= inside + put - get;
    if (track & put & ~followed) begin
      followed <= 1;
      ahead <= inside - get;
      value <= i;
    end else begin
      ahead <= ahead - get;
      if (get & (ahead == 0)) followed <= 0;
    end
    if (rst) begin
      inside <= 0;
      followed <= 0;
    end
  end

  wire [K-1:0] place = read_place + ahead;
  wire [K-1:0] own_place = (place >= P) ? place - P : place;
  wire [K-1:0] last = read_place + level;
  wire [W-1:0] kept = storage >> (own_place * W);

  assign invariant = rst | (  // an asynchronous reset clears registers at once
      (inside == level) & (level <= P)
    & (read_place < P) & (write_place == ((last >= P) ? last - P : last))
    & (~followed | ((ahead < level) & (kept == value))));
endmodule
