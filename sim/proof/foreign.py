"""Proves Verilog of any origin: gates, registers and `+` between an input and an output."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError
from connective.network import Network
from connective.results import CounterexampleRecord, ProofResult
from sim.proof import data_path, refute
from sim.proof.adder_sums import AdderSum, adder_sums
from sim.proof.cone import cone
from sim.proof.data_path import BuiltAndWanted, DataPath, Levels, inputs_lemma, results_lemma
from sim.proof.lemma import Lemma, stated, timed
from sim.proof.outcome import Shown, conclude, silent
from sim.proof.popcounts import ClassSums
from sim.proof.replay import TOP, pipeline_bench, replay
from sim.proof.solver import all_equal
from sim.proof.sums import EVERY, Linear
from sim.proof.verilog import Bit, Hierarchy, read_verilog


@dataclass(frozen=True)
class ForeignCore:
    """A module of any origin, and the ports by which it is held against a network.

    Members
    -------
    inputs: ports whose bits side by side, the first port lowest, are the words of the features as
        docs/hardware.md packs them
    output: the port of the label, or of the output bits
    latency: cycles from a sample to its result; 0 if there are no registers between the two
    """

    sources: Sequence[Path]
    top: str
    inputs: Sequence[str]
    output: str
    latency: int

    def prove(
        self, network: Network, folder: Path, *, timeout: float = 3600, shown: Shown = silent
    ) -> ProofResult:
        """Prove that the output is what the network says of the sample `latency` cycles before.

        A counterexample leaves a test bench and a waveform in `folder`. Raises `InputError` for
        ports that are not there or have another width, and `ToolError` of Yosys and ABC.
        """
        log = folder / "prove.log"
        circuit = read_verilog(self.sources, self.top, log=log, timeout=timeout)
        log.unlink()
        path = self._path(circuit, network)

        def search(_: list[Lemma]) -> CounterexampleRecord | None:
            samples = refute.counterexample(path, network)
            return None if samples is None else self._replay(samples, path, folder)

        return conclude(stated(lemmas(path, timeout=timeout)), search, shown)

    def _path(self, verilog: Hierarchy, network: Network) -> DataPath:
        nets = verilog.flat.nets
        for name in (*self.inputs, self.output):
            if name not in nets:
                raise InputError(f"{self.top} has no port {name!r}: name the ports that it has")
        payload = [bit for name in self.inputs for bit in nets[name]]
        if len(payload) != network.encoder.payload_width:
            raise InputError(
                f"{' and '.join(self.inputs)} have {len(payload)} bits, but the words of the "
                f"network's features {network.encoder.payload_width}: name other input ports"
            )
        bits = network.head == "bits"
        least = len(network.outputs) if bits else max((network.n_classes - 1).bit_length(), 1)
        width = len(nets[self.output])
        if width < least or (bits and width > least):
            raise InputError(
                f"{self.output} has {width} bits, but what the network says {least}: name another "
                "output port"
            )
        results = {"bits" if bits else "label": nets[self.output]}
        return DataPath(verilog, network, payload, self.latency, results, None)

    def _replay(
        self, samples: NDArray[np.int64], path: DataPath, folder: Path
    ) -> CounterexampleRecord | None:
        nets, network = path.verilog.flat.nets, path.network
        if network.head == "bits":
            rows = network.output_bits(samples).tolist()
            expected = [sum(int(bit) << place for place, bit in enumerate(row)) for row in rows]
        else:
            expected = network.predict(samples).tolist()
        bench = pipeline_bench(
            self.top,
            list(zip(network.encoder.payloads(samples), expected, strict=True)),
            inputs={name: len(nets[name]) for name in self.inputs},
            outputs={self.output: len(nets[self.output])},
            clock=path.verilog.flat.clock,
            latency=self.latency,
        )
        observed = replay(bench, self.sources, folder)
        if not observed:
            return None
        return CounterexampleRecord(
            samples=samples.tolist(), observed=observed, bench=f"{TOP}.v", waveform=f"{TOP}.vcd"
        )


def lemmas(path: DataPath, *, timeout: float) -> Iterator[Lemma]:
    """The lemmas in turn: by sums at word level where there are such, else by gates alone."""
    if path.network.head == "bits":
        yield from data_path.prove(path, timeout=timeout)
        return
    scores = class_sums(path)
    if scores is None:
        yield _by_gates(path, timeout)
        return
    yield (lemma := results_lemma(path, scores, timeout))
    if lemma.holds:
        yield inputs_lemma(path, scores, timeout)


def class_sums(path: DataPath) -> ClassSums | None:
    """For each class the adders that compute its score, if there are such for all of them."""
    found = adder_sums(path.verilog.flat)
    owner = {bit: word for word in found for bit in word}
    ages = {
        owner[bit]: age
        for bit, age in cone(path.verilog.flat, path.targets, cuts=dict.fromkeys(owner, 0)).leaves
        if bit in owner
    }
    words = list(ages)
    candidates = ClassSums(path.network)
    for number, word in enumerate(words):
        _put(candidates, number, word, ages[word], found[word])
    sums = BuiltAndWanted(path, candidates)
    alike = sums.matching.alike(sums.variables)
    result = ClassSums(path.network)
    for c in result.varying:
        same = (number for number in range(len(words)) if not sums.differ(number, c, alike))
        number = next(same, -1)
        if number < 0:
            return None
        word = words[number]
        _put(result, c, word, ages[word], found[word])
    return result


def _put(scores: ClassSums, c: int, word: tuple[Bit, ...], age: int, added: AdderSum) -> None:
    scores.sums[c] = list(word)
    scores.age[c] = age
    scores.reads[c] = {number: (bit, own + age) for number, (bit, own) in enumerate(added.terms, 1)}
    scores.forms[c] = Linear(added.constant, dict(enumerate(added.terms.values(), 1)), EVERY)


def _by_gates(path: DataPath, timeout: float) -> Lemma:
    claim = "results are those of the network"
    with timed(Lemma(claim, "equivalence by ABC of all gates at once")) as lemma:
        levels = Levels(path, path.targets)
        built = [levels.literals[target] for target in path.targets]
        wanted = refute.golden_results(path, path.network, levels.graph, levels.sample)
        pairs = zip(built, wanted, strict=True)
        lemma.holds = all_equal(levels.graph, pairs, timeout=timeout)
        if lemma.holds is None:
            lemma.why = "no `+` was found for some class, and the gates are too many"
    return lemma
