"""Samples of every class, where those at random are nearly all of a few."""

import numpy as np
from numpy.typing import NDArray

from connective.network import Network

GENERATIONS = 12
PARENTS, CHILDREN = 32, 256
FRESH = 0.03  # of a child's words, from any sample


def breed(
    network: Network, samples: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Samples (classes · PARENTS, features) bred for each class in turn to be answered by it.

    A child has each word from one of two parents, and the parents of the next generation are those
    in which the class leads most, or lacks least. With fewer samples than parents there are fewer.
    """
    herds = [samples] * network.n_classes
    for _ in range(GENERATIONS):
        herds = [_next(network, herd, c, samples, rng) for c, herd in enumerate(herds)]
    return np.concatenate([_best(network, herd, c, rng) for c, herd in enumerate(herds)])


def _next(
    network: Network,
    herd: NDArray[np.int64],
    c: int,
    samples: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    parents = _best(network, herd, c, rng)
    shape = (CHILDREN, samples.shape[1])
    mother, father, any_sample = (
        rng.choice(herd, CHILDREN) for herd in (parents, parents, samples)
    )
    share = rng.random((CHILDREN, 1))
    children = np.where(rng.random(shape) < share, mother, father)
    children = np.where(rng.random(shape) < FRESH, any_sample, children)
    return np.concatenate([parents, children])


def _best(
    network: Network, herd: NDArray[np.int64], c: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The samples in which class c leads most, of equals any."""
    scores = network.scores(herd)
    others = np.delete(scores, c, axis=1).max(axis=1, initial=np.iinfo(np.int32).min)
    lead = scores[:, c] - others + rng.random(len(herd))
    best: NDArray[np.int64] = herd[np.argsort(-lead)[:PARENTS]]
    return best
