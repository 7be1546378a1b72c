"""`python -m benchmarks.frontier`: accuracy against gates and LUT6, as docs/frontier.md."""
