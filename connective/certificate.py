"""A certificate that one network answers as another, and the check of it."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from connective.network import Network
from connective.prover import Prover

Keep = Literal["label", "scores"]
CONFLICTS = 100_000  # of one claim
UNDECIDED = f", as far as {CONFLICTS} conflicts of the solver tell"


@dataclass(frozen=True, eq=False)
class Certificate:
    """Claims on the nodes of the network `before` from which it follows that `after` answers alike.

    Literals are those of AIGER: 0 is false, 1 is true, 2·node + 2 a node, one more its inverse.

    Members
    -------
    before, after: `Network.sha256` of the two networks
    keep: whether scores are the same, or labels only; then scores differ by what all classes share
    equal: (nodes of before,) the literal of `before` that a node equals; its own if none is known
    origin: (nodes of after,) the literal of `before` that a node equals
    """

    before: str
    after: str
    keep: Keep
    equal: NDArray[np.int64]
    origin: NDArray[np.int64]


def check(certificate: Certificate, before: Network, after: Network) -> str | None:
    """The first claim that does not hold, or `None` if `after` answers as `before` always.

    Claims on nodes are decided by SAT for all words that the features can hold, those on sums by
    arithmetic on weights; nothing of the simplifier is used.
    """
    equal, origin = certificate.equal.tolist(), certificate.origin.tolist()
    if (certificate.before, certificate.after) != (before.sha256, after.sha256):
        return "the certificate is of other networks"
    sizes = len(equal) == before.n_nodes and len(origin) == after.n_nodes
    if not sizes or not all(0 <= literal < 2 * before.n_nodes + 2 for literal in equal + origin):
        return "the certificate names nodes that are not there"
    if (before.encoder.features, before.head, before.n_classes) != (
        after.encoder.features,
        after.head,
        after.n_classes,
    ):
        return "features, head or classes differ"
    for row, literal in enumerate(origin[: after.n_inputs]):
        old = literal // 2 - 1
        if literal % 2 or not 0 <= old < before.n_inputs or _row(after, row) != _row(before, old):
            return f"input bit {row} is not that of the network before"
    keep = "scores" if before.head == "scores" else certificate.keep  # they leave the core
    return _check_nodes(equal, origin, before, after) or _check_outputs(
        keep, equal, origin, before, after
    )


def _check_nodes(
    equal: list[int], origin: list[int], before: Network, after: Network
) -> str | None:
    there = {
        (2 * (before.n_inputs + gate) + 2, table, *(2 * node + 2 for node in fanin))
        for gate, (fanin, table) in enumerate(_gates(before))
    }
    with Prover(before) as prover:
        for node, literal in enumerate(equal):
            if literal == 2 * node + 2:
                continue
            if not (holds := prover.equal(node, literal, conflicts=CONFLICTS)):
                return f"node {node} does not equal literal {literal}" + UNDECIDED * (holds is None)
        for gate, (fanin, table) in enumerate(_gates(after)):
            output = origin[after.n_inputs + gate]
            if before.k == after.k and (output, table, *(origin[n] for n in fanin)) in there:
                continue  # the same gate
            reads = [origin[node] for node in dict.fromkeys(fanin)]  # its table knows the first few
            table &= (1 << (1 << len(reads))) - 1
            if not (holds := prover.computes(table, reads, output, conflicts=CONFLICTS)):
                return f"gate {gate} is not literal {output}" + UNDECIDED * (holds is None)
    return None


def _check_outputs(
    keep: Keep, equal: list[int], origin: list[int], before: Network, after: Network
) -> str | None:
    def known(literal: int) -> int:
        return literal if literal < 2 else equal[literal // 2 - 1] ^ literal % 2

    old = [known(2 * node + 2) for node in before.outputs.tolist()]
    new = [known(origin[node]) for node in after.outputs.tolist()]
    if before.head == "bits":
        return None if old == new else "the output bits differ"
    difference = _sums(after, new)
    difference.subtract(_sums(before, old))
    n_classes = before.n_classes
    for term in {term for term, _ in difference}:
        amounts = {difference[term, c] for c in range(n_classes)}
        if len(amounts) > 1 or (keep == "scores" and amounts != {0}):
            return f"classes count node {term} differently" if term else "the biases differ"
    return None


def _sums(network: Network, literals: list[int]) -> Counter[tuple[int | None, int]]:
    """What each class counts each node, and under `None` its constant."""
    owner = np.repeat(np.arange(network.n_classes), np.diff(network.groups)).tolist()
    sums: Counter[tuple[int | None, int]] = Counter()
    for c, bias in enumerate(network.bias.tolist()):
        sums[None, c] = bias
    for literal, c, weight in zip(literals, owner, network.weights.tolist(), strict=True):
        if literal % 2:  # true, or 1 − x
            sums[None, c] += weight
        if literal > 1:
            sums[literal // 2 - 1, c] += -weight if literal % 2 else weight
    return sums


def _gates(network: Network) -> list[tuple[list[int], int]]:
    return list(zip(network.fanin.tolist(), network.table.tolist(), strict=True))


def _row(network: Network, row: int) -> tuple[int, int, int]:
    encoder = network.encoder
    return int(encoder.feature[row]), int(encoder.op[row]), int(encoder.value[row])
