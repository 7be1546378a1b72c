"""Writes a design: Verilog, lint waivers, the network and design.json."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connective._version import VERSION
from connective.axi_stream import AxiStream
from connective.certificate_file import write_certificate
from connective.design import FILE, Design, NetworkReference, Options, SimplifiedReference
from connective.errors import InputError
from connective.network import Network
from connective.network_file import write_network
from connective.packing import pack_features
from connective.simplify import Simplified
from hwgen.axi_stream import CORE, AxiStreamAccelerator
from hwgen.core import Core
from hwgen.describe import describe
from hwgen.emission import Emission
from hwgen.family import FAMILIES
from hwgen.form import Form
from hwgen.identifiers import is_identifier
from hwgen.lanes import split
from hwgen.schedule import Schedule, levels_for_latency
from hwgen.waivers import waivers

NETWORK_FILE = "network.npz"
SIMPLIFIED_FILE = "simplified.npz"
CERTIFICATE_FILE = "certificate.npz"
SOURCES = "rtl"
PIPELINED = Form()
FOOTER = "\n`default_nettype wire\n"


def export(
    network: Network,
    folder: Path,
    *,
    levels_per_stage: int | None = None,
    latency: int | None = None,
    target: str = "lut6",
    form: Form = PIPELINED,
    scores: bool,
    top: str,
    provenance: Mapping[str, Any],
    simplified: Simplified | None = None,
    stream: AxiStream | None = None,
) -> Design:
    """Write the Verilog of a network into an existing folder and return what design.json says.

    There are as few stages as `levels_per_stage` allows, or as few levels per stage as `latency`
    cycles allow; without either `form` chooses. `target` is one of `FAMILIES`.

    The files are rtl/NAME.v for each module, lint.vlt, network.npz and design.json; the same
    arguments give the same bytes. Where `simplified` is given, it is what is built, and lies
    beside as simplified.npz with its certificate; network.npz stays what the core answers as.
    The top has AXI4-Streams where `stream` is given. Raises `InputError` for a budget below 0 or
    two budgets, another target, scores of a network without classes, a top whose name Verilog does
    not accept, a feature that no beat holds, or a form that network, budget or stream do not have,
    and `ToolError` of Yosys.
    """
    if not is_identifier(top):
        raise InputError(
            f"top must be a Verilog identifier that is no keyword, such as accelerator, not {top!r}"
        )
    built = network if simplified is None else simplified.network
    if target not in FAMILIES:
        raise InputError(f"target must be one of {', '.join(FAMILIES)}, not {target!r}")
    if levels_per_stage is not None and latency is not None:
        raise InputError(
            f"latency {latency} and {levels_per_stage} levels per stage exclude one another: give "
            "one of them"
        )
    if stream is not None:
        packing = pack_features(built.encoder.features, stream.tdata_width)
        lanes, behind = split(built, packing)
    else:
        behind = built
    family = FAMILIES[target]
    if form.serial and latency is not None:
        raise InputError(f"latency {latency} and the serial form exclude one another: leave it out")
    if form.input_width is not None and stream is not None:
        raise InputError(
            f"input width {form.input_width} and AXI4-Streams exclude one another: choose the bits "
            "of a beat instead"
        )
    if latency is not None:
        own = latency - (stream is not None)  # a packet's bits are stored for a cycle
        if own < 1:
            raise InputError(f"latency is {latency}: with AXI4-Streams it is at least 2")
        levels_per_stage = levels_for_latency(behind, own, scores=scores, family=family)
    elif levels_per_stage is None:
        levels_per_stage = form.levels_per_stage
    schedule = Schedule(behind, levels_per_stage, scores, family)
    accelerator: Core | AxiStreamAccelerator = form.core(schedule)
    if stream is not None:
        accelerator = AxiStreamAccelerator(accelerator, lanes, packing, tag_width=stream.tag_width)
    emission = Emission(accelerator, top)
    header = _header(network, levels_per_stage)
    sources = {}
    (folder / SOURCES).mkdir()
    for name, text in emission.verilog().items():
        content = (header + text + FOOTER).encode("ascii")
        (folder / SOURCES / f"{name}.v").write_bytes(content)
        sources[f"{SOURCES}/{name}.v"] = hashlib.sha256(content).hexdigest()
    (folder / "lint.vlt").write_text(waivers(top, axi_stream=stream is not None), encoding="ascii")
    write_network(folder / NETWORK_FILE, network, provenance)
    reference = None
    if simplified is not None:
        write_network(folder / SIMPLIFIED_FILE, built, {})
        write_certificate(folder / CERTIFICATE_FILE, simplified.certificate)
        reference = SimplifiedReference(
            file=SIMPLIFIED_FILE, sha256=built.sha256, certificate=CERTIFICATE_FILE
        )
    design = describe(
        accelerator,
        built=built,
        top=top,
        options=Options(
            levels_per_stage=levels_per_stage,
            target=target,
            scores=schedule.scores,
            form=form.name,
            bits_per_cycle=form.bits_per_cycle,
        ),
        sources=sources,
        network=NetworkReference(file=NETWORK_FILE, sha256=network.sha256),
        simplified=reference,
        blocks=[name for name in emission.instances if name != CORE],
    )
    (folder / FILE).write_text(design.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return design


def _header(network: Network, levels_per_stage: int) -> str:
    return (
        "// SPDX-License-Identifier: Apache-2.0\n"
        f"// Generated by Connective {VERSION}, levels per stage: {levels_per_stage}\n"
        f"// Network sha256: {network.sha256}\n"
        "`default_nettype none\n\n"
    )
