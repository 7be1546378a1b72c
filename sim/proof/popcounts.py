"""The popcounts of a circuit, each taken apart to the sum that it computes."""

from connective.formats.and_graph import AndGraph
from connective.network import Network
from sim.proof.cone import Aged, cone
from sim.proof.lemma import Gap, Lemma
from sim.proof.sums import Linear, linear
from sim.proof.verilog import Bit, Circuit, Hierarchy


class ClassSums:
    """The scores of a circuit, and what is added to each.

    Members
    -------
    ranges: least and greatest score of each class, as the network's weights allow
    sums: by class, the bits of its score; classes whose score is always the same have none
    age: by class, how many cycles before a result its score was there
    forms: by class, its score as a sum of places in `reads`
    reads: by class, the bits that are added, numbered from 1
    offset: what scores have above the sums
    """

    def __init__(self, network: Network) -> None:
        low, high = network.score_range
        self.ranges: list[tuple[int, int]] = list(zip(low.tolist(), high.tolist(), strict=True))
        self.sums: dict[int, list[Bit]] = {}
        self.age: dict[int, int] = {}
        self.forms: dict[int, Linear] = {}
        self.reads: dict[int, dict[int, Aged]] = {}
        self.offset = 0

    @property
    def varying(self) -> list[int]:
        return [c for c, (low, high) in enumerate(self.ranges) if low < high]


class Popcounts(ClassSums):
    """The scores as they leave the instances `popcount_N`.

    Members
    -------
    modules: by module, the classes for which it counts
    """

    def __init__(self, verilog: Hierarchy, network: Network) -> None:
        super().__init__(network)
        self._verilog = verilog
        self.modules: dict[str, list[int]] = {}
        for c in self.varying:
            instance = f"popcount_{c}"
            if instance in verilog.instances:
                self.sums[c] = verilog.flat.net(f"{instance}.o")
                self.modules.setdefault(verilog.instances[instance], []).append(c)
            elif network.n_classes > 1:
                raise Gap(f"there is no instance {instance}, at which class {c} is cut out")

    def take_apart(self, module: str, classes: list[int], lemma: Lemma) -> None:
        """Find what a module adds, and so the popcounts of the classes that it serves.

        Its ports are taken as independent, so what holds of the module holds of each instance.
        """
        circuit = self._verilog.module(module)
        low, high = zip(*(self.ranges[c] for c in classes), strict=True)
        form, leaves = counted(circuit, lemma, limit=max(high) if min(low) >= 0 else None)
        if form is None:
            return
        place = {bit: number for number, bit in enumerate(circuit.net("i"))}
        for c in classes:
            inputs = self._verilog.flat.net(f"popcount_{c}.i")
            self.forms[c] = form
            self.reads[c] = {
                number: (inputs[place[bit]], age + self.age[c])
                for number, (bit, age) in enumerate(leaves, 1)
            }


def counted(
    circuit: Circuit, lemma: Lemma, *, limit: int | None = None
) -> tuple[Linear | None, list[Aged]]:
    """What a module's port `o` is as a sum of bits of `i`, which come with it, numbered from 1.

    Decides the lemma that it is one; `limit` is what `linear` may make use of.
    """
    found = cone(circuit, [(bit, 0) for bit in circuit.net("o")])
    inputs = set(circuit.net("i"))
    if any(bit not in inputs for bit, _ in found.leaves):
        lemma.why = "it depends on more than its port i"
        return None, []
    graph = AndGraph(len(found.leaves))
    values = {leaf: 2 * number for number, leaf in enumerate(found.leaves, 1)}
    literals = {**values, **found.evaluate(values, graph.function)}
    form = linear(graph, [literals[bit, 0] for bit in circuit.net("o")], limit=limit)
    if left := [variable for variable in form.terms if variable > graph.n_inputs]:
        lemma.why = f"{len(left)} bits of it are not made of half and full adders"
        return None, []
    lemma.holds = True
    return form, found.leaves
