"""`python -m benchmarks.peers`: Connective beside its peers on the same work, as docs/peers.md."""
