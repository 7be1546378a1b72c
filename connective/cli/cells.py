"""Cells of a synthesised design, as tables show them."""

from collections.abc import Iterable

from connective.results import Block


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
