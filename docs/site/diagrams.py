"""Timing diagrams of docs/hardware.md: recorded from simulated cores, drawn by WaveDrom."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import wavedrom

from connective import Feature, Network, canonicalize, thermometer
from connective.axi_stream import AxiStream
from docs.site.traffic import Bus, record
from hwgen.emit import export
from hwgen.form import Form
from hwgen.request import Request

SYMBOL = re.compile(r'<g id="([^"]+)">.*?</g>', re.S)
"""A brick of WaveDrom's, all of which it writes into each picture."""


@dataclass(frozen=True)
class Diagram:
    """A picture of some cycles.

    inputs: the words on ports by cycle, in text; "-" is any word
    words: what the words that have a name stand for
    rows: the ports that are shown, in their order; "" for a gap
    buses: of the ports that are shown, the outputs that carry words
    """

    request: Request
    inputs: Mapping[str, str]
    rows: Sequence[str]
    buses: Sequence[Bus]
    words: Mapping[str, int] = field(default_factory=dict)


SAMPLES = {"A": 0x0100_0020_0003, "B": 0x0200_0010_0001}
BEATS = {"A.0": 0x0003, "A.1": 0x0020, "A.2": 0x0100, "B.0": 0x0001, "B.1": 0x0010, "B.2": 0x0200}
RESULT = Bus("o_label", "o_valid", "o_ready", ("of A", "of B"))
STREAMS = ("i_valid", "i_ready", "i_payload", "", "o_valid", "o_ready", "o_label")
DIAGRAMS = {
    "stream": Diagram(
        Request(),
        {
            "i_valid": "0 1 1 0 0 0 0 0 0 0",
            "i_payload": "- A B - - - - - - -",
            "o_ready": "1 1 1 1 1 1 0 1 1 1",
        },
        STREAMS,
        [RESULT],
        SAMPLES,
    ),
    "serial": Diagram(
        Request(form=Form(serial=True, input_width=16)),
        {
            "i_valid": "0 1 1 1 1 1 1 1 1 0 0 0",
            "i_payload": "- A.0 A.1 A.2 A.2 B.0 B.1 B.2 B.2 - - -",
            "o_ready": "1 1 1 1 1 1 1 1 1 1 1 1",
        },
        STREAMS,
        [RESULT],
        BEATS,
    ),
    "axi-stream": Diagram(
        Request(stream=AxiStream(tdata_width=16)),
        {
            "s_axis_tvalid": "0 1 1 1 1 1 0 1 0 0 0 0 0 0 0 0",
            "s_axis_tdata": "- A.0 A.1 A.2 B.0 B.1 - B.2 - - - - - - - -",
            "s_axis_tkeep": "3 3 3 3 3 3 3 3 3 3 3 3 3 3 3 3",
            "s_axis_tlast": "0 0 0 1 0 0 0 1 0 0 0 0 0 0 0 0",
            "m_axis_tready": "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        },
        (
            *("s_axis_tvalid", "s_axis_tready", "s_axis_tdata", "s_axis_tlast", ""),
            *("m_axis_tvalid", "m_axis_tready", "m_axis_tdata"),
        ),
        [Bus("m_axis_tdata", "m_axis_tvalid", "m_axis_tready", ("of A", "of B"))],
        BEATS,
    ),
    "axi-lite": Diagram(
        Request(axi_lite=True),
        {
            "s_axi_awvalid": "0 1 1 1 1 0 0 0 0 0 0 1 1 0 0 0",
            "s_axi_awaddr": "- S S S+4 S+4 - - - - - - POP POP - - -",
            "s_axi_wvalid": "0 1 1 1 1 0 0 0 0 0 0 1 1 0 0 0",
            "s_axi_wdata": "- A.0 A.0 A.1 A.1 - - - - - - - - - - -",
            "s_axi_wstrb": "0 15 15 15 15 0 0 0 0 0 0 15 15 0 0 0",
            "s_axi_bready": "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "s_axi_arvalid": "0 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0",
            "s_axi_araddr": "- - - - - - - - - R - - - - - -",
            "s_axi_rready": "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        },
        (
            *("s_axi_awvalid", "s_axi_awready", "s_axi_awaddr"),
            *("s_axi_wvalid", "s_axi_wready", "s_axi_wdata", "s_axi_bvalid", ""),
            *("irq", "", "s_axi_arvalid", "s_axi_arready", "s_axi_araddr"),
            *("s_axi_rvalid", "s_axi_rdata"),
        ),
        [Bus("s_axi_rdata", "s_axi_rvalid", "s_axi_rready", ("of A",))],
        {"A.0": 0x0020_0003, "A.1": 0x0100, "POP": 0x0C, "R": 0x10},
    ),
}


def pictures() -> dict[str, str]:
    """The SVG of each diagram by its name. Raises `ToolError` of Yosys and Icarus."""
    return {name: _svg(_waves(diagram)) for name, diagram in DIAGRAMS.items()}


def small_network() -> Network:
    """Three words of 16 bits, four gates and two classes."""
    features = [Feature(name, 16) for name in "xyz"]
    fanin, table = canonicalize(np.array([[0, 1], [1, 2], [2, 3], [3, 0]]), np.array([8, 6, 14, 9]))
    return Network(
        encoder=thermometer(features, [[2], [16, 32], [256]]),
        fanin=fanin,
        table=table,
        outputs=np.array([4, 5, 6, 7], dtype=np.uint32),
        weights=np.ones(4, dtype=np.int64),
        groups=np.array([0, 2, 4]),
        bias=np.zeros(2, dtype=np.int64),
    )


def states(diagram: Diagram) -> dict[str, list[str]]:
    """What each port shows in each cycle: a bit, a word's name, or "-"."""
    given = {port: text.split() for port, text in diagram.inputs.items()}
    with TemporaryDirectory() as name:
        folder = Path(name)
        design = export(small_network(), folder, diagram.request, provenance={})
        words: dict[str, int | None] = {"-": None, **diagram.words}
        if design.protocol.kind == "axi-lite":
            sample = design.protocol.registers["sample"]
            words |= {"S": sample, "S+4": sample + 4}
        values = {
            port: [words[each] if each in words else int(each) for each in row]
            for port, row in given.items()
        }
        found = record(folder, design, values)
    named = {port: row for port, row in given.items() if not words.keys().isdisjoint(row)}
    return found | named | {bus.port: _named(bus, found) for bus in diagram.buses}


def _waves(diagram: Diagram) -> dict[str, Any]:
    """What WaveDrom draws."""
    found = states(diagram)
    clock = "aclk" if diagram.request.is_axi else "clk"
    cycles = len(found[diagram.buses[0].valid])
    rows = [_row(port, found[port]) if port else {} for port in diagram.rows]
    return {"signal": [{"name": clock, "wave": f"{'p':.<{cycles}}"}, *rows], "head": {"tick": 0}}


def _named(bus: Bus, found: Mapping[str, Sequence[str]]) -> list[str]:
    """The words of a bus by their names, one for each transfer."""
    shown, passed = [], 0
    for valid, ready in zip(found[bus.valid], found[bus.ready], strict=True):
        shown.append(bus.names[passed] if valid == "1" else "-")
        passed += valid == ready == "1"
    assert passed == len(bus.names), f"{passed} words on {bus.port}, not {len(bus.names)}"
    return shown


def _row(port: str, states: Sequence[str]) -> dict[str, Any]:
    """A row of WaveDrom: a dot for a state that goes on, "=" for a word and "x" for any."""
    wave, data = "", []
    for last, state in zip(["", *states], states, strict=False):
        if state == last:
            wave += "."
        elif state in ("0", "1", "-"):
            wave += state.replace("-", "x")
        else:
            wave += "="
            data.append(state)
    return {"name": port, "wave": wave, "data": data}


def _svg(waves: Mapping[str, Any]) -> str:
    """The picture on white, without the bricks that it does not use."""
    text = wavedrom.render(json.dumps(waves)).tostring()
    defined, end, drawn = text.partition("</defs>")
    used = {*re.findall(r'xlink:href="#([^"]+)"', drawn)}
    defined = SYMBOL.sub(lambda brick: brick[0] if brick[1] in used else "", defined)
    return f"{defined}{end}{drawn}\n".replace("<svg ", '<svg style="background: white" ', 1)
