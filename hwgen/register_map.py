"""Where the registers of a memory-mapped core are; docs/hardware.md says what they do."""

from dataclasses import dataclass

WORD_WIDTH = 32
WORD_BYTES = WORD_WIDTH // 8

IDENTITY = 0x434E5601
"""The letters CNV, and the version of this map."""

ID, NETWORK, STATUS, POP, RESULT = range(5)
"""Numbers of words."""


@dataclass(frozen=True)
class RegisterMap:
    """The words of a sample and of a result, in the halves of as few addresses as hold them.

    The lower half has the registers with a number above, and the words of the result from RESULT
    on; the upper half has those of the sample.
    """

    sample_words: int
    result_words: int

    @property
    def index_width(self) -> int:
        """Bits that number the words of a half."""
        return max(RESULT + self.result_words - 1, self.sample_words - 1).bit_length()

    @property
    def address_width(self) -> int:
        """Bits of an address, which is of a byte."""
        return (WORD_BYTES - 1).bit_length() + self.index_width + 1

    @property
    def addresses(self) -> dict[str, int]:
        """Of each register, or of the first word."""
        numbers = {
            "id": ID,
            "network": NETWORK,
            "status": STATUS,
            "pop": POP,
            "result": RESULT,
            "sample": 1 << self.index_width,
        }
        return {name: WORD_BYTES * number for name, number in numbers.items()}
