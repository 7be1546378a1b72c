"""Samples that let a fault through to the label, which many outputs decide together.

Where a fault changes the scores is easy to find, and few words matter to that. These are held, so
that it goes on changing the same scores by as much, and the others vary until it tips the balance.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from connective.faults import shown_faults
from connective.network import Network
from connective.turns import turning_samples

FAULTS = 64  # that are looked at in a round
PAIRS = 16  # of samples between which the label turns, for one of them


class Propagation:
    """Finds samples that show faults of some nodes, between `ends` (samples, features)."""

    def __init__(
        self,
        network: Network,
        nodes: NDArray[np.int64],
        ends: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> None:
        self._network, self._nodes, self._ends, self._rng = network, nodes, ends, rng
        self._shown = shown_faults(replace(network, head="scores"), nodes, ends)
        self._held = held_words(network, nodes)

    def samples(self, left: NDArray[np.bool_]) -> NDArray[np.int64]:
        """A sample (samples, features) for some at random of the faults (2, nodes), if found."""
        found = [self._ends[:0]]
        for value, place in self._rng.permutation(np.argwhere(left))[:FAULTS]:
            if not (shown := np.flatnonzero(self._shown[value, place])).size:
                continue
            sample = self._ends[self._rng.choice(shown)]
            ends = np.where(self._held[place], sample, self._ends)
            turns = turning_samples(self._network, ends, self._rng, PAIRS)
            own = shown_faults(self._network, self._nodes[[place]], turns)[value, 0]
            found.append(turns[own][:1])
        return np.concatenate(found)


def held_words(network: Network, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Features on which the outputs depend that each node reaches, (nodes, features)."""
    fanin, n_inputs = network.fanin.tolist(), network.n_inputs
    reached = [0] * network.n_nodes  # by node, a bit for each of `nodes` that reaches it
    for place, node in enumerate(nodes.tolist()):
        reached[node] = 1 << place
    for gate, reads in enumerate(fanin, n_inputs):
        for node in reads:
            reached[gate] |= reached[node]
    needed = [0] * network.n_nodes
    for output in network.outputs.tolist():
        needed[output] = reached[output]
    for gate in reversed(range(network.n_gates)):
        for node in fanin[gate]:
            needed[node] |= needed[n_inputs + gate]
    held = np.zeros((len(nodes), len(network.encoder.features)), dtype=bool)
    for feature, bits in zip(network.encoder.feature.tolist(), needed[:n_inputs], strict=True):
        held[[place for place in range(len(nodes)) if bits >> place & 1], feature] = True
    return held
