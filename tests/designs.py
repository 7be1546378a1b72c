"""Designs of random networks."""

from pathlib import Path
from typing import Any

from connective import Network
from connective.design import Design
from hwgen.emit import export
from hwgen.request import Request


def make_design(folder: Path, network: Network, **request: Any) -> Design:
    """Export a network into a new folder, as `Request` says."""
    folder.mkdir()
    return export(network, folder, Request(**request), provenance={"data": "random"})
