"""Simulation of generated designs against the reference model."""

from sim.runner import simulate

__all__ = ["simulate"]
