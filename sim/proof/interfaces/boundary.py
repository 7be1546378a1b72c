"""The ports of a design around its core."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from connective.design import Design
from connective.formats.and_graph import AndGraph
from connective.network import Network
from sim.proof.cone import cone
from sim.proof.induction import Reset, induction, registered, watch
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.solver import Pair, all_equal
from sim.proof.transfers import Storage, gathered
from sim.proof.verilog import Bit, Hierarchy

CORE = "core"
HANDSHAKE = ("i_valid", "i_ready", "o_valid", "o_ready")
RESULTS = ("label", "scores", "margin", "reject", "best", "bits")
GATHERED = "what the core sees of a sample are functions of its transfers, and waits for it"
SIDEBAND = "what goes beside a sample comes out with its result"


@dataclass(frozen=True)
class Boundary:
    """A core whose samples and results are on the ports of the design itself.

    Members
    -------
    network: as it was built
    top, core: the Verilog; the same where there is nothing around the core
    """

    design: Design
    network: Network
    top: Hierarchy
    core: Hierarchy
    reset: Reset
    log: Path
    timeout: float

    @property
    def core_latency(self) -> int:
        return self.design.latency

    @property
    def results(self) -> dict[str, list[Bit]]:
        """The bits of each result as it leaves the core."""
        nets = self.core.flat.nets
        return {name: nets[f"o_{name}"] for name in RESULTS if f"o_{name}" in nets}

    @cached_property
    def sample(self) -> tuple[Hierarchy, list[Bit]]:
        """The core and the bits of a sample's words, of which its `i_payload` is a function."""
        storage = self.storage()
        if storage is None:
            return self.core, self.core.flat.net("i_payload")
        core, transfers = gathered(storage, self.core)
        return core, self.words(transfers)

    def stored(self) -> Iterator[Lemma]:
        """That the core can be proved as if whole samples came to it, if they come in parts."""
        if self.storage() is None:
            return
        method = "registers followed back through them"
        with timed(Lemma(GATHERED, method)) as lemma:
            try:
                lemma.holds = bool(self.sample)
            except Gap as gap:
                lemma.why = str(gap)
        yield lemma

    def storage(self) -> Storage | None:
        """What stores the transfers of a sample, if there are several."""
        return None

    def words(self, transfers: list[list[Bit]]) -> list[Bit]:
        """The bits of a sample's words, the lowest feature first, in what was transferred."""
        raise NotImplementedError

    def lemmas(self) -> Iterator[Lemma]:
        """That the ports owe what they do, where the core does."""
        yield self.registered("i_ready", "o_valid", inputs=("i_valid", "o_ready", "i_payload"))
        if self.tag_width:
            yield self.beside(self.core, "i_tag", "o_tag")

    @property
    def tag_width(self) -> int:
        return self.design.protocol.tag_width if self.design.protocol.kind == "native" else 0

    def registered(self, *outputs: str, inputs: Sequence[str]) -> Lemma:
        return registered(self.top.flat, outputs, inputs)

    def rules(
        self,
        claim: str,
        rules: str,
        seen: Mapping[str, Sequence[Bit]],
        parameters: Mapping[str, int | str],
    ) -> Lemma:
        """That a module of rules is not broken."""
        watched = watch(
            self.top.flat,
            rules,
            seen,
            reset=self.reset,
            parameters=parameters,
            log=self.log,
            timeout=self.timeout,
        )
        return induction(claim, watched)

    def beside(self, holder: Hierarchy, given: str, shown: str) -> Lemma:
        """That the sideband in a module gives what it was given, by the names of nets there."""
        nets, core = holder.flat, self.core.flat
        width = len(nets.net(given))
        places = 2 if self.design.options.form == "serial" else self.core_latency + 1
        storage = [
            bit for place in range(places) for bit in nets.net(f"sideband.fifo_storage[{place}]")
        ]
        seen = {name: core.net(name) for name in HANDSHAKE}
        seen |= {"i": nets.net(given), "o": nets.net(shown), "storage": storage}
        seen |= {
            "level": nets.net("sideband.fifo_level"),
            "read_place": nets.net("sideband.fifo_r_port__addr"),
            "write_place": nets.net("sideband.fifo_w_port__addr"),
        }
        parameters = {"P": places, "W": width, "K": (2 * places).bit_length()}
        return self.rules(SIDEBAND, "sideband_rules", seen, parameters)

    def joined(self, names: Mapping[str, str]) -> Lemma:
        """That nets of the top are those of the core, by names."""
        top, core = self.top.flat, self.core.flat
        with timed(Lemma("the ports are those of the core", "structural hashing")) as lemma:
            pairs = [
                (own, inner)
                for name, other in names.items()
                for own, inner in zip(top.net(name), core.net(other), strict=True)
            ]
            graph, literals = self.values([bit for pair in pairs for bit in pair])
            self.decide(lemma, graph, [(literals[a], literals[b]) for a, b in pairs])
        return lemma

    def values(self, bits: Sequence[Bit]) -> tuple[AndGraph, dict[Bit, int]]:
        """Literals of some bits in a cycle, over registers and inputs."""
        found = cone(self.top.flat, [(bit, 0) for bit in bits], memory=0)
        graph = AndGraph(len(found.leaves))
        own = {leaf: 2 * place for place, leaf in enumerate(found.leaves, 1)}
        literals = {**own, **found.evaluate(own, graph.function)}
        return graph, {bit: literals[bit, 0] for bit in bits}

    def decide(self, lemma: Lemma, graph: AndGraph, pairs: Sequence[Pair]) -> None:
        lemma.holds = all_equal(graph, pairs, timeout=self.timeout)
        if not lemma.holds:
            lemma.why = "they differ"
