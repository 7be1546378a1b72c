// Bytes to a serial line: a start bit, eight bits of data with the lowest first, a stop bit.
module uart_transmitter #(
  parameter BIT = 12               // clock cycles of a bit
) (
  input  wire       clk,
  input  wire [7:0] data,          // taken in a cycle in which valid and ready are 1
  input  wire       valid,
  output wire       ready,
  output wire       line           // 1 while idle
);
  localparam WIDTH = $clog2(BIT);
  localparam [WIDTH-1:0] WHOLE = BIT - 1;

  reg [9:0] bits = 10'h3ff;        // the lowest is on the line
  reg [3:0] left = 0;              // bits whose time is not over
  reg [WIDTH-1:0] wait_for = 0;    // cycles to the end of that on the line

  assign ready = left == 0 || left == 1 && wait_for == 0;
  assign line = bits[0];

  always @(posedge clk)
    if (ready) begin
      wait_for <= WHOLE;
      if (valid) {left, bits} <= {4'd10, 1'b1, data, 1'b0};
      else left <= 0;
    end else if (wait_for != 0)
      wait_for <= wait_for - 1;
    else begin
      wait_for <= WHOLE;
      bits <= {1'b1, bits[9:1]};
      left <= left - 1;
    end
endmodule
