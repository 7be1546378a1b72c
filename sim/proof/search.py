"""A search for what refutes a design, which a simulation has to show."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.folder import RESULTS
from connective.results import CounterexampleRecord
from connective.vectors import port_bytes
from sim.proof import refute, stream
from sim.proof.design_proof import DesignProof
from sim.proof.lemma import Gap, Lemma, Loop
from sim.proof.refute import random_samples
from sim.proof.register_bench import register_bench
from sim.proof.replay import TOP, Cycle, pipeline_bench, replay, stream_bench
from sim.proof.stream import Handshake
from sim.proof.transfer_bench import Transfers, Turn, transfer_bench
from sim.proof.wrong_packets import with_wrong_packets
from sim.protocols import streams_of

BREACH_SECONDS = 600
TRIED_CYCLES = 1000
RESULT_PORTS = ("o_label", "o_scores", "o_margin", "o_reject", "o_best", "o_bits")


def counterexample(proof: DesignProof, lemmas: list[Lemma]) -> CounterexampleRecord | None:
    """What a simulation shows to be wrong, if something is found."""
    try:
        samples = refute.counterexample(proof.unrolled(proof.verilog), proof.network)
    except (Gap, Loop):
        samples = None
    if samples is not None:
        flowing = [Handshake(False, True, True)] * len(samples)
        if shown := replayed(proof, flowing, samples, proof.sources):
            return shown
    if proof.combinational:
        return None
    if shown := in_traffic(proof, proof.sources):
        return shown
    try:
        pattern = _breach(proof, lemmas)
    except (Gap, Loop):
        return None
    if pattern is None:
        return None
    samples = random_samples(np.random.default_rng(0), proof.network, len(pattern))
    return replayed(proof, pattern, samples, proof.sources)


def _breach(proof: DesignProof, lemmas: list[Lemma]) -> list[Handshake] | None:
    """A pattern of handshakes that breaks a rule of a core whose ports are the design's."""
    held = any(lemma.claim == stream.CLAIM and lemma.holds for lemma in lemmas)
    if held or not proof.has_plain_streams:
        return None
    streams = proof.streams(proof.verilog)
    return stream.breach(streams, log=proof.log, timeout=BREACH_SECONDS)


def in_traffic(proof: DesignProof, sources: list[Path]) -> CounterexampleRecord | None:
    """What random traffic with random samples shows."""
    rng = np.random.default_rng(0)
    latency, interval = proof.design.latency, proof.design.initiation_interval
    samples = random_samples(rng, proof.network, max(TRIED_CYCLES // interval, 2))
    pattern = traffic(rng, len(samples) * interval, latency * interval)
    return replayed(proof, pattern, samples, sources)


def traffic(rng: np.random.Generator, cycles: int, filling: int) -> list[Handshake]:
    """Phases in which both sides are more or less eager, so that a core runs full, and empty.

    It is full after so many cycles at full rate.
    """
    phase = 2 * filling + 2
    eager = np.repeat(rng.choice([0.1, 0.5, 1.0], (-(-cycles // phase), 2)), phase, axis=0)
    ready = rng.random((cycles, 2)) < eager[:cycles]
    return [Handshake(False, *pair) for pair in ready.tolist()]


def replayed(
    proof: DesignProof,
    pattern: list[Handshake],
    samples: NDArray[np.int64],
    sources: list[Path],
) -> CounterexampleRecord | None:
    """What a simulator shows to be wrong under a pattern of handshakes, with samples."""
    bench = traffic_bench(proof, pattern, samples, unknown_is_wrong=sources == proof.sources)
    observed = replay(bench, sources, proof.folder / RESULTS)
    if not observed:
        return None
    return CounterexampleRecord(
        samples=samples.tolist(),
        observed=observed,
        bench=f"{RESULTS}/{TOP}.v",
        waveform=f"{RESULTS}/{TOP}.vcd",
    )


def traffic_bench(
    proof: DesignProof,
    pattern: Sequence[Handshake],
    samples: NDArray[np.int64],
    *,
    unknown_is_wrong: bool = True,
) -> str:
    """A pattern of handshakes after a reset, and samples, as a test bench.

    A core whose ports are plain streams gets a sample in each cycle of the pattern; what it does
    not take is not answered. Others get each sample when they have taken the one before.
    """
    make = _bench if proof.combinational or proof.has_plain_streams else _transfers
    return make(proof, pattern, samples, unknown_is_wrong=unknown_is_wrong)


def _transfers(
    proof: DesignProof,
    pattern: Sequence[Handshake],
    samples: NDArray[np.int64],
    *,
    unknown_is_wrong: bool,
) -> str:
    if proof.design.protocol.kind == "axi-lite":
        return register_bench(
            proof.design, proof.network, samples, unknown_is_wrong=unknown_is_wrong
        )
    streams = streams_of(proof.design, proof.network)
    rows, results = streams.beat_rows(samples, 0), streams.result_rows(samples, 0)
    transfers = Transfers(rows, streams.beats * np.arange(1, len(samples) + 1), results)
    if proof.design.protocol.kind == "axi-stream":
        rng = np.random.default_rng(0)
        transfers = with_wrong_packets(transfers, proof.design.protocol, rng)
    turns = [Turn(valid, ready) for _, valid, ready in pattern]
    return transfer_bench(
        proof.design, streams, transfers, turns, unknown_is_wrong=unknown_is_wrong
    )


def _bench(
    proof: DesignProof,
    pattern: Sequence[Handshake],
    samples: NDArray[np.int64],
    *,
    unknown_is_wrong: bool,
) -> str:
    """A core without a clock gets the samples alone."""
    design, network = proof.design, proof.network
    outputs = {p.name: p.width for p in design.ports if p.name in RESULT_PORTS}
    results = [0] * len(samples)
    place = 0
    for name, width in outputs.items():
        for row, octets in enumerate(port_bytes(name, network, design, samples)):
            results[row] |= int.from_bytes(octets.tobytes(), "little") << place
        place += width
    payloads, width = network.encoder.payloads(samples), network.encoder.payload_width
    if proof.combinational:
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
