"""Cells of a synthesised design, as tables show them."""

from collections.abc import Iterable, Sequence

from connective.implementation import Block, PathPart, TimedPart


def figures(part: Block, others: Iterable[str]) -> dict[str, str]:
    """What a part takes, by heading; `others` are the types of cells besides LUTs and registers."""
    if part.area_um2 is None:
        counts = {"LUTs": part.luts, "FFs": part.registers}
        counts |= {kind: part.others.get(kind, 0) for kind in others}
        return {name: str(count) for name, count in counts.items()} | {"depth": str(part.depth)}
    equivalents = part.gate_equivalents
    return {
        "cells": str(part.cells),
        "FFs": str(part.registers),
        "µm²": f"{part.area_um2:,.0f}",
        "GE": "unknown" if equivalents is None else f"{equivalents:,.0f}",
        "depth": str(part.depth),
    }


def path_text(path: Sequence[PathPart]) -> str:
    """A path in the blocks that it passes: the cells in each, and its delays if they are known."""
    return " → ".join(map(_part, path))


def _part(part: PathPart) -> str:
    text = f"{part.block} {part.cells}"
    if isinstance(part, TimedPart):
        text += f" ({part.logic_ns:.1f} + {part.routing_ns:.1f} ns)"
    return text
