"""Measurements: `python -m benchmarks NAME` prints a table and writes it as JSON to build/."""

import signal
import sys

import train  # before torch is loaded, as it sets how OpenMP's threads wait

__all__ = ["train"]

# As an exception SIGTERM ends the tools that run.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
