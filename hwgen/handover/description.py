"""The tables of a core's README: its ports and its features."""

import re
from dataclasses import dataclass, replace

from connective.design import Design
from connective.encoder import Feature
from connective.network import Network
from hwgen.handover.interface import Interface
from hwgen.handover.layout import Layout

LISTED_FEATURES = 32
"""With more features than that, neighbours that are alike share a line."""

DATA = {
    "i_payload": "the sample: the features' words, the first in the lowest bits",
    "i_tag": "a tag, taken with the last beat of a sample",
    "o_tag": "the tag of the sample of which this is the result",
    "o_label": "the class",
    "o_scores": "the score of each class, class 0 in the lowest bits",
    "o_margin": "the best score less the second best, unsigned; 0 where several are best",
    "o_reject": "1: the margin is too small",
    "o_best": "labels of the best classes, the best in the lowest bits",
    "o_bits": "the network's outputs, the first in bit 0",
    "s_axis_tdata": "the features' words in whole bytes, beat by beat",
    "s_axis_tkeep": "which of the bytes count",
    "s_axis_tlast": "the last beat of a sample",
    "s_axis_tuser": "a tag, taken with the last beat",
    "m_axis_tdata": "the result, 0 for a packet of the wrong length",
    "m_axis_tlast": "1: a result is one beat",
    "m_axis_tuser": "bit 0: the packet had the wrong length; the tag above it",
    "s_axi_awaddr": "address of a write, in bytes; the two lowest bits are ignored",
    "s_axi_awvalid": "it is offered",
    "s_axi_awready": "it is taken, together with the data",
    "s_axi_wdata": "the word to write",
    "s_axi_wstrb": "its bytes: all of them, or the write is refused",
    "s_axi_wvalid": "it is offered",
    "s_axi_wready": "it is taken, together with the address",
    "s_axi_bresp": "answer to a write: OKAY, or SLVERR if it had no effect",
    "s_axi_bvalid": "the answer is there, and stays until it is taken",
    "s_axi_bready": "it is taken",
    "s_axi_araddr": "address of a read, in bytes; the two lowest bits are ignored",
    "s_axi_arvalid": "it is offered",
    "s_axi_arready": "it is taken",
    "s_axi_rdata": "the word read",
    "s_axi_rresp": "OKAY, or SLVERR if there is none",
    "s_axi_rvalid": "the word is there, and stays until it is taken",
    "s_axi_rready": "it is taken",
    "irq": "1: a result waits",
}


def reset_kind(ports: Interface) -> str:
    return "asynchronous" if ports.asynchronous else "synchronous"


def port_rows(design: Design, ports: Interface) -> list[tuple[str, str, int, str]]:
    """Name, direction, width and meaning of each port."""
    reset = f"{reset_kind(ports)} reset, active {'high' if ports.reset_level else 'low'}"
    roles: dict[str | None, str] = {
        ports.clock: "clock: registers take their values on its rising edge",
        ports.reset: f"{reset}, for one rising edge or more before use",
    }
    if ports.sink and ports.source:
        roles |= {
            ports.sink.valid: "a sample is offered",
            ports.sink.ready: "it is taken at this rising edge",
            ports.source.valid: "a result stands at the output, and stays until it is taken",
            ports.source.ready: "the consumer takes it at this rising edge",
        }
    return [
        (p.name, p.direction, p.width, roles.get(p.name) or DATA.get(p.name, ""))
        for p in design.ports
    ]


@dataclass(frozen=True)
class FeatureRow:
    """Successive features that are alike: the first from bit `offset` on, each `step` further."""

    names: tuple[str, ...]
    offset: int
    feature: Feature
    step: int = 0

    def goes_on_with(self, feature: Feature, offset: int) -> bool:
        """Whether the next feature is alike and lies where the step says."""
        if replace(feature, name=self.feature.name) != self.feature:
            return False
        n = len(self.names)
        return n == 1 or offset == self.offset + n * self.step

    @property
    def label(self) -> str:
        if len(self.names) == 1:
            return markdown(self.names[0])
        first, last = markdown(self.names[0]), markdown(self.names[-1])
        return f"{first} … {last} ({len(self.names)})"


def feature_rows(network: Network, words: Layout) -> list[FeatureRow]:
    """The features in their order, in few lines."""
    features = network.encoder.features
    rows: list[FeatureRow] = []
    for feature, offset in zip(features, words.offsets, strict=True):
        last = rows[-1] if rows and len(features) > LISTED_FEATURES else None
        if last and last.goes_on_with(feature, offset):
            step = offset - last.offset if len(last.names) == 1 else last.step
            rows[-1] = FeatureRow((*last.names, feature.name), last.offset, feature, step)
        else:
            rows.append(FeatureRow((feature.name,), offset, feature))
    return rows


def markdown(text: str) -> str:
    """Any text as it is, in one cell of a table."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", " ".join(text.split()))
