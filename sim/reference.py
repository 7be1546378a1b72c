"""A design and the network that it is held against."""

import hashlib
from pathlib import Path

from connective.design import FILE, Design, read_design
from connective.errors import InputError
from connective.network import Network
from connective.network_file import read_network


def read_reference(folder: Path) -> tuple[Design, Network]:
    """What lies in a design's folder; `InputError` if a file is not as it was exported."""
    design = read_design(folder)
    path = folder / design.network.file
    network, _ = read_network(path)
    if network.sha256 != design.network.sha256:
        raise InputError(
            f"{path}: is not the network that {FILE} names ({design.network.sha256[:12]}…): "
            "export the design again"
        )
    return design, network


def copy_sources(folder: Path, design: Design, work: Path) -> None:
    """Copy the Verilog to where tools can do with names; it must be what the design says."""
    for name, digest in design.sources.items():
        content = (folder / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise InputError(f"{folder / name}: was edited: export the design again")
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)
