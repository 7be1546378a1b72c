"""Designs of random networks."""

import re
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from connective import Network
from connective.design import Design
from hwgen.emit import export
from hwgen.request import Request

CONTROL = {"credits_used", "fifo_level", "fifo_r_port__addr", "fifo_w_port__addr"}
"""Registers of the flow control, which `design.register_bits` leaves out."""


def make_design(folder: Path, network: Network, **request: Any) -> Design:
    """Export a network into a new folder, as `Request` says."""
    folder.mkdir()
    return export(network, folder, Request(**request), provenance={"data": "random"})


def declared_register_bits(
    folder: Path, design: Design, *, without: Collection[str] = CONTROL
) -> int:
    """Bits of the registers that a design's Verilog declares, as often as a module is placed."""
    texts = {Path(source).stem: (folder / source).read_text() for source in design.sources}
    placed = Counter(re.findall(r"^  (\w+) \w+ \($", "".join(texts.values()), re.MULTILINE))
    return sum(
        placed[module] * (int(high or 0) + 1)
        for module, text in texts.items()
        for high, name in re.findall(r"\breg (?:\[(\d+):0\] )?(\w+)[;,\n]", text)
        if name not in without
    )
