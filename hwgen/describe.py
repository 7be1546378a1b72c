"""What design.json says of a top component."""

from dataclasses import asdict

import numpy as np

from connective._version import VERSION
from connective.design import (
    AxiLiteProtocol,
    AxiStreamProtocol,
    CombinationalProtocol,
    Design,
    Fanout,
    NativeProtocol,
    NetworkReference,
    Options,
    PacketField,
    PayloadFeature,
    Port,
    Protocol,
    Scores,
    SimplifiedReference,
)
from connective.network import Network
from connective.packing import Packing
from connective.simplify.literal import nodes
from connective.simplify.prune import prune
from hwgen.axi_lite import AxiLiteAccelerator
from hwgen.axi_stream import ERROR_BIT, AxiStreamAccelerator
from hwgen.combinational import Combinational
from hwgen.copies import Copies
from hwgen.core import Core
from hwgen.schedule import Schedule

Top = Core | Combinational | AxiStreamAccelerator | AxiLiteAccelerator
"""What may be a top component."""

HOTTEST = 10
"""How many of the nodes that are read most design.json lists."""


def describe(
    top_component: Top,
    *,
    built: Network,
    top: str,
    options: Options,
    sources: dict[str, str],
    network: NetworkReference,
    simplified: SimplifiedReference | None,
    blocks: list[str],
) -> Design:
    """The description of a component that computes `built` and was emitted as `top`."""
    schedule = top_component.schedule
    reset = "rst_n" if options.reset and options.reset.endswith("low") else "rst"
    clock = ["clk"] * top_component.clocked + [reset] * top_component.resets
    interface = top_component.metadata.as_json()
    encoder = built.encoder
    offsets = encoder.offsets.tolist()
    return Design(
        generator=f"Connective {VERSION}",
        top=top,
        sources=sources,
        waivers="lint.vlt",
        network=network,
        simplified=simplified,
        head=schedule.network.head,
        latency=top_component.latency,
        initiation_interval=top_component.initiation_interval,
        options=options,
        ports=[
            *(Port(name=name, direction="in", width=1, signed=False) for name in clock),
            *(
                Port(name=name, direction=member["dir"], width=member["width"], signed=False)
                for name, member in interface["interface"]["members"].items()
            ),
        ],
        features=[
            PayloadFeature(name=f.name, offset=offset, width=f.width, signed=f.signed)
            for f, offset in zip(encoder.features, offsets, strict=True)
        ],
        scores=_scores(schedule) if "o_scores" in interface["interface"]["members"] else None,
        protocol=_protocol(top_component),
        blocks=blocks,
        register_bits=top_component.register_bits,
        least_register_bits=top_component.least_register_bits,
        fanouts=_fanouts(built, schedule, staged=options.form == "pipelined"),
        interface=interface,
    )


def _protocol(component: Top) -> Protocol:
    if isinstance(component, AxiStreamAccelerator):
        return _axi_stream(component)
    if isinstance(component, AxiLiteAccelerator):
        return _axi_lite(component)
    if isinstance(component, Combinational):
        return CombinationalProtocol()
    return NativeProtocol(beats=component.beats, tag_width=component.tag_width)


def _axi_stream(component: AxiStreamAccelerator) -> AxiStreamProtocol:
    packing, results = component.packing, component.result_packing
    return AxiStreamProtocol(
        tdata_width=packing.tdata_width,
        beats=packing.n_beats,
        bytes=packing.n_bytes,
        features=_fields(packing),
        result_width=results.tdata_width,
        results=_fields(results),
        error_bit=ERROR_BIT,
        tag_offset=ERROR_BIT + 1,
        tag_width=component.tag_width,
    )


def _axi_lite(component: AxiLiteAccelerator) -> AxiLiteProtocol:
    packing, results = component.packing, component.result_packing
    return AxiLiteProtocol(
        address_width=component.words.address_width,
        registers=component.words.addresses,
        beats=packing.n_beats,
        bytes=packing.n_bytes,
        features=_fields(packing),
        result_width=results.tdata_width,
        results=_fields(results),
    )


def _fields(packing: Packing) -> list[PacketField]:
    return [PacketField(**asdict(place)) for place in packing.places]


def _fanouts(built: Network, schedule: Schedule, *, staged: bool) -> list[Fanout]:
    """The nodes that are read most, numbered as in `built`, of which the schedule has a part.

    How many read a register is known where the core is built in the schedule's stages.
    """
    readings = schedule.readings if staged else {}
    readers, level = schedule.readers, schedule.network.level
    part = schedule.network is not built
    number = nodes(prune(built).origin) if part else np.arange(built.n_nodes)
    hottest = np.argsort(-readers, kind="stable")[:HOTTEST].tolist()
    return [
        Fanout(
            node=int(number[node]),
            block=f"level_{level[node] - 1}" if level[node] else "encoder",
            readers=int(readers[node]),
            loads=Copies().loads(node, readings[node]) if node in readings else None,
            limited=schedule.copies.loads(node, readings[node])
            if node in readings and schedule.max_fanout
            else None,
        )
        for node in hottest
        if readers[node]
    ]


def _scores(schedule: Schedule) -> Scores:
    return Scores(
        classes=schedule.network.n_classes,
        width=schedule.score_width,
        signed=schedule.score_range[0] < 0,
    )
