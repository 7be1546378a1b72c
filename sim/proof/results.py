"""That label, scores and margin follow from the sums of the classes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connective.formats.and_graph import AndGraph
from sim.proof import golden
from sim.proof.cone import Aged, cone
from sim.proof.golden import Word
from sim.proof.lemma import Gap, Lemma
from sim.proof.popcounts import ClassSums
from sim.proof.solver import all_equal
from sim.proof.verilog import ONE, ZERO

if TYPE_CHECKING:
    from sim.proof.data_path import DataPath


def check_results(lemma: Lemma, path: "DataPath", scores: ClassSums, timeout: float) -> None:
    """Decide the lemma, for all values of the sums in their ranges; find the age of each sum."""
    owner = {bit: c for c, bits in scores.sums.items() for bit in bits if bit not in (ZERO, ONE)}
    found = cone(path.verilog.flat, path.targets, cuts=dict.fromkeys(owner, 0))
    if any(bit not in owner for bit, _ in found.leaves):
        lemma.why = "results depend on more than the sums"
        return
    ages: dict[int, set[int]] = {}
    for bit, age in found.leaves:
        ages.setdefault(owner[bit], set()).add(age)
    if several := [c for c in ages if len(ages[c]) > 1]:
        lemma.why = f"sums of class {several[0]} from {len(ages[several[0]])} cycles meet"
        return
    scores.age = {c: min(ages.get(c, {0})) for c in scores.sums}
    sums = {c: [(b, scores.age[c]) for b in bits] for c, bits in scores.sums.items()}
    read = dict.fromkeys(leaf for bits in sums.values() for leaf in bits)
    leaves = [leaf for leaf in read if leaf[0] in owner]
    graph = AndGraph(len(leaves))
    values = {leaf: 2 * number for number, leaf in enumerate(leaves, 1)}
    literals = found.evaluate(values, graph.function)
    values |= {leaf: leaf[0] for bits in sums.values() for leaf in bits if leaf[0] not in owner}
    legal, words = _words(graph, scores, sums, values, path.score_width or 1)
    pairs = [
        (graph.conjunction(legal, literals[target]), graph.conjunction(legal, right))
        for target, right in zip(path.targets, expected_bits(graph, path, words), strict=True)
    ]
    if "margin" in path.results:  # the port holds all of it
        spilled = golden.margin(graph, words)[len(path.results["margin"]) :]
        pairs += [(graph.conjunction(legal, bit), 0) for bit in spilled]
    lemma.holds = all_equal(graph, pairs, timeout=timeout)


def expected_bits(graph: AndGraph, path: "DataPath", scores: Sequence[Word]) -> list[int]:
    """What the results of a path that has scores should be, given these, all as wide."""
    expected = golden.padded(golden.label(graph, scores), len(path.results["label"]))
    if "scores" in path.results:
        expected += [bit for word in scores for bit in word[: path.score_width]]
    if "margin" in path.results:
        width = len(path.results["margin"])
        expected += golden.padded(golden.margin(graph, scores), width)[:width]
    if "reject" in path.results:
        assert path.reject_below is not None
        expected.append(golden.below(graph, golden.margin(graph, scores), path.reject_below))
    if "best" in path.results:
        count = len(path.results["best"]) // len(path.results["label"])
        expected += [bit for word in golden.best(graph, scores, count) for bit in word]
    return expected


def _words(
    graph: AndGraph,
    scores: ClassSums,
    sums: dict[int, list[Aged]],
    values: dict[Aged, int],
    least_width: int,
) -> tuple[int, list[Word]]:
    """Whether the sums are in their ranges, and the scores, all as wide as the widest."""
    bounds = [bound for pair in scores.ranges for bound in pair]
    width = 1 + max((bound if bound >= 0 else ~bound).bit_length() for bound in bounds)
    width = max(width, least_width, *(1 + len(bits) for bits in sums.values()))
    legal, words = 1, []
    for c, (least, greatest) in enumerate(scores.ranges):
        if c not in sums:
            words.append(golden.constant(least, width))
            continue
        low, high = least - scores.offset, greatest - scores.offset
        bits = [values[leaf] for leaf in sums[c]]
        half = 1 << len(bits) - 1
        if not (-half <= low and high < half if low < 0 else high < 2 * half):
            raise Gap(f"{len(bits)} bits do not hold the score of class {c}, {low} … {high}")
        word = bits + [bits[-1] if low < 0 else 0] * (width - len(bits))
        legal = graph.conjunction(legal, golden.within(graph, word, low, high))
        words.append(golden.plus(graph, word, scores.offset))
    return legal, words
