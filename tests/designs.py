"""Designs of random networks."""

from pathlib import Path

from connective import Network
from connective.axi_stream import AxiStream
from connective.design import Design
from hwgen.emit import export


def make_design(
    folder: Path,
    network: Network,
    *,
    levels_per_stage: int | None = None,
    latency: int | None = None,
    target: str = "lut6",
    scores: bool = False,
    top: str = "accelerator",
    stream: AxiStream | None = None,
) -> Design:
    """Export a network into a new folder."""
    folder.mkdir()
    return export(
        network,
        folder,
        levels_per_stage=levels_per_stage,
        latency=latency,
        target=target,
        scores=scores,
        top=top,
        provenance={"data": "random"},
        stream=stream,
    )
