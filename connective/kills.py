"""A few samples more, at which faults show that others do not show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from connective.breeding import breed
from connective.faults import observed, shown_faults
from connective.network import Network
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
    and those between them at which the label turns. The search ends when it finds nothing for some
    rounds, or has taken its share of time.
    """
    nodes = observed(network)
    affordable = EVALUATIONS // SHARE // (network.n_nodes * len(samples))
    nodes = np.sort(rng.permutation(nodes)[: max(1, affordable)])
    left: NDArray[np.bool_] = np.asarray(~shown_faults(network, nodes, samples).any(axis=2))
    before = left.size - int(left.sum())
    added = [samples[:0]]
    n_added, idle, evaluations = 0, 0, EVALUATIONS // network.n_nodes - left.size * len(samples)
    searched = network.head != "bits" and network.n_classes > 1
    ends = np.concatenate([tried, breed(network, tried, rng)]) if searched else tried
    for _ in range(ROUNDS if searched else 0):
        hidden = np.flatnonzero(left.any(axis=0))
        evaluations -= 3 * PAIRS * len(hidden)
        if not len(hidden) or idle == IDLE or evaluations < 0:
            break
        turning = turning_samples(network, ends, rng, PAIRS)
        candidates = np.concatenate([turning, rng.choice(ends, PAIRS)])
        new = shown_faults(network, nodes[hidden], candidates) & left[:, hidden, None]
        chosen = _choose(new.reshape(-1, len(candidates)), most - n_added)
        left[:, hidden] &= ~new[:, :, chosen].any(axis=2)
        added.append(candidates[chosen])
        n_added += len(chosen)
        idle = 0 if chosen else idle + 1
    return Kills(np.concatenate(added), before, left.size - int(left.sum()), left.size)


def _choose(shown: NDArray[np.bool_], most: int) -> list[int]:
    """At most so many samples that show all faults that any shows, (faults, samples), greedily."""
    shown, chosen = shown.copy(), list[int]()
    while len(chosen) < most:
        gain = shown.sum(axis=0)
        best = int(gain.argmax())
        if not gain[best]:
            break
        chosen.append(best)
        shown = shown[~shown[:, best]]
    return chosen
