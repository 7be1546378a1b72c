"""Designs of random networks."""

from pathlib import Path
from typing import Any

from connective import Network
from connective.design import Design
from hwgen.emit import export


def make_design(
    folder: Path,
    network: Network,
    *,
    scores: bool = False,
    top: str = "accelerator",
    **options: Any,
) -> Design:
    """Export a network into a new folder."""
    folder.mkdir()
    return export(network, folder, scores=scores, top=top, provenance={"data": "random"}, **options)
