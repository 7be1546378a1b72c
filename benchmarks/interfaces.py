"""Small cores with AXI around them, for measuring what this takes."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.operations import Case, bits_of, random_table
from connective import Feature, canonicalize, thermometer
from connective.axi_stream import AxiStream
from hwgen.block import Block
from hwgen.request import Request

WIDTH = 4  # of a result
FAST = 7  # latency of a core whose flow control is faster than what receives a large sample
STREAM, WIDE, BUS = (
    Request(stream=AxiStream(32)),
    Request(stream=AxiStream(1024)),
    Request(axi_lite=True),
)


def around(request: Request, n_bytes: int, latency: int, thresholds: int = 1) -> Block:
    """AXI around a core of gates of 2, a level a stage, that reads all bytes of a packet.

    Of one threshold, each beat's answers are shifted on; of several, few beats have the answer to
    each, which are decoded.
    """
    rng = np.random.default_rng(n_bytes)
    several = rng.permutation(np.arange(1, 256))[:thresholds]
    encoder = thermometer(
        [Feature(f"byte{number}", 8) for number in range(n_bytes)],
        rng.choice(several, (n_bytes, 1)).tolist(),
    )
    fanin, table = list[NDArray[np.integer]](), list[int]()
    first, width = 0, n_bytes
    for _ in range(latency):
        half = max(-(-width // 2), WIDTH)
        for gate in range(half):
            other = half + gate if half + gate < width else (gate + 1) % half
            fanin.append(first + np.array([gate, other]))
            table.append(random_table(rng, 2))
        first, width = first + width, half
    every, tables = canonicalize(np.array(fanin), np.array(table, dtype=np.uint64))
    network = bits_of(encoder, every, tables, first + np.arange(width))
    return request.component(network, digest=network.sha256)


INTERFACES: dict[str, Case] = {
    **{
        f"streams with latency {latency}": Case(
            {("stream flow", latency.bit_length()): 1}, partial(around, STREAM, 8, latency), reads
        )
        for latency, reads in ((3, 120), (6, 120), (12, 80), (24, 40))
    },
    **{
        f"AXI4-Lite with latency {latency}": Case(
            {("bus flow", latency.bit_length()): 1}, partial(around, BUS, 8, latency), reads
        )
        for latency, reads in ((3, 150), (6, 150), (12, 100), (24, 50))
    },
    **{
        f"packet of {n_bytes} bytes, {how}": Case(
            {("receiver", n_bytes.bit_length()): 1},
            partial(around, request, n_bytes, FAST, thresholds),
            reads=1,
        )
        for n_bytes, how, request, thresholds in (
            (30, "shifted", STREAM, 1),
            (120, "shifted", STREAM, 1),
            (120, "decoded", STREAM, 8),
            (128, "in one beat", WIDE, 1),
            (1000, "shifted", STREAM, 1),
            (1000, "decoded", STREAM, 8),
        )
    },
    **{
        f"registers of {n_bytes} bytes": Case(
            {("registers", n_bytes.bit_length()): 1}, partial(around, BUS, n_bytes, FAST), reads=1
        )
        for n_bytes in (30, 120, 1000)
    },
}
