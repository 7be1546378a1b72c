// SPDX-License-Identifier: Apache-2.0
// What a core between two valid/ready streams owes, and why it keeps it.
//
// `violated` is the claim: it looks at the ports alone and at `data`, what the data path delivers,
// and follows one sample, any that `track` picks. `invariant` is the reason: it relates this to the
// registers of the flow control, so that induction over one cycle proves the claim. It is no
// assumption: it is proved after a reset and from each cycle to the next.
module stream_rules #(
  parameter L = 1,  // cycles from a sample to its result
  parameter W = 1,  // bits of a result
  parameter K = 8   // bits that hold 2 * L + 2
) (
  input wire clk,
  input wire rst,
  input wire i_valid,
  input wire i_ready,
  input wire o_valid,
  input wire o_ready,
  input wire [W-1:0] o_payload,
  input wire [W-1:0] data,
  input wire track,
  input wire [K-1:0] credits_used,
  input wire [K-1:0] level,
  input wire [K-1:0] read_place,
  input wire [K-1:0] write_place,
  input wire [L-1:0] valid,  // the last one is not used
  input wire [(L+1)*W-1:0] storage,
  output wire violated,
  output wire invariant
);
  reg [K-1:0] inside;  // samples taken whose results are not
  reg stalled;
  reg [W-1:0] shown;
  // the sample that is followed: its age in cycles up to L, how many results come before its own,
  // and its result
  reg followed;
  reg [K-1:0] age;
  reg [K-1:0] ahead;
  reg [W-1:0] result;

  wire take = i_valid & i_ready;
  wire give = o_valid & o_ready;
  wire its_turn = followed & (ahead == 0);

  assign violated = ~rst & (
      (give & (inside == 0))                                       // a result without a sample
    | (stalled & (~o_valid | (o_payload != shown)))                // a result that does not wait
    | (its_turn & o_valid & ((age != L) | (o_payload != result)))  // another one in its place
    | (its_turn & (age == L) & ~o_valid)                           // a result late or lost
    | (i_ready != (inside != L + 1)));                             // more or fewer than it holds

  always @(posedge clk) begin
    stalled <= o_valid & ~o_ready;
    shown <= o_payload;
    inside <= inside + take - give;
    if (track & take & ~followed) begin
      followed <= 1;
      age <= 1;
      ahead <= inside - give;
      result <= data;  // it is there already if L is 1
    end else begin
      if (age != L) age <= age + 1;
      if (age == L - 1) result <= data;
      ahead <= ahead - give;
      if (its_turn & give) followed <= 0;
    end
    if (rst) begin
      stalled <= 0;
      inside <= 0;
      followed <= 0;
      age <= 1;
    end
  end

  function [K-1:0] count;  // samples in the pipeline that are at least as old
    input [L-1:0] valid;
    input [K-1:0] oldest;
    integer i;
    begin
      count = 0;
      for (i = 0; i < L - 1; i = i + 1) if (i >= oldest) count = count + valid[i];
    end
  endfunction

  wire [K-1:0] place = read_place + ahead;
  wire [K-1:0] own_place = (place > L) ? place - (L + 1) : place;
  wire [K-1:0] last = read_place + level;
  wire [W-1:0] first_result = storage >> (read_place * W);
  wire [W-1:0] own_result = storage >> (own_place * W);
  wire [L:0] in_pipeline = {valid, 1'b0} >> age;  // bit 0: the place of a sample of that age

  assign invariant = rst | (  // an asynchronous reset clears registers at once
      (inside == credits_used) & (inside == level + count(valid, 0)) & (inside <= L + 1)
    & (read_place <= L) & (write_place == ((last > L) ? last - (L + 1) : last))
    & (~stalled | ((level != 0) & (first_result == shown)))
    & (age >= 1) & (age <= L)
    & (~followed | (age == L
      ? (ahead < level) & (own_result == result)
      : in_pipeline[0] & (ahead == level + count(valid, age)))));
endmodule
