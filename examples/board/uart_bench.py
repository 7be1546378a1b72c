"""Test bench of the board at its two pins: frames go in bit by bit, and labels come out.

The environment names the core's vectors (BOARD_VECTORS, the file tb/vectors.txt of its folder), the
bytes of a frame (BOARD_BYTES), and the cycles of silence that end one (BOARD_SILENCE).
"""

import logging
import os
import random
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge, Timer
from cocotb.utils import get_sim_time
from cocotbext.uart import UartSink, UartSource

PERIOD_PS = 83_334  # 12 MHz
BIT_NS = 1000
BAUD = 1_000_000
BYTES = int(os.environ["BOARD_BYTES"])
SILENCE_NS = int(os.environ["BOARD_SILENCE"]) * PERIOD_PS // 1000 + 20 * BIT_NS
LONGEST_NS = 40_000  # from the last byte of a frame to the end of its answer
WRONG = 255
FRAMES = 40


def read_vectors():
    """The frames in the core's vectors, with their labels."""
    lines = Path(os.environ["BOARD_VECTORS"]).read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")][1:]
    return [(int(sample, 16).to_bytes(BYTES, "little"), int(label, 16)) for sample, label in rows]


class Line:
    """The board's two pins, after the time that its own reset takes."""

    def __init__(self, dut, baud=BAUD):
        logging.getLogger(f"cocotb.{dut._name}").setLevel(logging.WARNING)  # not a line a byte
        self.rx = dut.rx
        self.source, self.sink = UartSource(dut.rx, baud=baud), UartSink(dut.tx, baud=BAUD)
        cocotb.start_soon(Clock(dut.clk, PERIOD_PS, unit="ps").start())

    async def begin(self):
        await Timer(20 * BIT_NS, "ns")
        self.sink.clear()

    async def send(self, data):
        await self.source.write(data)
        await self.source.wait()

    async def send_byte(self, byte, stop):
        """A byte whose stop bit may be 0."""
        for bit in (0, *(byte >> place & 1 for place in range(8)), stop):
            self.rx.value = bit
            await Timer(BIT_NS, "ns")
        self.rx.value = 1

    async def silence(self):
        await Timer(SILENCE_NS, "ns")

    async def check(self, *expected):
        """What came out since the last check, in full."""
        await Timer(LONGEST_NS, "ns")
        assert list(self.sink.read_nowait()) == list(expected)


@cocotb.test()
async def frames_without_a_pause_are_all_answered(dut):
    line = Line(dut)
    await line.begin()
    vectors = random.choices(read_vectors(), k=FRAMES)
    await line.send(b"".join(frame for frame, _ in vectors))
    await line.check(*(label for _, label in vectors))


@cocotb.test()
@cocotb.parametrize(baud=[960_000, 1_040_000])
async def a_clock_that_is_off_by_four_in_a_hundred_does_no_harm(dut, baud):
    line = Line(dut, baud)
    await line.begin()
    for frame, label in random.choices(read_vectors(), k=8):
        await line.send(frame)
        await line.check(label)


@cocotb.test()
async def pauses_within_a_frame_do_no_harm(dut):
    line = Line(dut)
    await line.begin()
    for frame, label in random.choices(read_vectors(), k=8):
        for byte in frame:
            await line.send([byte])
            await Timer(random.randint(0, SILENCE_NS - 40 * BIT_NS), "ns")
        await line.check(label)


@cocotb.test()
async def a_frame_of_another_length_spoils_no_other(dut):
    line = Line(dut)
    await line.begin()
    for length in [*range(1, BYTES), *range(BYTES + 1, 2 * BYTES)]:
        (frame, label), (other, _), (after, then) = random.choices(read_vectors(), k=3)
        await line.send((frame + other)[:length])
        await line.silence()
        await line.send(after)
        await line.check(*([label] if length > BYTES else []), WRONG, then)


@cocotb.test()
async def a_broken_byte_spoils_no_other_frame(dut):
    line = Line(dut)
    await line.begin()
    for place in range(BYTES):
        (frame, _), (after, then) = random.choices(read_vectors(), k=2)
        for index, byte in enumerate(frame):
            await line.send_byte(byte, stop=index != place)
            await Timer(BIT_NS, "ns")
        await line.send(2 * after)  # not told from what is left of the frame
        await line.silence()
        await line.send(after)
        await line.check(WRONG, then)


@cocotb.test()
async def bits_of_an_answer_are_as_long_as_they_should_be(dut):
    line = Line(dut)
    await line.begin()
    for frame, label in random.choices(read_vectors(), k=8):
        sending = cocotb.start_soon(line.send(frame))
        await FallingEdge(dut.tx)
        began = get_sim_time("ns")
        await RisingEdge(dut.tx)
        low = 1 + min(place for place in range(9) if (256 | label) >> place & 1)
        assert abs(get_sim_time("ns") - began - low * BIT_NS) < BIT_NS / 50
        await sending
        await line.check(label)


@cocotb.test()
async def spikes_and_silence_are_no_bytes(dut):
    line = Line(dut)
    await line.begin()
    for frame, label in random.choices(read_vectors(), k=4):
        line.rx.value = 0
        await Timer(BIT_NS // 4, "ns")
        line.rx.value = 1
        await line.silence()
        await line.check()
        await line.send(frame)
        await line.check(label)


@cocotb.test()
async def a_break_is_one_broken_frame(dut):
    line = Line(dut)
    await line.begin()
    (frame, _), (after, then) = random.choices(read_vectors(), k=2)
    await line.send(frame[:1])
    line.rx.value = 0
    await Timer(50 * BIT_NS, "ns")
    line.rx.value = 1
    await line.silence()
    await line.send(after)
    await line.check(WRONG, then)
