"""Which lemmas of a proof notice a fault in one module, and which samples do.

Only what rests on that module is proved again: the other lemmas are those of the design without
the fault.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from connective.errors import ToolError
from connective.formats.and_graph import AndGraph
from sim.proof import data_path, refute, stream
from sim.proof.cone import Aged, cone
from sim.proof.data_path import DataPath, inputs_lemma, popcount_lemma, results_lemma
from sim.proof.design_proof import DesignProof
from sim.proof.lemma import Gap, Lemma, Loop, stated
from sim.proof.mutants import Mutant, write_mutant
from sim.proof.popcounts import Popcounts
from sim.proof.prove import replay_samples
from sim.proof.solver import all_equal
from sim.proof.splice import Parts
from sim.proof.stimuli import Stimuli
from sim.proof.verilog import Hierarchy, read_verilog
from sim.reference import read_reference

Outcome = Literal["invalid", "same", "proved", "refuted", "unknown"]
FLOW, ARGMAX = "flow", "argmax"
UNSTATED = "where results are in the Verilog"
BREACH_SECONDS, SAME_SECONDS = 600, 120
REPEATED = 2  # in random traffic about half of what is offered is taken
FEW = 256  # samples, at which most faults of the flow control show


@dataclass(frozen=True)
class Verdict:
    """What is known of a fault.

    Members
    -------
    outcome: `invalid` if Yosys does not read it, `same` if the netlist is that without the fault,
        `proved` if every lemma holds, or the results are those of the design without it,
        `refuted` if a sample or traffic is known that shows it
    seen: by set of samples, whether it is seen there; that of the flow control by the first only
    left: the claim of the lemma that does not hold, or is not known to; of what is `proved`, only
        where results are those of the design without it, though its sums are others
    """

    outcome: Outcome
    seen: Mapping[str, bool]
    left: str | None = None

    @property
    def noticed(self) -> bool:
        """Whether any sample sees it."""
        return any(self.seen.values())


class Judge:
    """Judges faults in an exported design.

    `samples` (samples, features), by name, are what it is simulated with; those of the first name
    also on Icarus, where a fault is in the flow control.
    """

    def __init__(
        self, folder: Path, samples: Mapping[str, NDArray[np.integer]], *, timeout: float = 600
    ) -> None:
        design, network = read_reference(folder)
        self._proof = DesignProof(folder.absolute(), design, network, timeout)
        self._parts = Parts(self._read(self._proof.sources, design.top), design.top)
        self._path = self._proof.path(self._parts.joined())
        self._sums = Popcounts(self._path.verilog, self._path.network)
        for lemma in self._lemmas({design.top}, self._path, self._sums):
            assert lemma.holds, lemma
        self._stimuli = Stimuli(network, design, samples)
        self._first = next(iter(samples))
        self._traffic = np.tile(samples[self._first], (REPEATED, 1))

    def verdict(self, mutant: Mutant) -> Verdict:
        """What the lemmas that rest on the mutant's module say, and the samples."""
        module = Path(mutant.source).stem
        with TemporaryDirectory() as name:
            folder = Path(name, "design")
            write_mutant(self._proof.folder, self._proof.design, mutant, folder)
            # the top cannot be read without what it instantiates
            whole = module == self._parts.top
            names = self._proof.design.sources if whole else [mutant.source]
            try:
                found = self._read([folder / source for source in names], module)
            except ToolError:
                # which is the edit's fault only if all is well without it
                self._read([self._proof.folder / source for source in names], module)
                return Verdict("invalid", {})
            if found.module(module) == self._parts.circuits[module]:
                return Verdict("same", {})
            return self._judged(self._parts.blocks(module), found, module, folder)

    def _judged(self, blocks: set[str], found: Hierarchy, module: str, folder: Path) -> Verdict:
        flowing = bool(blocks & {FLOW, self._parts.top})
        seen: dict[str, bool] = {}
        path: DataPath | None = None
        left: str | None = UNSTATED
        with suppress(Gap, Loop):  # of the path, or of what can be simulated of it
            path = self._proof.path(self._parts.spliced(found, module))
            lemmas = stated(self._lemmas(blocks, path, self._kept(path)))
            left = next((lemma.claim for lemma in lemmas if not lemma.holds), None)
            if blocks != {FLOW}:
                seen = self._stimuli.seen(path)
        if flowing and not seen.get(self._first):
            tried = (self._traffic[:FEW], self._traffic)
            seen[self._first] = any(replay_samples(folder, some, seed=0) for some in tried)
        if left is None:
            return Verdict("proved", seen)
        if any(seen.values()):
            return Verdict("refuted", seen, left)
        with suppress(Gap, Loop):
            if path and self._refuted(left, blocks, path):
                return Verdict("refuted", seen, left)
            if path and left != stream.CLAIM and self._same_results(path):
                return Verdict("proved", seen, left)
        return Verdict("unknown", seen, left)

    def _same_results(self, path: DataPath) -> bool:
        """Whether results are those of the design without a fault, though its sums may be others.

        The two are so alike that ABC can tell where it could not compare with the network.
        """
        graph = AndGraph(len(path.payload))
        sides = []
        for one in (self._path, path):
            found = cone(one.verilog.flat, one.targets)
            own = {(bit, one.age): 2 * place for place, bit in enumerate(one.payload, 1)}
            if any(leaf not in own for leaf in found.leaves):
                return False
            literals = found.evaluate(own, graph.function)
            sides.append([literals[target] for target in one.targets])
        return bool(all_equal(graph, zip(*sides, strict=True), timeout=SAME_SECONDS))

    def _kept(self, path: DataPath) -> Popcounts:
        """What is known of the sums of the design without a fault."""
        scores = Popcounts(path.verilog, path.network)
        scores.age, scores.forms = dict(self._sums.age), dict(self._sums.forms)
        scores.reads = dict(self._sums.reads)
        return scores

    def _lemmas(self, blocks: set[str], path: DataPath, scores: Popcounts) -> Iterator[Lemma]:
        """Those that rest on some blocks, or all where these are the top.

        A lemma takes for granted that those before it hold.
        """
        whole, timeout = self._parts.top in blocks, self._proof.timeout
        if whole or FLOW in blocks:
            streams = self._proof.streams(path.verilog)
            yield from self._proof.boundary(path.verilog).lemmas()
            yield stream.prove(streams, log=self._proof.log, timeout=timeout)
        if blocks == {FLOW}:
            return
        if path.network.head == "bits":
            yield from data_path.prove(path, timeout=timeout)
            return
        if whole or ARGMAX in blocks:
            yield results_lemma(path, scores, timeout)
        moved = scores.age != self._sums.age  # sums of other cycles than before
        for module, classes in scores.modules.items():
            if whole or moved or self._parts.blocks(module) == blocks:
                yield popcount_lemma(scores, module, classes)
        counted = blocks <= {ARGMAX, *(f"popcount_{c}" for c in scores.varying)}
        if not counted or _added(scores) != _added(self._sums):
            yield inputs_lemma(path, scores, timeout)

    def _refuted(self, left: str, blocks: set[str], path: DataPath) -> bool:
        """Whether a search finds traffic, or a sample, for which a lemma does not hold."""
        if left == stream.CLAIM:
            streams, log = self._proof.streams(path.verilog), self._proof.log
            return stream.breach(streams, log=log, timeout=BREACH_SECONDS) is not None
        return blocks != {FLOW} and refute.counterexample(path, self._proof.network) is not None

    def _read(self, sources: list[Path], top: str) -> Hierarchy:
        return read_verilog(sources, top, log=self._proof.log, timeout=self._proof.timeout)


def _added(scores: Popcounts) -> dict[int, tuple[int, dict[Aged, int]]]:
    """By class, the constant and the coefficients of the bits that are added."""
    return {
        c: (form.constant, {scores.reads[c][n]: step for n, step in form.terms.items()})
        for c, form in scores.forms.items()
    }
