"""How fast a whole core is once it is placed, kept from an earlier run."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.delays import circuit
from benchmarks.place_and_route import CHIPS
from connective import Network
from connective.folder import write_atomic
from hwgen.clock import PS
from hwgen.request import Request


def achieved(network: Network, request: Request, mhz: float, kept: Path) -> float:
    """MHz of the core between registers, placed for a clock; `kept` is the file of the figure."""
    if kept.exists():
        return float(json.loads(kept.read_text(encoding="utf-8")))
    core = request.component(network, digest=network.sha256)
    with TemporaryDirectory() as folder:
        source = Path(folder, "top.v")
        source.write_text(circuit(core, reads=1), encoding="ascii")
        found = PS / CHIPS[request.target].period(source, mhz=mhz)
    write_atomic(kept, json.dumps(found).encode())
    return found
