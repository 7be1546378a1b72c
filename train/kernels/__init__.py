"""Gather, mix, gate: what a layer computes, in plain torch and as a compiled kernel."""
