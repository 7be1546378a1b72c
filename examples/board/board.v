// A core on a serial line. A frame is the bytes of a sample's packet; its answer is a byte, the label.
//
// Silence ends a frame: one that is then too short, had a byte with a broken stop bit, or came faster
// than the core took it, is answered by 255. Whoever sent it goes on with the next after that.
module board #(
  parameter BYTES = 4,             // of a sample, as the core's sw/NAME.h says
  parameter BIT = 12,              // clock cycles of a bit: at 12 MHz a million bits a second
  parameter SILENCE = 1200000      // clock cycles without a byte, more than a byte takes: 100 ms
) (
  input  wire clk,
  input  wire rx,
  output wire tx
);
  localparam [$clog2(BYTES+1)-1:0] LAST = BYTES - 1;
  localparam [$clog2(SILENCE+1)-1:0] SILENT = SILENCE;
  localparam [7:0] WRONG = 255;

  reg [3:0] cycles = 0;            // since configuration, up to 15: the core's reset
  always @(posedge clk) if (cycles != 15) cycles <= cycles + 1;

  wire [7:0] data;
  wire valid, broken;
  uart_receiver #(.BIT(BIT)) receiver (
    .clk(clk), .line(rx), .data(data), .valid(valid), .broken(broken)
  );

  // Two bytes are a beat, which waits until the core takes it: of an odd number the last has one. A
  // beat without data ends a frame that went wrong.
  reg [15:0] beat = 0;
  reg beat_valid = 0, beat_keep = 0, beat_last = 0;
  wire beat_ready;
  wire free = beat_ready || !beat_valid;

  reg [$clog2(BYTES+1)-1:0] place = 0;         // of the next byte in its frame
  reg spoilt = 0;                              // the rest of this frame is of no use
  reg [$clog2(SILENCE+1)-1:0] silence = 0;     // cycles since the last byte

  always @(posedge clk) begin
    if (beat_ready) beat_valid <= 0;
    if (valid) silence <= 0;
    else if (silence != SILENT) silence <= silence + 1;

    if (valid && (spoilt || broken || !free)) spoilt <= 1;
    else if (valid) begin
      {beat_valid, beat_keep, beat_last} <= {place[0] || place == LAST, 1'b1, place == LAST};
      beat <= place[0] ? {data, beat[7:0]} : {8'd0, data};
      place <= place == LAST ? 0 : place + 1;
    end else if (silence == SILENT && free && (spoilt || place != 0)) begin
      {beat_valid, beat_keep, beat_last} <= 3'b101;
      place <= 0;
      spoilt <= 0;
    end
  end

  wire [7:0] label;
  wire wrong, label_valid, label_ready;
  accelerator core (
    .aclk(clk),
    .aresetn(cycles == 15),
    .s_axis_tdata(beat),
    .s_axis_tkeep({2{beat_keep}}),
    .s_axis_tlast(beat_last),
    .s_axis_tvalid(beat_valid),
    .s_axis_tready(beat_ready),
    .m_axis_tdata(label),
    .m_axis_tuser(wrong),
    .m_axis_tlast(),
    .m_axis_tvalid(label_valid),
    .m_axis_tready(label_ready)
  );

  uart_transmitter #(.BIT(BIT)) transmitter (
    .clk(clk), .data(wrong ? WRONG : label), .valid(label_valid), .ready(label_ready), .line(tx)
  );
endmodule
