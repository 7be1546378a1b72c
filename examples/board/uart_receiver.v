// Bytes from a serial line: a start bit, eight bits of data with the lowest first, a stop bit.
module uart_receiver #(
  parameter BIT = 12               // clock cycles of a bit, at least 4
) (
  input  wire       clk,
  input  wire       line,          // 1 while idle; in no step with the clock
  output reg  [7:0] data = 0,
  output reg        valid = 0,     // for a cycle: a byte is there,
  output reg        broken = 0     // whose stop bit was 0
);
  localparam WIDTH = $clog2(BIT);
  localparam [WIDTH-1:0] WHOLE = BIT - 1, HALF = BIT / 2 - 1;

  reg [1:0] seen = 2'b11;          // against metastability
  reg [3:0] left = 0;              // bits of this byte that have not been looked at; 0 while idle
  reg [WIDTH-1:0] wait_for = 0;    // cycles to the middle of the next
  wire now = seen[1];

  always @(posedge clk) begin
    seen <= {seen[0], line};
    valid <= 0;
    if (left == 0) begin
      wait_for <= HALF;
      if (!now) left <= 10;
    end else if (wait_for != 0)
      wait_for <= wait_for - 1;
    else begin
      wait_for <= WHOLE;
      left <= left - 1;
      if (left == 10 && now) left <= 0;           // too short for a start bit
      else if (left != 1) data <= {now, data[7:1]};
      else begin
        valid <= 1;
        broken <= !now;
      end
    end
  end
endmodule
