// SPDX-License-Identifier: Apache-2.0
// What the flow control of a core owes that takes the classes of a sample one after another, and
// why it keeps it.
//
// The data path sees `at_class`, `at_cycle` and `ends`. While a sample is worked on they go through
// S cycles in which its gates settle, and then through Y cycles of each of C classes; the last of
// them takes the sample.
module serial_rules #(
  parameter C = 2,
  parameter Y = 1,
  parameter S = 0,
  parameter K = 8  // bits that hold S + C * Y
) (
  input wire clk,
  input wire rst,
  input wire i_valid,
  input wire i_ready,
  input wire o_valid,
  input wire o_ready,
  input wire [K-1:0] at_class,
  input wire [K-1:0] at_cycle,
  input wire ends,
  input wire [K-1:0] settled,
  output wire assumed,
  output wire violated,
  output wire invariant
);
  localparam T = S + C * Y;
  reg waits;  // a sample was on offer and not taken
  reg holds;  // a result was not taken
  // cycles that the sample on offer has been worked on, and of these where the classes are
  reg [K-1:0] worked;
  reg [K-1:0] its_class;
  reg [K-1:0] its_cycle;

  wire goes = i_valid & (~holds | o_ready);
  wire settles = worked < S;
  wire last = ~settles & (its_cycle == Y - 1);

  // What a source owes: a sample that is on offer stays so until it is taken.
  assign assumed = rst | i_valid | ~waits;
  assign violated = ~rst & (
      (i_ready != (worked == T - 1))
    | (o_valid != holds)
    | (at_class != its_class) | (at_cycle != its_cycle)
    | (ends != (goes & last))
    | (i_valid & i_ready & ~goes));  // it would be taken before its last cycle

  always @(posedge clk) begin
    waits <= i_valid & ~i_ready;
    holds <= (i_valid & i_ready) | (holds & ~o_ready);
    if (goes) begin
      worked <= (worked == T - 1) ? 0 : worked + 1;
      if (~settles) begin
        its_cycle <= last ? 0 : its_cycle + 1;
        if (last) its_class <= (its_class == C - 1) ? 0 : its_class + 1;
      end
    end
    if (rst) begin
      waits <= 0;
      holds <= 0;
      worked <= 0;
      its_class <= 0;
      its_cycle <= 0;
    end
  end

  assign invariant = rst | (  // an asynchronous reset clears registers at once
      (worked < T) & (its_class < C) & (its_cycle < Y)
    & (settles ? ((its_class == 0) & (its_cycle == 0)) : (worked == S + its_class * Y + its_cycle))
    & ((worked == 0) | (waits & ~holds))
    & (at_class == its_class) & (at_cycle == its_cycle) & (o_valid == holds)
    & (settled == (settles ? worked : S)));
endmodule
