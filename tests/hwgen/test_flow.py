from typing import Any

import numpy as np
import pytest
from amaranth.hdl import Module, Signal
from amaranth.sim import Simulator

from hwgen.flow import Flow
from tests.hwgen.amaranth_bench import stream


class DelayedFlow(Flow):
    """Flow control around a data path that only delays."""

    def __init__(self, *, latency: int) -> None:
        super().__init__(8, latency=latency)
        self.sample = Signal(8)

    def elaborate(self, platform: object) -> Module:
        m = super().elaborate(platform)
        data = self.sample
        for stage in range(self.latency - 1):
            delayed = Signal(8, name=f"stage{stage}")
            m.d.sync += delayed.eq(data)
            data = delayed
        m.d.comb += self.data.eq(data)
        return m


@pytest.mark.parametrize("latency", [1, 2, 3, 8])
def test_an_unstalled_stream_runs_at_one_sample_a_cycle(latency: int) -> None:
    payloads = list(range(60))
    results, sent, taken = stream(DelayedFlow(latency=latency), "sample", payloads, ["o_payload"])
    assert results == [(p,) for p in payloads]
    assert sent == list(range(60))
    assert taken == [latency + cycle for cycle in range(60)]


@pytest.mark.parametrize("latency", [1, 2, 5])
@pytest.mark.parametrize("clumsy", [2, 4])
def test_stalls_lose_repeat_and_reorder_nothing(latency: int, clumsy: int) -> None:
    payloads = [p % 256 for p in range(300)]
    rng = np.random.default_rng(latency)
    flow = DelayedFlow(latency=latency)
    results, _, _ = stream(flow, "sample", payloads, ["o_payload"], rng=rng, clumsy=clumsy)
    assert results == [(p,) for p in payloads]


@pytest.mark.parametrize("latency", [1, 4])
def test_a_stuck_consumer_lets_in_as_many_as_the_fifo_holds(latency: int) -> None:
    flow = DelayedFlow(latency=latency)
    taken = []

    async def bench(ctx: Any) -> None:
        ctx.set(flow.i_valid, 1)
        for cycle in range(50):
            ctx.set(flow.sample, cycle)
            ready = ctx.get(flow.i_ready)
            ctx.set(flow.o_ready, not ready)
            assert ctx.get(flow.i_ready) == ready, "i_ready follows o_ready within the cycle"
            ctx.set(flow.o_ready, 0)
            taken.append(ready)
            await ctx.tick()

    simulator = Simulator(flow)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    assert taken == [1] * (latency + 1) + [0] * (49 - latency)
