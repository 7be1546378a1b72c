"""Simulation of generated designs against the reference model, and as functions of samples."""

from sim.core import Core
from sim.runner import simulate
from sim.streams import Answers
from sim.throughput import simulate_compiled

__all__ = ["Answers", "Core", "simulate", "simulate_compiled"]
