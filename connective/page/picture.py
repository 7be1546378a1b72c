"""Small pictures inside a page: PNG by data URI, an octet a pixel, by a palette or in grey."""

import struct
import zlib
from base64 import b64encode

import numpy as np
from numpy.typing import NDArray

GREY, INDEXED = 0, 3  # colour types of PNG


def grey(pixels: NDArray[np.uint8]) -> str:
    """The URI of pixels (rows, columns), 0 black and 255 white."""
    return _uri(pixels, GREY)


def indexed(pixels: NDArray[np.uint8], palette: list[tuple[int, int, int]]) -> str:
    """The URI of pixels (rows, columns) that number the colours of a palette."""
    return _uri(pixels, INDEXED, _chunk(b"PLTE", bytes(octet for rgb in palette for octet in rgb)))


def _uri(pixels: NDArray[np.uint8], colour_type: int, between: bytes = b"") -> str:
    rows, columns = pixels.shape
    header = struct.pack(">IIBBBBB", columns, rows, 8, colour_type, 0, 0, 0)
    filtered = np.zeros((rows, columns + 1), dtype=np.uint8)  # each row begins with filter 0, none
    filtered[:, 1:] = pixels
    content = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + between
        + _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )
    return f"data:image/png;base64,{b64encode(content).decode()}"


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
