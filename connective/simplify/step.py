"""What one pass did to a network: the network that it left, and what became of every node."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.network import Network
from connective.simplify.literal import NONE, follow, literals, nodes

FATES = (
    "kept",
    "constant",
    "pass-through",
    "inverter",
    "duplicate",
    "complement",
    "equivalent",
    "absorbed",
    "unread",
)
"""Why a node went, in the order of the codes of `Step.fate`; the first of several reasons."""


@dataclass(frozen=True, eq=False)
class Step:
    """A pass, or several in a row, from the network `before` to `after`.

    Members
    -------
    before, after: the networks
    equal: (nodes of before,) the literal of `before` that a node was found to equal, or its own
    forward: (nodes of before,) the literal of `after` that a node equals, or `NONE`
    origin: (nodes of after,) the literal of `before` that a node equals
    fate: (nodes of before,) code of what became of a node
    """

    before: Network
    after: Network
    equal: NDArray[np.int64]
    forward: NDArray[np.int64]
    origin: NDArray[np.int64]
    fate: NDArray[np.uint8]

    def then(self, other: "Step") -> "Step":
        """This step and one that starts where it ends, as one."""
        assert self.after is other.before
        survives = (self.forward > 1) & (self.fate == FATES.index("kept"))
        later = other.fate[np.maximum(nodes(self.forward), 0)]
        return Step(
            before=self.before,
            after=other.after,
            equal=np.where(
                self.forward == NONE,
                self.equal,
                follow(self.origin, follow(other.equal, self.forward)),
            ),
            forward=follow(other.forward, self.forward),
            origin=follow(self.origin, other.origin),
            fate=np.where(survives, later, self.fate).astype(np.uint8),
        )


def unchanged(network: Network) -> Step:
    own = literals(np.arange(network.n_nodes))
    return Step(network, network, own, own, own, np.zeros(network.n_nodes, dtype=np.uint8))


def selection(network: Network, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The literal that each node has once only the nodes `kept` are numbered, or `NONE`."""
    return np.where(kept, literals(np.cumsum(kept) - 1), NONE)
