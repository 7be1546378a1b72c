"""Proves a design: that its Verilog answers as its network, for all samples and at all times."""

import importlib.metadata
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.certificate import check
from connective.certificate_file import read_certificate
from connective.design import Design
from connective.folder import RESULTS
from connective.network import Network
from connective.network_file import read_network
from connective.results import CounterexampleRecord, LemmaRecord, ProofResult
from connective.tools import yosys
from connective.vectors import port_bytes
from sim.proof import data_path, refute, stream
from sim.proof.cone import Loop
from sim.proof.data_path import DataPath
from sim.proof.lemma import Gap, Lemma, timed
from sim.proof.refute import random_samples
from sim.proof.replay import TOP, Cycle, pipeline_bench, replay, stream_bench
from sim.proof.stream import Handshake, Streams
from sim.proof.verilog import Bit, Circuit, Hierarchy, read_verilog
from sim.reference import read_reference

UNSUPPORTED = (
    "only pipelines that take a sample a cycle from a valid/ready stream, and combinational cores, "
    "are proved"
)
LOOP = "results depend on registers that depend on themselves"
BREACH_SECONDS = 120
RESULT_PORTS = {f"o_{name}": name for name in ("label", "scores", "margin", "reject", "bits")}


def prove(
    folder: Path, *, timeout: float = 3600, shown: Callable[[Lemma], None] = lambda lemma: None
) -> ProofResult:
    """Prove the design in a folder; `shown` is called with each lemma once it is decided.

    Every tool ends within `timeout` seconds. A counterexample leaves a test bench and a waveform in
    results/. Raises `InputError` for a design that is not as it was exported, and `ToolError` of
    Yosys and ABC.
    """
    began = time.perf_counter()
    design, network = read_reference(folder)
    proof = _Proof(folder.absolute(), design, network, timeout)
    lemmas: list[Lemma] = []
    for lemma in proof.lemmas():
        shown(lemma)
        lemmas.append(lemma)
    holds = all(lemma.holds for lemma in lemmas)
    counterexample = None if holds else proof.counterexample(lemmas)
    return ProofResult(
        outcome="proved" if holds else "refuted" if counterexample else "unknown",
        tools={
            "Yosys and ABC": yosys.version(),
            "python-sat": importlib.metadata.version("python-sat"),
        },
        simplified_sha256=design.simplified.sha256 if design.simplified else None,
        lemmas=[
            LemmaRecord(
                claim=lemma.claim,
                method=lemma.method,
                holds=lemma.holds,
                why=lemma.why,
                seconds=lemma.seconds,
            )
            for lemma in lemmas
        ],
        counterexample=counterexample,
        seconds=time.perf_counter() - began,
    )


class _Proof:
    """The proof of one design."""

    def __init__(self, folder: Path, design: Design, network: Network, timeout: float) -> None:
        self.folder, self.design, self.network, self.timeout = folder, design, network, timeout
        self.built = network
        if design.simplified:
            self.built, _ = read_network(folder / design.simplified.file)
        self.sources = [folder / name for name in design.sources]
        self.log = folder / RESULTS / "prove.log"
        self.verilog: Hierarchy | None = None
        self.combinational = design.protocol.kind == "combinational"

    def lemmas(self) -> Iterator[Lemma]:
        """All lemmas in turn; where one cannot be stated, the rest of its kind is left out."""
        design = self.design
        protocol = design.protocol
        streamed = protocol.kind == "native" and protocol.beats == 1
        if not (streamed or self.combinational) or design.options.form != "pipelined":
            yield Lemma("the core answers as the network", "none", None, UNSUPPORTED)
            return
        if design.simplified:
            yield self._certified()
        self.verilog = read_verilog(self.sources, design.top, log=self.log, timeout=self.timeout)
        yield from _stated(self._data_path(self.verilog))
        if not self.combinational:
            yield from _stated(self._stream_rules(self.verilog.flat))
        self.log.unlink(missing_ok=True)

    def _certified(self) -> Lemma:
        assert self.design.simplified
        claim = "the simplified network answers as the trained one"
        with timed(Lemma(claim, "its certificate, each claim by SAT")) as lemma:
            file = self.folder / self.design.simplified.certificate
            certificate = read_certificate(file)
            lemma.why = check(certificate, self.network, self.built)
            if self.design.scores and "scores" not in (certificate.keep, self.network.head):
                lemma.why = "the certificate leaves scores open, and the core shows them"
            lemma.holds = None if lemma.why else True
        return lemma

    def _data_path(self, verilog: Hierarchy) -> Iterator[Lemma]:
        yield from data_path.prove(self._path(verilog), timeout=self.timeout)

    def _stream_rules(self, circuit: Circuit) -> Iterator[Lemma]:
        streams = self._streams(circuit)
        yield from stream.prove(streams, log=self.log, timeout=self.timeout)

    def _path(self, verilog: Hierarchy) -> DataPath:
        circuit, scores = verilog.flat, self.design.scores
        results = {
            name: circuit.nets[port] for port, name in RESULT_PORTS.items() if port in circuit.nets
        }
        if not self.combinational:
            results = _before_flow(circuit, results)
        return DataPath(
            verilog,
            self.built,
            circuit.net("i_payload"),
            max(self.design.latency - 1, 0),
            results,
            scores.width if scores else None,
            self.design.options.reject_below,
        )

    def _streams(self, circuit: Circuit) -> Streams:
        data, payload = circuit.net("flow.data"), circuit.net("flow.o_payload")
        return Streams(circuit, self.design.latency, data, payload)

    def counterexample(self, lemmas: list[Lemma]) -> CounterexampleRecord | None:
        """What a simulation shows to be wrong, if something is found."""
        if self.verilog is None:
            return None
        try:
            samples = refute.counterexample(self._path(self.verilog), self.network)
            if samples is not None:
                return self._replayed([Handshake(False, True, True)] * len(samples), samples)
            if self.combinational:
                return None
            streams = self._streams(self.verilog.flat)
            held = any(lemma.claim == stream.CLAIM and lemma.holds for lemma in lemmas)
            pattern = None if held else stream.breach(streams, log=self.log, timeout=BREACH_SECONDS)
        except (Gap, Loop):
            return None
        if pattern is None:
            return None
        rng = np.random.default_rng(0)
        return self._replayed(pattern, random_samples(rng, self.network, len(pattern)))

    def _replayed(
        self, pattern: list[Handshake], samples: NDArray[np.int64]
    ) -> CounterexampleRecord | None:
        """A pattern of handshakes after a reset, with a sample in each cycle, in a simulator."""
        design, network = self.design, self.network
        outputs = {p.name: p.width for p in design.ports if p.name in RESULT_PORTS}
        results = [0] * len(samples)
        place = 0
        for name, width in outputs.items():
            for row, octets in enumerate(port_bytes(name, network, design, samples)):
                results[row] |= int.from_bytes(octets.tobytes(), "little") << place
            place += width
        payloads = network.encoder.payloads(samples)
        if self.combinational:
            bench = pipeline_bench(
                design.top,
                outputs,
                payloads,
                input_port=("i_payload", network.encoder.payload_width),
                clock=None,
                latency=0,
                wrong=len(samples) - 1,
                expected=results[-1],
            )
        else:
            cycles = [Cycle(True, False, False, 0, 0)]
            for handshake, payload, result in zip(pattern, payloads, results, strict=True):
                cycles.append(Cycle(*handshake, payload, result))
            bench = stream_bench(
                design.top,
                outputs,
                cycles,
                payload_width=network.encoder.payload_width,
                latency=design.latency,
            )
        observed = replay(bench, self.sources, self.folder / RESULTS)
        if not observed:
            return None
        return CounterexampleRecord(
            samples=samples.tolist(),
            observed=observed,
            bench=f"{RESULTS}/{TOP}.v",
            waveform=f"{RESULTS}/{TOP}.vcd",
        )


def _before_flow(circuit: Circuit, results: dict[str, list[Bit]]) -> dict[str, list[Bit]]:
    """The bits that the flow is given, in the place of those that it delivers."""
    payload = circuit.net("flow.o_payload")
    delivered = dict(zip(payload, circuit.net("flow.data"), strict=True))
    for name, bits in results.items():
        if any(bit not in delivered for bit in bits):
            raise Gap(f"{name} does not come from flow.o_payload")
    return {name: [delivered[bit] for bit in bits] for name, bits in results.items()}


def _stated(lemmas: Iterator[Lemma]) -> Iterator[Lemma]:
    """Lemmas, the last one being what is missing where the next cannot be stated."""
    try:
        yield from lemmas
    except Gap as gap:
        yield Lemma("the next lemma can be stated", "names of nets", None, str(gap))
    except Loop:
        yield Lemma("the data path has an end", "registers back in time", None, LOOP)
