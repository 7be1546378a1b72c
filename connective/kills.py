"""A few samples more, at which faults show that others do not show."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.breeding import breed
from connective.faults import observed, shown_faults
from connective.network import Network
from connective.propagation import Propagation
from connective.turns import turning_samples

ROUNDS, IDLE = 16, 3  # at most, and so many in turn that find nothing
PAIRS = 256  # of samples between which the label turns, a round
EVALUATIONS = 1 << 36  # of a node at a sample with a fault, in all
SHARE = 4  # the part of these that goes to samples that are there


@dataclass(frozen=True, eq=False)
class Kills:
    """Samples (samples, features) to be added, and how many of all faults show before and then."""

    samples: NDArray[np.int64]
    before: int
    seen: int
    faults: int


def killing_samples(
    network: Network,
    samples: NDArray[np.int64],
    tried: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    most: int,
) -> Kills:
    """At most so many further samples, each of which shows a fault that no other does.

    Faults are nodes that are stuck at 0 or at 1; of a network so large that this would take long,
    nodes at random. Candidates are `tried` samples, those that are bred from them for each class,
    and those between them at which the label turns; then, for each fault that is left, those at
    which it turns with the words that matter to the fault as they are where the scores show it. The
    search ends when it finds nothing for some rounds, or has taken its share of time.
    """
    search = _Search(network, samples, rng, most)
    before = search.seen
    if network.head != "bits" and network.n_classes > 1:
        ends = np.concatenate([tried, breed(network, tried, rng)])

        def turning() -> NDArray[np.int64]:
            turns = turning_samples(network, ends, rng, PAIRS)
            return np.concatenate([turns, rng.choice(ends, PAIRS)])

        search.run(turning)
        if network.head == "class" and search.hidden.any():
            hidden = np.flatnonzero(search.hidden)
            propagation = Propagation(network, search.nodes[hidden], ends, rng)
            search.run(lambda: propagation.samples(search.left[:, hidden]))
    return Kills(np.concatenate(search.added), before, search.seen, search.left.size)


class _Search:
    """Faults that no sample shows yet, and the samples that were added.

    Members
    -------
    nodes: those whose faults are looked for
    left: faults (2, nodes), of being stuck at 0 and at 1, that do not show yet
    added: samples that show faults which those before do not
    """

    def __init__(
        self, network: Network, samples: NDArray[np.int64], rng: np.random.Generator, most: int
    ) -> None:
        nodes = observed(network)
        affordable = EVALUATIONS // SHARE // (network.n_nodes * len(samples))
        self.nodes = np.sort(rng.permutation(nodes)[: max(1, affordable)])
        self.left: NDArray[np.bool_] = np.asarray(
            ~shown_faults(network, self.nodes, samples).any(axis=2)
        )
        self.added = [samples[:0]]
        self._network, self._room = network, most
        self._evaluations = EVALUATIONS // network.n_nodes - self.left.size * len(samples)

    @property
    def seen(self) -> int:
        return self.left.size - int(self.left.sum())

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Nodes of which a fault does not show yet, (nodes,)."""
        return np.asarray(self.left.any(axis=0))

    def run(self, candidates: Callable[[], NDArray[np.int64]]) -> None:
        """Add of the candidates of each round those that show the most, until none shows any."""
        idle = 0
        for _ in range(ROUNDS):
            if not self.hidden.any() or not self._room or idle == IDLE or self._evaluations < 0:
                break
            idle = 0 if self._add(candidates()) else idle + 1

    def _add(self, candidates: NDArray[np.int64]) -> bool:
        hidden = np.flatnonzero(self.hidden)
        self._evaluations -= len(candidates) * len(hidden)
        new = shown_faults(self._network, self.nodes[hidden], candidates)
        new &= self.left[:, hidden, None]
        chosen = _choose(np.concatenate(new), self._room)
        self.left[:, hidden] &= ~new[:, :, chosen].any(axis=2)
        self.added.append(candidates[chosen])
        self._room -= len(chosen)
        return bool(chosen)


def _choose(shown: NDArray[np.bool_], most: int) -> list[int]:
    """At most so many samples that show all faults that any shows, (faults, samples), greedily."""
    shown, chosen = shown.copy(), list[int]()
    while shown.size and len(chosen) < most:
        gain = shown.sum(axis=0)
        best = int(gain.argmax())
        if not gain[best]:
            break
        chosen.append(best)
        shown = shown[~shown[:, best]]
    return chosen
