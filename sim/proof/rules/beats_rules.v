// SPDX-License-Identifier: Apache-2.0
// What gathers the beats of a sample for a core owes, and why it keeps it.
//
// The registers of the beats see `takes` and `last`. The last beat of a sample stays on the port
// until the core takes the sample.
module beats_rules #(
  parameter N = 2,  // beats of a sample
  parameter K = 8   // bits that hold N
) (
  input wire clk,
  input wire rst,
  input wire i_valid,
  input wire i_ready,
  input wire takes,
  input wire last,
  input wire sample_valid,
  input wire sample_ready,
  input wire [K-1:0] number,
  output wire violated,
  output wire invariant
);
  reg [K-1:0] counted;  // beats of the sample that were taken

  wire is_last = counted == N - 1;

  assign violated = ~rst & (
      (i_ready != (~is_last | sample_ready))
    | (sample_valid != (i_valid & is_last))
    | (takes != (i_valid & i_ready))
    | (last != is_last));

  always @(posedge clk) begin
    if (i_valid & i_ready) counted <= is_last ? 0 : counted + 1;
    if (rst) counted <= 0;
  end

  assign invariant = rst | (  // an asynchronous reset clears registers at once
      (counted < N) & (number == counted));
endmodule
