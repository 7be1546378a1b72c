"""Measurements: `python -m benchmarks NAME` prints a table and writes it as JSON to build/."""

import train  # before torch is loaded, as it sets how OpenMP's threads wait

__all__ = ["train"]
