"""Hardware generation: from a network to a schedule, to components, to Verilog."""
