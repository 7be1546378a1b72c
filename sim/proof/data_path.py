"""That results are what the network says of a sample, by lemmas on levels, sums and argmax.

The circuit is cut at the ports of its popcounts. Each popcount is taken apart to a sum of its
inputs; these are compared with what the network sums; and the label is compared for all scores that
these sums can have. The three compose: by the first two the scores are right, modulo their width,
and so are in their range; by the third the label is then right.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connective.formats.and_graph import AndGraph
from connective.network import Network
from sim.proof import golden
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Lemma, timed
from sim.proof.matching import Matching
from sim.proof.popcounts import ClassSums, Popcounts
from sim.proof.results import check_results
from sim.proof.sums import Linear, class_sum, difference, substituted
from sim.proof.verilog import Bit, Hierarchy


@dataclass(frozen=True)
class DataPath:
    """Where in a circuit samples and results are.

    Members
    -------
    payload: the bits of a sample's words
    age: how many cycles before a result its sample was there
    results: the bits of `label`, `scores`, `margin`, `reject` and `best` in this order, or of
        `bits`
    score_width: bits of each score in `scores`
    reject_below: the least margin that is not rejected, if `reject` is there
    """

    verilog: Hierarchy
    network: Network
    payload: list[Bit]
    age: int
    results: dict[str, list[Bit]]
    score_width: int | None
    reject_below: int | None = None

    @property
    def targets(self) -> list[Aged]:
        return [(bit, 0) for bits in self.results.values() for bit in bits]


def prove(path: DataPath, *, timeout: float) -> Iterator[Lemma]:
    """The lemmas in turn; together they say that each result is that of the sample before it."""
    if path.network.head == "bits":
        with timed(Lemma("output bits are those of the network", "structural hashing")) as lemma:
            levels = Levels(path, path.targets)
            literals = [levels.literals[target] for target in path.targets]
            matching = Matching(levels.graph)
            matching.claim(zip(literals, levels.outputs, strict=True))
            matching.settle(lemma, timeout)
        yield lemma
        return
    popcounts = Popcounts(path.verilog, path.network)
    yield (lemma := results_lemma(path, popcounts, timeout))
    if not lemma.holds:
        return
    for module, classes in popcounts.modules.items():
        yield (lemma := popcount_lemma(popcounts, module, classes))
        if not lemma.holds:
            return
    yield inputs_lemma(path, popcounts, timeout)


def results_lemma(path: DataPath, scores: ClassSums, timeout: float) -> Lemma:
    method = "equivalence by ABC, for all scores that the weights allow"
    with timed(Lemma(f"{_listed(path.results)} from the sums", method)) as lemma:
        check_results(lemma, path, scores, timeout)
    return lemma


def _listed(results: Iterable[str]) -> str:
    """The results as the beginning of a sentence."""
    *others, last = results
    return f"{', '.join(others)} and {last} follow" if others else f"{last} follows"


def popcount_lemma(popcounts: Popcounts, module: str, classes: list[int]) -> Lemma:
    with timed(Lemma(f"{module} adds its inputs", "adders, each by all cases")) as lemma:
        popcounts.take_apart(module, classes, lemma)
    return lemma


def inputs_lemma(path: DataPath, scores: ClassSums, timeout: float) -> Lemma:
    """That each class adds, in some order, what the network sums for it."""
    with timed(Lemma("the sums are those of the network", "structural hashing")) as lemma:
        sums = BuiltAndWanted(path, scores)
        while True:
            alike = sums.matching.alike(sums.variables)
            different = [c for c in sums.built if sums.differ(c, c, alike)]
            if different:
                lemma.why = f"the sum of class {different[0]} has other terms"
                return lemma
            sums.matching.claim((2 * variable, literal) for variable, literal in alike.items())
            sums.matching.settle(lemma, timeout)
            if lemma.holds is not False or not sums.matching.refine():
                return lemma


class Levels:
    """Some bits and the network's outputs, as functions of samples."""

    def __init__(self, path: DataPath, targets: list[Aged]) -> None:
        found = cone(path.verilog.flat, targets)
        sample = [(bit, path.age) for bit in path.payload]
        leaves = list(dict.fromkeys([*sample, *found.leaves]))
        self.graph = AndGraph(len(leaves))
        values = {leaf: 2 * (place + 1) for place, leaf in enumerate(leaves)}
        self.sample = [values[bit] for bit in sample]
        self.outputs = golden.output_literals(self.graph, path.network, self.sample)
        self.literals = found.evaluate(values, self.graph.function)


class BuiltAndWanted:
    """What the circuit adds and what the network does, by class, in literals of one graph."""

    def __init__(self, path: DataPath, scores: ClassSums) -> None:
        network = path.network
        read = dict.fromkeys(bit for bits in scores.reads.values() for bit in bits.values())
        levels = Levels(path, list(read))
        self.matching = Matching(levels.graph)
        self.built: dict[int, Linear] = {}
        self.wanted: dict[int, Linear] = {}
        for c, form in scores.forms.items():
            literals = {place: levels.literals[bit] for place, bit in scores.reads[c].items()}
            self.built[c] = substituted(form, literals)
        for c in range(network.n_classes):
            group = slice(int(network.groups[c]), int(network.groups[c + 1]))
            weights = network.weights[group].tolist()
            constant = int(network.bias[c]) - scores.offset
            self.wanted[c] = class_sum(weights, levels.outputs[group], constant)
        forms = [*self.built.values(), *self.wanted.values()]
        self.variables = {variable for form in forms for variable in form.terms}

    def differ(self, built: int, wanted: int, alike: dict[int, int]) -> bool:
        """Whether the sum that is built as one class is not that of another, or the same."""
        return bool(
            difference(
                substituted(self.built[built], alike), substituted(self.wanted[wanted], alike)
            )
        )
