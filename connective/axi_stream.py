"""What a user decides about an AXI4-Stream interface."""

from dataclasses import dataclass

from connective.errors import InputError

MAX_TDATA_WIDTH = 65536  # IEEE 1364 lets a tool refuse wider vectors
MAX_TAG_WIDTH = 1024


@dataclass(frozen=True)
class AxiStream:
    """Widths in bits of TDATA of a sample's beats and of the tag that goes with a sample.

    Otherwise `InputError`: TDATA has whole bytes, and a tag width of 0 means no tag.
    """

    tdata_width: int = 32
    tag_width: int = 0

    def __post_init__(self) -> None:
        if self.tdata_width % 8 or not 8 <= self.tdata_width <= MAX_TDATA_WIDTH:
            raise InputError(
                f"TDATA width must be a multiple of 8 from 8 to {MAX_TDATA_WIDTH}, "
                f"not {self.tdata_width}"
            )
        check_tag_width(self.tag_width)


def check_tag_width(width: int) -> None:
    """Raise `InputError` for one that no stream has."""
    if not 0 <= width <= MAX_TAG_WIDTH:
        raise InputError(f"tag width must be 0 to {MAX_TAG_WIDTH}, not {width}")
