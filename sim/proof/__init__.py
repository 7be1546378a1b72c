"""Proofs that the Verilog computes what the network does. It shares no code with the generator."""
