"""The registers by which software passes samples to a core and reads their results."""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib.wiring import In, Out

from hwgen.block import Block
from hwgen.register_map import (
    ID,
    IDENTITY,
    NETWORK,
    POP,
    RESULT,
    STATUS,
    WORD_WIDTH,
    RegisterMap,
)


class Registers(Block):
    """Tells what each write and each read means; one that means nothing is refused.

    The write of a sample's last word offers the sample to the core. Until the core takes it, which
    it does while it has a place for the result, words are refused, so that none is overwritten.

    Members
    -------
    write, write_word, write_whole: a write, the number of its word, and whether all bytes are
        written
    read_word: the number of the word that is read
    write_refused: the write has no effect
    read_data, read_refused: the word, or 0 if there is none
    take, beat: a word of the sample is written, and its number
    sample_valid, sample_ready: of the sample whose words were written
    result, result_valid, result_ready: of the result on offer
    """

    summary = "Registers for software: what a write does, what a read shows."
    clocked = True
    resets = True

    def __init__(self, words: RegisterMap, *, network: int, result_width: int) -> None:
        self.words, self.network = words, network
        word = In(1 + words.index_width)
        super().__init__(
            {
                "write": In(1),
                "write_word": word,
                "write_whole": In(1),
                "write_refused": Out(1),
                "read_word": word,
                "read_data": Out(WORD_WIDTH),
                "read_refused": Out(1),
                "take": Out(1),
                "beat": Out(range(words.sample_words)),
                "sample_valid": Out(1),
                "sample_ready": In(1),
                "result": In(result_width),
                "result_valid": In(1),
                "result_ready": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        self._writes(m)
        self._reads(m)
        return m

    def _writes(self, m: Module) -> None:
        index, of_sample = self.write_word[:-1], self.write_word[-1]
        waiting = Signal(name="waiting")  # a sample is whole, and the core has not taken it
        whole, done = Signal(name="write_word_whole"), Signal(name="done")
        count = self.words.sample_words
        exists = index < count if count < 1 << len(index) else 1
        m.d.comb += [
            whole.eq(self.write & self.write_whole),
            self.take.eq(whole & of_sample & exists & ~waiting),
            self.beat.eq(index[: len(self.beat)]),
            done.eq(self.take & (index == count - 1)),
            self.sample_valid.eq(waiting),
            self.result_ready.eq(whole & (self.write_word == POP) & self.result_valid),
            self.write_refused.eq(~self.take & ~self.result_ready),
        ]
        with m.If(done):
            m.d.sync += waiting.eq(1)
        with m.Elif(self.sample_ready):
            m.d.sync += waiting.eq(0)

    def _reads(self, m: Module) -> None:
        words: dict[int, Value] = {
            ID: Const(IDENTITY),  # as wide as its number, so that no bit of it is known to be 0
            NETWORK: Const(self.network),
            STATUS: Cat(~self.sample_valid, self.result_valid),
        }
        for number in range(self.words.result_words):
            start = WORD_WIDTH * number
            words[RESULT + number] = self.result[start : start + WORD_WIDTH]
        found = {number: Signal(name=f"reads_{number}") for number in words}
        for number, reads in found.items():
            chosen = self.read_word == number
            m.d.comb += reads.eq(chosen & self.result_valid if number >= RESULT else chosen)
        shown = [Mux(reads, words[number], 0) for number, reads in found.items()]
        m.d.comb += [
            self.read_data.eq(reduce(or_, shown)),
            self.read_refused.eq(~reduce(or_, found.values())),
        ]
