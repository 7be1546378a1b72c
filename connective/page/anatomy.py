"""What a network is made of: its gates by type and level, and which features they read."""

from collections import Counter
from dataclasses import dataclass
from math import isqrt

import numpy as np

from connective.inspection import feature_reads, gate_names, image_side
from connective.network import Network
from connective.page.picture import grey

MOST_BARS = 64  # features whose reads are listed one by one


@dataclass(frozen=True)
class Gates:
    """Gates by level, in rows, and by type, in columns, the most frequent type first."""

    title: str
    types: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        return tuple(map(sum, zip(*self.counts, strict=True)))


@dataclass(frozen=True)
class Reads:
    """How many gates and summands read each feature: as a picture, or by name.

    most: of a feature; read: features that are read at all, of so many
    """

    picture: str | None
    by_name: tuple[tuple[str, int], ...]
    most: int
    read: int
    features: int


def gates_by_type(title: str, network: Network) -> Gates:
    """By the name of the table for two inputs, else by the number of inputs that decide."""
    level = network.level[network.n_inputs :]
    if names := gate_names(network.k):
        kinds = [names[int(table)] for table in network.table]
    else:
        wires = 1 + (network.fanin[:, 1:] != network.fanin[:, :-1]).sum(axis=1)
        wires[network.constant] = 0
        kinds = [f"{n} input{'s' * (n != 1)}" for n in wires.tolist()]
    types = [kind for kind, _ in Counter(kinds).most_common()]
    counts = [Counter[str]() for _ in range(network.depth)]
    for kind, number in zip(kinds, level.tolist(), strict=True):
        counts[number - 1][kind] += 1
    rows = tuple(tuple(counter[kind] for kind in types) for counter in counts)
    return Gates(title, tuple(types), rows)


def reads(network: Network) -> Reads:
    """What the network that was built reads of its features."""
    counts, features = feature_reads(network), network.encoder.features
    picture, by_name = None, []
    if image_side(features):
        side = isqrt(len(features))
        shade = 255 - counts * 255 // max(int(counts.max()), 1)  # the darker, the more often
        picture = grey(shade.astype(np.uint8).reshape(side, side))
    elif len(features) <= MOST_BARS:
        by_name = list(zip((f.name for f in features), counts.tolist(), strict=True))
    return Reads(picture, tuple(by_name), int(counts.max()), int((counts > 0).sum()), len(features))
