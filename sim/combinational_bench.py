"""Test bench of a core without a clock; it needs nothing but cocotb and `monitor`.

The columns of vectors.txt are `i_payload`, the word of a sample, and what each output port must
show for it.
"""

import random
import time
from typing import Any

import cocotb
from cocotb.triggers import Timer

from .monitor import (
    PERIOD_NS,
    VECTORS,
    Vectors,
    Words,
    Wrong,
    compare,
    read,
    read_vectors,
    write_figures,
)


async def answers(dut: Any, vectors: Vectors) -> Words:
    """What the outputs show of each sample, before the next one stands at the input."""
    ports = [getattr(dut, name) for name in vectors.outputs]
    found: Words = []
    for payload, _ in vectors.samples:
        dut.i_payload.value = payload
        await Timer(PERIOD_NS, unit="ns")
        found.append(tuple(read(port) for port in ports))
    return found


def check(found: Words, vectors: Vectors) -> None:
    _, problem = compare(found, vectors)
    if problem:
        raise Wrong(problem)


@cocotb.test()
async def every_sample_is_right(dut: Any) -> None:
    """All vectors, one after another: each output as expected, in no cycle of any clock."""
    vectors = read_vectors(VECTORS)
    began = time.perf_counter()
    found = await answers(dut, vectors)
    seconds = time.perf_counter() - began
    write_figures(found, vectors, latency=0, cycles=len(found), seconds=seconds)
    check(found, vectors)


@cocotb.test()
async def nothing_is_remembered(dut: Any) -> None:
    """The same vectors in another order: no output depends on the sample before."""
    vectors = read_vectors(VECTORS)
    samples = list(vectors.samples)
    random.Random(cocotb.RANDOM_SEED).shuffle(samples)
    shuffled = Vectors(vectors.outputs, samples)
    check(await answers(dut, shuffled), shuffled)
