"""Where words lie in packets, as docs/hardware.md tells users, and not as the generator does it."""

from collections.abc import Iterable, Sequence

BYTE = 8


def bytes_of(width: int) -> int:
    """The fewest whole bytes that hold so many bits."""
    return -(-width // BYTE)


def places(widths: Iterable[int], beat_bits: int) -> list[int]:
    """The place of the lowest bit of each word of a sample, counted from the first beat's."""
    found, end = [], 0
    for width in widths:
        needed = width if width == 1 else BYTE * bytes_of(width)
        start = end if width == 1 else BYTE * bytes_of(end)
        if start // beat_bits != (start + needed - 1) // beat_bits:
            start = (start // beat_bits + 1) * beat_bits
        found.append(start)
        end = start + needed
    return found


def data_bytes(widths: Sequence[int], beat_bits: int) -> int:
    """A number with a bit for each byte of a packet, 1 where it holds a part of a word."""
    found = 0
    for width, start in zip(widths, places(widths, beat_bits), strict=True):
        first = start // BYTE
        last = (start + (width if width == 1 else BYTE * bytes_of(width)) - 1) // BYTE
        found |= (1 << last + 1) - (1 << first)
    return found
