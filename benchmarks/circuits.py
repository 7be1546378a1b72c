"""LUT6 of gates and popcounts: as exported, beside the network as trained with sums written `+`.

Both are one combinational stage between the streams, so that the latency is the same.
"""

import hashlib
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.rows import Row
from benchmarks.simplification import CASES, trained
from connective import Network
from connective.design import FILE
from connective.simplify import Simplified, simplify
from hwgen.emit import export
from hwgen.flows.blocks import POPCOUNT
from hwgen.flows.synth import synthesize
from hwgen.request import Request


def measure() -> list[Row]:
    """A row for each trained network."""
    rows = []
    for case in CASES:
        network = trained(case)
        ours, plain = _luts(network, simplify(network)), _luts(network, None)
        rows.append(Row(case, "LUT6", ours, plain, "not simplified, plain sums"))
    return rows


def _luts(network: Network, simplified: Simplified | None) -> int:
    """LUT6 of levels and popcounts; with plain sums where the network is not simplified."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        design = export(
            network, folder, Request(levels_per_stage=0), provenance={}, simplified=simplified
        )
        if simplified is None:
            sources = dict(design.sources)
            for source in sources:
                if "_popcount_" in source:
                    text = _plain((folder / source).read_text(encoding="ascii"))
                    (folder / source).write_text(text, encoding="ascii")
                    sources[source] = hashlib.sha256(text.encode()).hexdigest()
            changed = design.model_copy(update={"sources": sources})
            (folder / FILE).write_text(changed.model_dump_json(), encoding="utf-8")
        blocks = synthesize(folder, "lut6").blocks
    counted = (block for block in blocks if block.startswith("level_") or block == POPCOUNT)
    return sum(blocks[block].luts for block in counted)


def _plain(popcount: str) -> str:
    """A popcount of bits that all count 1, with the same ports."""
    match = re.search(r"input wire \[(\d+):0\] i,", popcount)
    assert match, "a popcount of several bits has them as a vector"
    total = " + ".join(f"i[{bit}]" for bit in range(int(match[1]) + 1))
    header, _, _ = popcount.partition(");\n")
    return f"{header});\n  assign o = {total};\nendmodule\n"
