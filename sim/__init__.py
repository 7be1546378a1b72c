"""Simulation of generated designs against the reference model, and as functions of samples."""

from sim.activity import record_activity
from sim.core import Core
from sim.protocols import CoreAnswers
from sim.runner import simulate
from sim.throughput import simulate_compiled

__all__ = ["Core", "CoreAnswers", "record_activity", "simulate", "simulate_compiled"]
