"""Runs components in Amaranth's simulator."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from amaranth.sim import Simulator

from hwgen.block import Block
from hwgen.core import Core
from hwgen.flow import Flow


def outputs(
    block: Block, inputs: Mapping[str, Sequence[int]], output: str, *, latency: int = 0
) -> list[int]:
    """The output of a free-running block for one value of each input a cycle, `latency` later."""
    n = len(next(iter(inputs.values())))
    seen: list[int] = []

    async def bench(ctx: Any) -> None:
        for cycle in range(n + latency):
            for name, values in inputs.items():
                if cycle < n:
                    ctx.set(getattr(block, name), values[cycle])
            if not block.clocked:
                await ctx.delay(1e-6)
            if cycle >= latency:
                seen.append(ctx.get(getattr(block, output)))
            if block.clocked:
                await ctx.tick()

    _run(block, bench)
    return seen


def stream(
    top: Core | Flow,
    port: str,
    payloads: Sequence[int],
    results: Sequence[str],
    *,
    rng: np.random.Generator | None = None,
    clumsy: int = 2,
    beats: int = 1,
) -> tuple[list[tuple[int, ...]], list[int], list[int]]:
    """Sends payloads and takes results: values of the ports `results`, cycles of both transfers.

    There is a result for every so many `beats` that are sent.
    With `rng` either side stalls at random, on average all but one of `clumsy` cycles. An output
    that changes or falls back while it waits fails an assertion.
    """
    taken: list[tuple[int, ...]] = []
    sent_at: list[int] = []
    taken_at: list[int] = []

    def willing() -> bool:
        return rng is None or not rng.integers(clumsy)

    async def bench(ctx: Any) -> None:
        waiting: tuple[int, ...] | None = None
        offering = False
        for cycle in range(40 * clumsy * (len(payloads) + 2) * (top.latency + 2)):
            offering = len(sent_at) < len(payloads) and (offering or willing())
            ctx.set(top.i_valid, offering)
            if offering:
                ctx.set(getattr(top, port), payloads[len(sent_at)])
            ready = willing()
            ctx.set(top.o_ready, ready)
            result = tuple(ctx.get(getattr(top, name)) for name in results)
            valid = ctx.get(top.o_valid)
            assert waiting is None or (valid and waiting == result), "an output that waited changed"
            waiting = result if valid and not ready else None
            if valid and ready:
                taken.append(result)
                taken_at.append(cycle)
            if offering and ctx.get(top.i_ready):
                sent_at.append(cycle)
                offering = False
            if len(taken) * beats == len(payloads):
                return
            await ctx.tick()

    _run(top, bench)
    return taken, sent_at, taken_at


def bit_words(bits: np.ndarray) -> list[int]:
    """Columns of bits (bits, samples) as integers, row 0 lowest."""
    return [sum(1 << row for row in np.flatnonzero(column).tolist()) for column in bits.T]


def split(word: int, width: int, n: int, *, signed: bool) -> Iterator[int]:
    """The n words of `width` bits in `word`, the lowest first."""
    for i in range(n):
        value = word >> i * width & (1 << width) - 1
        yield value - (value >> width - 1 << width) if signed else value


def _run(block: Block, bench: Any) -> None:
    simulator = Simulator(block)
    if block.clocked:
        simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
