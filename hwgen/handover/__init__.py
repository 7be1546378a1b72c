"""The folder of an IP core: what an engineer's tools expect beside a design's Verilog."""

from hwgen.handover.core import write_core

__all__ = ["write_core"]
