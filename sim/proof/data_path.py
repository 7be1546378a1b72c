"""That results are what the network says of a sample, by lemmas on levels, sums and argmax.

The circuit is cut at the ports of its popcounts. Each popcount is taken apart to a sum of its
inputs; these are compared with what the network sums; and the label is compared for all scores that
these sums can have. The three compose: by the first two the scores are right, modulo their width,
and so are in their range; by the third the label is then right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from connective.formats.and_graph import AndGraph
from connective.network import Network
from sim.proof import golden
from sim.proof.cone import Aged, Cone, cone
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.solver import Pair, all_equal, simulate
from sim.proof.sums import Linear, class_sum, difference, linear, substituted
from sim.proof.verilog import Bit, Circuit

HASHING = "structural hashing"


@dataclass(frozen=True)
class DataPath:
    """Where in a circuit samples and results are.

    Members
    -------
    payload: the bits of a sample's words
    age: how many cycles before a result its sample was there
    results: the bits of `label` and `scores`, or of `bits`
    """

    circuit: Circuit
    network: Network
    payload: list[Bit]
    age: int
    results: dict[str, list[Bit]]
    score_width: int | None


def prove(path: DataPath, *, timeout: float) -> Iterator[Lemma]:
    """The lemmas in turn; together they say that each result is that of the sample before it."""
    if path.network.head == "bits":
        targets = [(bit, 0) for bit in path.results["bits"]]
        graph, literals, expected = _levels(path, targets)
        with timed(Lemma("output bits are those of the network", HASHING)) as lemma:
            pairs = list(zip((literals[t] for t in targets), expected, strict=True))
            _settle(lemma, graph, pairs, timeout)
        yield lemma
        return
    scores = Scores(path)
    with timed(Lemma("label and scores follow from the sums", "equivalence by ABC")) as lemma:
        scores.check_results(lemma, timeout)
    yield lemma
    if lemma.holds:
        yield from scores.check_sums(timeout)


def _settle(lemma: Lemma, graph: AndGraph, pairs: list[Pair], timeout: float) -> None:
    """Decide a lemma that says that pairs are equal."""
    left = [pair for pair in pairs if pair[0] != pair[1]]
    if left:
        lemma.method = f"{lemma.method}; equivalence by ABC of {len(left)} of {len(pairs)} bits"
    lemma.holds = all_equal(graph, left, timeout=timeout)


def _levels(path: DataPath, targets: list[Aged]) -> tuple[AndGraph, dict[Aged, int], list[int]]:
    """Targets as functions of samples, and the network's outputs of the right one."""
    return _graph(path, cone(path.circuit, targets))


def _graph(path: DataPath, found: Cone) -> tuple[AndGraph, dict[Aged, int], list[int]]:
    sample = [(bit, path.age) for bit in path.payload]
    leaves = list(dict.fromkeys([*sample, *found.leaves]))
    graph = AndGraph(len(leaves))
    values = {leaf: 2 * (place + 1) for place, leaf in enumerate(leaves)}
    expected = golden.output_literals(graph, path.network, [values[b] for b in sample])
    return graph, found.evaluate(values, graph.function), expected


class Scores:
    """The sums of the classes, cut out of the circuit at the ports of its popcounts."""

    def __init__(self, path: DataPath) -> None:
        self.path = path
        nets = path.circuit.nets
        low, high = path.network.score_range
        self.ranges = list(zip(low.tolist(), high.tolist(), strict=True))
        self.varying = [c for c, (low, high) in enumerate(self.ranges) if low < high]
        self.inputs: dict[int, list[Bit]] = {}
        self.sums: dict[int, list[Bit]] = {}
        for c in self.varying:
            for port, bits in (("i", self.inputs), ("o", self.sums)):
                name = f"popcount_{c}.{port}"
                if name not in nets:
                    raise Gap(f"there is no net {name}, at which class {c} is cut out")
                bits[c] = nets[name]
        self.age: dict[int, int] = {}

    def check_results(self, lemma: Lemma, timeout: float) -> None:
        """Label and scores, for all values of the sums that the network's weights allow."""
        path = self.path
        targets = [(bit, 0) for bits in path.results.values() for bit in bits]
        cut = {bit: (c, place) for c, bits in self.sums.items() for place, bit in enumerate(bits)}
        found = cone(path.circuit, targets, cuts=cut.keys())
        foreign = [leaf for leaf in found.leaves if leaf[0] not in cut]
        if foreign:
            lemma.holds, lemma.why = None, "results depend on more than the sums"
            return
        ages: dict[int, set[int]] = {}
        for bit, age in found.leaves:
            ages.setdefault(cut[bit][0], set()).add(age)
        if several := [c for c, found_ages in ages.items() if len(found_ages) > 1]:
            lemma.holds = None
            lemma.why = f"sums of class {several[0]} from {len(ages[several[0]])} cycles meet"
            return
        self.age = {c: min(ages.get(c, {0})) for c in self.varying}
        leaves = [(bit, self.age[c]) for c, bits in self.sums.items() for bit in bits]
        leaves = list(dict.fromkeys(leaves))
        graph = AndGraph(len(leaves))
        values = {leaf: 2 * (place + 1) for place, leaf in enumerate(leaves)}
        literals = found.evaluate({leaf: values[leaf] for leaf in found.leaves}, graph.function)
        legal, words = self._words(graph, values)
        expected = golden.label(graph, words)
        if "scores" in path.results:
            assert path.score_width is not None
            for word in words:
                expected += word[: path.score_width]
        lemma.holds = all_equal(
            graph,
            [
                (graph.conjunction(legal, literals[t]), graph.conjunction(legal, e))
                for t, e in zip(targets, expected, strict=True)
            ],
            timeout=timeout,
        )

    def _words(self, graph: AndGraph, values: dict[Aged, int]) -> tuple[int, list[list[int]]]:
        """Whether the sums are in their ranges, and the scores, all as wide as the widest."""
        bounds = [bound for pair in self.ranges for bound in pair]
        width = 1 + max((b if b >= 0 else ~b).bit_length() for b in bounds)
        width = max(width, self.path.score_width or 1)
        legal, words = 1, []
        for c, (low, high) in enumerate(self.ranges):
            if c not in self.sums:
                words.append(golden.constant(low, width))
                continue
            bits = [values[bit, self.age[c]] for bit in self.sums[c]]
            fits = -(1 << len(bits) - 1) <= low and high < 1 << len(bits) - 1
            if not (fits if low < 0 else high < 1 << len(bits)):
                raise Gap(f"{len(bits)} bits do not hold the score of class {c}, {low} … {high}")
            word = bits + [bits[-1] if low < 0 else 0] * (width - len(bits))
            legal = graph.conjunction(legal, golden.within(graph, word, low, high))
            words.append(word)
        return legal, words

    def check_sums(self, timeout: float) -> Iterator[Lemma]:
        """Each sum, first as what its popcount adds, then as what the network sums."""
        sums: dict[int, tuple[list[Aged], Linear]] = {}
        for c in self.varying:
            with timed(
                Lemma(f"popcount_{c} adds its inputs", "adders, each by all cases")
            ) as lemma:
                sums[c] = self._sum_of_inputs(c, lemma)
            yield lemma
            if not lemma.holds:
                return
        with timed(Lemma("inputs of popcounts are what the network sums", HASHING)) as lemma:
            self._check_inputs(sums, lemma, timeout)
        yield lemma

    def _sum_of_inputs(self, c: int, lemma: Lemma) -> tuple[list[Aged], Linear]:
        targets = [(bit, self.age[c]) for bit in self.sums[c]]
        found = cone(self.path.circuit, targets, cuts=set(self.inputs[c]))
        graph = AndGraph(len(found.leaves))
        values = {leaf: 2 * (place + 1) for place, leaf in enumerate(found.leaves)}
        literals = found.evaluate(values, graph.function)
        form = linear(graph, [literals[target] for target in targets])
        left = [variable for variable in form.terms if variable > graph.n_inputs]
        lemma.holds = None if left else True
        if left:
            lemma.why = f"{len(left)} bits of it are not made of half and full adders"
        return found.leaves, form

    def _check_inputs(
        self, sums: dict[int, tuple[list[Aged], Linear]], lemma: Lemma, timeout: float
    ) -> None:
        path, network = self.path, self.path.network
        targets = list(dict.fromkeys(leaf for leaves, _ in sums.values() for leaf in leaves))
        graph, literals, outputs = _levels(path, targets)
        matched = Matching(graph, outputs)
        pairs: list[Pair] = []
        for c, (leaves, form) in sums.items():
            own = {place: literals[leaf] for place, leaf in enumerate(leaves, 1)}
            found = {place: matched.nearest(literal) for place, literal in own.items()}
            pairs += ((own[place], found[place]) for place in form.terms)
            group = slice(int(network.groups[c]), int(network.groups[c + 1]))
            weights = network.weights[group].tolist()
            wanted = class_sum(weights, outputs[group], int(network.bias[c]), form.modulus)
            if different := difference(substituted(form, found), wanted):
                lemma.holds = None
                lemma.why = f"class {c} counts {len(different)} nodes in another way"
                return
        _settle(lemma, graph, pairs, timeout)


class Matching:
    """Pairs literals with outputs of the network that have the same value in many samples."""

    def __init__(self, graph: AndGraph, outputs: list[int]) -> None:
        self._outputs = set(outputs)
        self._graph = graph
        self._known: dict[int, int] = {}
        self._values: list[int] = []

    def nearest(self, literal: int) -> int:
        """The output, or inverse of one, that a literal may equal; itself if there is none."""
        if literal in self._outputs or literal ^ 1 in self._outputs or literal < 2:
            return literal
        if not self._values:
            rng = np.random.default_rng(0)
            width = 2048
            words = [
                int.from_bytes(rng.bytes(width // 8), "little") for _ in range(self._graph.n_inputs)
            ]
            self._values = simulate(self._graph, words, width=width)
            for output in self._outputs:
                self._known[self._values[output]] = output
                self._known[self._values[output ^ 1]] = output ^ 1
        return self._known.get(self._values[literal], literal)
