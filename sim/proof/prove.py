"""Proves a design: that its Verilog answers as its network, for all samples and at all times."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.certificate import check
from connective.certificate_file import read_certificate
from connective.design import Design
from connective.errors import InputError
from connective.folder import RESULTS
from connective.network import Network
from connective.network_file import read_network
from connective.results import CounterexampleRecord, ProofResult, netlist_file
from connective.vectors import port_bytes
from sim.proof import data_path, netlist, refute, stream
from sim.proof.data_path import DataPath
from sim.proof.lemma import Gap, Lemma, Loop, stated, timed
from sim.proof.outcome import Shown, conclude, silent
from sim.proof.refute import random_samples
from sim.proof.replay import TOP, Cycle, pipeline_bench, replay, stream_bench
from sim.proof.stream import Handshake, Streams
from sim.proof.verilog import Bit, Circuit, Hierarchy, read_verilog
from sim.reference import read_reference

UNSUPPORTED = (
    "only pipelines that take a sample a cycle from a valid/ready stream, without tags, without "
    "clock gating and with a synchronous reset that is active high, and combinational cores are "
    "proved"
)
CLOCK = "clk"
BREACH_SECONDS = 600
TRIED_CYCLES = 1000
REPLAY_SECONDS = 600
RESULT_PORTS = {
    f"o_{name}": name for name in ("label", "scores", "margin", "reject", "best", "bits")
}


def prove(folder: Path, *, timeout: float = 3600, shown: Shown = silent) -> ProofResult:
    """Prove the design in a folder; `shown` is called with each lemma once it is decided.

    Every tool ends within `timeout` seconds. A counterexample leaves a test bench and a waveform in
    results/. Raises `InputError` for a design that is not as it was exported, and `ToolError` of
    Yosys and ABC.
    """
    design, network = read_reference(folder)
    proof = DesignProof(folder.absolute(), design, network, timeout)
    simplified = design.simplified.sha256 if design.simplified else None
    return conclude(
        stated(proof.lemmas()), proof.counterexample, shown, simplified_sha256=simplified
    )


def prove_netlist(folder: Path, target: str, *, timeout: float = 3600) -> ProofResult:
    """Prove that what synthesis made of a design for a target does what its Verilog does.

    With the proof of the Verilog, it answers as the network. Raises as `prove`, and `InputError`
    where there is no netlist.
    """
    design, network = read_reference(folder)
    file = netlist_file(folder.absolute(), target)
    if not file.is_file():
        raise InputError(f"{file} does not exist: run connective synth {folder} --target {target}")
    proof = DesignProof(folder.absolute(), design, network, timeout)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()

    def search(_: list[Lemma]) -> CounterexampleRecord | None:
        return proof.in_traffic([file])

    lemmas = stated(proof.netlist_lemmas(file))
    return conclude(lemmas, search, silent, netlist=target, netlist_sha256=digest)


def replay_samples(folder: Path, samples: NDArray[np.int64], *, seed: int) -> list[str]:
    """What Icarus finds wrong with a design that gets a sample (samples, features) a cycle.

    Samples are offered, and results taken, in random traffic; what is not taken is not answered.
    """
    design, network = read_reference(folder)
    proof = DesignProof(folder.absolute(), design, network, timeout=REPLAY_SECONDS)
    traffic = _traffic(np.random.default_rng(seed), len(samples), design.latency)
    record = proof.replayed(traffic, samples, proof.sources)
    return record.observed if record else []


def _traffic(rng: np.random.Generator, cycles: int, latency: int) -> list[Handshake]:
    """Phases in which both sides are more or less eager, so that a core runs full, and empty."""
    phase = 2 * latency + 2
    eager = np.repeat(rng.choice([0.1, 0.5, 1.0], (-(-cycles // phase), 2)), phase, axis=0)
    ready = rng.random((cycles, 2)) < eager[:cycles]
    return [Handshake(False, *pair) for pair in ready.tolist()]


class DesignProof:
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
        if not self._supported:
            raise Gap(UNSUPPORTED)
        if design.simplified:
            yield self._certified()
        self.verilog = read_verilog(self.sources, design.top, log=self.log, timeout=self.timeout)
        yield from stated(self._data_path(self.verilog))
        if not self.combinational:
            yield from stated(self._stream_rules(self.verilog.flat))
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
        yield from data_path.prove(self.path(verilog), timeout=self.timeout)

    def _stream_rules(self, circuit: Circuit) -> Iterator[Lemma]:
        streams = self.streams(circuit)
        yield from stream.prove(streams, log=self.log, timeout=self.timeout)

    def path(self, verilog: Hierarchy) -> DataPath:
        """Where samples and results are in the Verilog, or `Gap`."""
        circuit, scores = verilog.flat, self.design.scores
        nets = circuit.nets
        results = {name: nets[port] for port, name in RESULT_PORTS.items() if port in nets}
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

    def streams(self, circuit: Circuit) -> Streams:
        """Where the streams are in the Verilog, or `Gap`."""
        data, payload = circuit.net("flow.data"), circuit.net("flow.o_payload")
        return Streams(circuit, self.design.latency, data, payload)

    def netlist_lemmas(self, file: Path) -> Iterator[Lemma]:
        """That a netlist does what the Verilog does."""
        design = self.design
        if not self._supported:
            raise Gap(UNSUPPORTED)
        circuits = [
            read_verilog(sources, design.top, log=self.log, timeout=self.timeout).flat
            for sources in (self.sources, [file])
        ]
        self.log.unlink()
        yield netlist.prove(
            *circuits,
            inputs=[p.name for p in design.ports if p.direction == "in" and p.name != CLOCK],
            outputs=[port.name for port in design.ports if port.direction == "out"],
            latency=design.latency,
            timeout=self.timeout,
        )

    @property
    def _supported(self) -> bool:
        protocol, form = self.design.protocol, self.design.options.form
        plain = protocol.kind == "native" and protocol.beats == 1 and not protocol.tag_width
        plain = plain and self.design.options.reset == "sync-high"
        plain = plain and not self.design.options.clock_gating
        return (plain or self.combinational) and form == "pipelined"

    def counterexample(self, lemmas: list[Lemma]) -> CounterexampleRecord | None:
        """What a simulation shows to be wrong, if something is found."""
        if self.verilog is None:
            return None
        try:
            samples = refute.counterexample(self.path(self.verilog), self.network)
            if samples is not None:
                flowing = [Handshake(False, True, True)] * len(samples)
                return self.replayed(flowing, samples, self.sources)
            if self.combinational:
                return None
            if shown := self.in_traffic(self.sources):
                return shown
            streams = self.streams(self.verilog.flat)
            held = any(lemma.claim == stream.CLAIM and lemma.holds for lemma in lemmas)
            pattern = None if held else stream.breach(streams, log=self.log, timeout=BREACH_SECONDS)
        except (Gap, Loop):
            return None
        if pattern is None:
            return None
        rng = np.random.default_rng(0)
        samples = random_samples(rng, self.network, len(pattern))
        return self.replayed(pattern, samples, self.sources)

    def in_traffic(self, sources: list[Path]) -> CounterexampleRecord | None:
        """What random traffic with random samples shows."""
        rng = np.random.default_rng(0)
        samples = random_samples(rng, self.network, TRIED_CYCLES)
        traffic = _traffic(rng, TRIED_CYCLES, self.design.latency)
        return self.replayed(traffic, samples, sources)

    def replayed(
        self, pattern: list[Handshake], samples: NDArray[np.int64], sources: list[Path]
    ) -> CounterexampleRecord | None:
        """A pattern of handshakes after a reset, with a sample in each cycle, in a simulator."""
        bench = self._bench(pattern, samples, unknown_is_wrong=sources == self.sources)
        observed = replay(bench, sources, self.folder / RESULTS)
        if not observed:
            return None
        return CounterexampleRecord(
            samples=samples.tolist(),
            observed=observed,
            bench=f"{RESULTS}/{TOP}.v",
            waveform=f"{RESULTS}/{TOP}.vcd",
        )

    def _bench(
        self, pattern: list[Handshake], samples: NDArray[np.int64], *, unknown_is_wrong: bool
    ) -> str:
        """A core without a clock gets the samples alone."""
        design, network = self.design, self.network
        outputs = {p.name: p.width for p in design.ports if p.name in RESULT_PORTS}
        results = [0] * len(samples)
        place = 0
        for name, width in outputs.items():
            for row, octets in enumerate(port_bytes(name, network, design, samples)):
                results[row] |= int.from_bytes(octets.tobytes(), "little") << place
            place += width
        payloads, width = network.encoder.payloads(samples), network.encoder.payload_width
        if self.combinational:
            return pipeline_bench(
                design.top,
                list(zip(payloads, results, strict=True)),
                inputs={"i_payload": width},
                outputs=outputs,
                clock=None,
                latency=0,
            )
        cycles = [Cycle(True, False, False, 0, 0)]
        for handshake, payload, result in zip(pattern, payloads, results, strict=True):
            cycles.append(Cycle(*handshake, payload, result))
        return stream_bench(
            design.top,
            outputs,
            cycles,
            payload_width=width,
            latency=design.latency,
            unknown_is_wrong=unknown_is_wrong,
        )


def _before_flow(circuit: Circuit, results: dict[str, list[Bit]]) -> dict[str, list[Bit]]:
    """The bits that the flow is given, in the place of those that it delivers."""
    payload = circuit.net("flow.o_payload")
    delivered = dict(zip(payload, circuit.net("flow.data"), strict=True))
    for name, bits in results.items():
        if any(bit not in delivered for bit in bits):
            raise Gap(f"o_{name} does not come from flow.o_payload")
    return {name: [delivered[bit] for bit in bits] for name, bits in results.items()}
