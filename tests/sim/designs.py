"""Designs of random networks, sound and damaged."""

import hashlib
from pathlib import Path

from connective.design import FILE, Design

FAULTY = "faulty"


def write_design(folder: Path, design: Design) -> None:
    (folder / FILE).write_text(design.model_dump_json())


def damage(folder: Path, design: Design, fault: str) -> None:
    """Put the core into a top that declares and drives `core_PORT` and ports as `fault` says.

    What `fault` does not assign passes through.
    """
    ports = [
        f"{'input' if port.direction == 'in' else 'output'} wire [{port.width - 1}:0] {port.name}"
        for port in design.ports
    ]
    wires = [f"wire [{port.width - 1}:0] core_{port.name};" for port in design.ports]
    joined = [
        (f"core_{p.name}", p.name) if p.direction == "in" else (p.name, f"core_{p.name}")
        for p in design.ports
    ]
    through = [f"assign {to} = {of};" for to, of in joined if f"assign {to} =" not in fault]
    pins = ", ".join(f".{port.name}(core_{port.name})" for port in design.ports)
    text = "\n".join(
        [
            f"module {FAULTY}({', '.join(ports)});",
            *wires,
            f"{design.top} core({pins});",
            *through,
            fault,
            "endmodule\n",
        ]
    )
    (folder / f"{FAULTY}.v").write_text(text)
    sources = {**design.sources, f"{FAULTY}.v": hashlib.sha256(text.encode()).hexdigest()}
    write_design(folder, design.model_copy(update={"top": FAULTY, "sources": sources}))
