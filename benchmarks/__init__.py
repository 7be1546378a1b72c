"""Measurements: `python -m benchmarks NAME` prints a table and writes it as JSON to build/."""
