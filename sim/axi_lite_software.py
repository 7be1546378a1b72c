"""A core's registers on AXI4-Lite as software uses them, by the hands of cocotbext-axi."""

import json
import logging
from dataclasses import dataclass, field
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, SimTimeoutError, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp

from .monitor import DESIGN, PERIOD_NS, Claims, Words, Wrong, read, read_claims

WORD = 4  # bytes
IDENTITY = 0x434E5601
READY, VALID = 1, 2  # in STATUS

CHANNELS = ("aw", "w", "b", "ar", "r")
HELD = {"b": ("bresp",), "r": ("rdata", "rresp")}


@dataclass
class Watch:
    """Writes down when words are written and when a result first waits, and faults of protocol."""

    dut: Any
    cycle: int = 0
    written: list[int] = field(default_factory=list)
    waiting: int | None = None
    fault: str | None = None

    async def run(self) -> None:
        edge, held = RisingEdge(self.dut.aclk), dict.fromkeys(HELD)
        while True:
            await edge
            if self._port("wvalid") and self._port("wready"):
                self.written.append(self.cycle)
            if self.waiting is None and read(self.dut.irq):
                self.waiting = self.cycle
            for channel in HELD:
                response = self._response(channel, held[channel])
                held[channel] = response if read(self.dut.aresetn) else None
            self.cycle += 1

    def _response(self, channel: str, held: Any) -> Any:
        """The response on offer that must still be there in the next cycle."""
        shown = tuple(self._port(name) for name in HELD[channel])
        valid = self._port(f"{channel}valid")
        if held is not None and (not valid or shown != held):
            self._blame(f"the answer on {channel} changed before {channel}ready came")
        if valid and None in shown:
            self._blame(f"the answer on {channel} is X")
        return shown if valid and not self._port(f"{channel}ready") else None

    def _port(self, name: str) -> int | None:
        return read(getattr(self.dut, f"s_axi_{name}"))

    def _blame(self, fault: str) -> None:
        self.fault = self.fault or f"{fault} in cycle {self.cycle}"


@dataclass
class Software:
    """A driver of the core; each of its accesses is answered in time, or is `Wrong`."""

    dut: Any
    master: AxiLiteMaster
    design: dict[str, Any]
    claims: Claims
    watch: Watch

    @classmethod
    async def start(cls, dut: Any) -> "Software":
        """The core after a reset."""
        for channel in CHANNELS:
            name = f"s_axi_{channel}{'ready' if channel in HELD else 'valid'}"
            getattr(dut, name).value = 0
        Clock(dut.aclk, PERIOD_NS, unit="ns").start()
        await reset(dut, 2)
        bus = AxiLiteBus.from_prefix(dut, "s_axi")
        master = AxiLiteMaster(bus, dut.aclk, dut.aresetn, reset_active_level=False)
        for half in (master.write_if, master.read_if):
            half.log.setLevel(logging.WARNING)  # else each access is printed
        watch = Watch(dut)
        cocotb.start_soon(watch.run())
        design = json.loads(DESIGN.read_text())
        return cls(dut, master, design, read_claims(DESIGN), watch)

    @property
    def patience(self) -> int:
        """Cycles in which anything comes that will come."""
        return 64 * (self.claims.latency + self.claims.interval + 8)

    def address(self, register: str, word: int = 0) -> int:
        return int(self.design["protocol"]["registers"][register]) + WORD * word

    def bytes_of(self, payload: int) -> bytes:
        return payload.to_bytes(WORD * self.claims.beats, "little")

    async def write(self, address: int, data: bytes) -> bool:
        """Whether it had an effect."""
        return self._answered(await self._in_time(self.master.write(address, data)))

    async def read(self, address: int, size: int = WORD) -> int | None:
        """What is read, or `None` if there is nothing."""
        answer = await self._in_time(self.master.read(address, size))
        return int.from_bytes(answer.data, "little") if self._answered(answer) else None

    async def status(self) -> int:
        return await self.read(self.address("status")) or 0

    async def wait_for(self, bit: int) -> None:
        for _ in range(self.patience):
            if await self.status() & bit:
                return
        raise Wrong(f"bit {bit.bit_length() - 1} of STATUS does not come")

    async def send(self, payload: int) -> None:
        await self.wait_for(READY)
        if not await self.write(self.address("sample"), self.bytes_of(payload)):
            raise Wrong("a word of a sample was refused though STATUS said that it may come")

    async def receive(self) -> tuple[int | None]:
        await self.wait_for(VALID)
        size = -(-self.design["protocol"]["result_width"] // 8)
        word = await self.read(self.address("result"), size)
        await self.pop()
        return (word,)

    async def pop(self) -> None:
        if not await self.write(self.address("pop"), bytes(WORD)):
            raise Wrong("a result was not dropped though STATUS said that there is one")

    async def receive_all(self, count: int) -> Words:
        return [await self.receive() for _ in range(count)]

    async def check_idle(self) -> None:
        """No result is left, and no answer was wrong by protocol."""
        await ClockCycles(self.dut.aclk, 2 * self.claims.latency + 2)
        if await self.status() != READY:
            raise Wrong("STATUS says something else than that a sample may come")
        if self.watch.fault:
            raise Wrong(self.watch.fault)

    async def _in_time(self, access: Any) -> Any:
        try:
            return await with_timeout(access, self.patience * PERIOD_NS, "ns")
        except SimTimeoutError:
            raise Wrong(f"an access was not answered in {self.patience} cycles") from None

    def _answered(self, answer: Any) -> bool:
        if answer.resp not in (AxiResp.OKAY, AxiResp.SLVERR):
            raise Wrong(f"an access was answered by {answer.resp.name}")
        return bool(answer.resp == AxiResp.OKAY)


async def reset(dut: Any, cycles: int) -> None:
    dut.aresetn.value = 0
    await ClockCycles(dut.aclk, cycles)
    dut.aresetn.value = 1
