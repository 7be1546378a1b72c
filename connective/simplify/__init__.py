"""Smaller networks with the same answers."""

from connective.simplify.simplify import Simplified, simplify

__all__ = ["Simplified", "simplify"]
