"""The tables of a core's README: its ports and its features."""

import re
from dataclasses import dataclass
from itertools import groupby

from connective.design import Design
from connective.encoder import Feature
from connective.network import Network
from hwgen.handover.interface import Interface

LISTED_FEATURES = 32
"""With more features than that, neighbours that are alike share a line."""

DATA = {
    "i_payload": "the sample: the features' words, the first in the lowest bits",
    "o_label": "the class",
    "o_scores": "the score of each class, class 0 in the lowest bits",
    "o_bits": "the network's outputs, the first in bit 0",
}


def port_rows(design: Design, ports: Interface) -> list[tuple[str, str, int, str]]:
    """Name, direction, width and meaning of each port."""
    level = "high" if ports.reset_level else "low"
    roles = {
        ports.clock: "clock: registers take their values on its rising edge",
        ports.reset: f"synchronous reset, active {level}, for one rising edge or more before use",
        ports.sink.valid: "a sample is offered",
        ports.sink.ready: "it is taken at this rising edge",
        ports.source.valid: "a result stands at the output, and stays until it is taken",
        ports.source.ready: "the consumer takes it at this rising edge",
        **DATA,
    }
    return [(p.name, p.direction, p.width, roles.get(p.name, "")) for p in design.ports]


@dataclass(frozen=True)
class FeatureRow:
    """Successive features that are alike, the first one's words from bit `offset` on."""

    names: tuple[str, ...]
    offset: int
    feature: Feature

    @property
    def label(self) -> str:
        if len(self.names) == 1:
            return markdown(self.names[0])
        first, last = markdown(self.names[0]), markdown(self.names[-1])
        return f"{first} … {last} ({len(self.names)})"


def feature_rows(network: Network) -> list[FeatureRow]:
    """The features in the order of the payload, in few lines."""
    features = network.encoder.features
    rows, offset = [], 0
    for _, group in groupby(enumerate(features), lambda entry: _kind(entry, len(features))):
        alike = [feature for _, feature in group]
        rows.append(FeatureRow(tuple(f.name for f in alike), offset, alike[0]))
        offset += sum(f.width for f in alike)
    return rows


def _kind(entry: tuple[int, Feature], n_features: int) -> tuple[object, ...]:
    """What features that share a line have in common."""
    index, feature = entry
    own_line = index if n_features <= LISTED_FEATURES else None
    return own_line, feature.width, feature.signed, feature.scale, feature.zero


def markdown(text: str) -> str:
    """Any text as it is, in one cell of a table."""
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", " ".join(text.split()))
