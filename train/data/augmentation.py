"""Images moved a little at random, so that training sees others in each epoch."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

SHIFT = 11  # bits of a pixel's fraction: so that products of two of them fit 32 bits with a grey
ONE = np.int32(1 << SHIFT)
HALF = np.int32(1 << 2 * SHIFT - 1)


@dataclass(frozen=True)
class Augmentation:
    """Shifts by up to `shift` pixels in x and in y, and turns by up to `rotation` degrees.

    All are uniform; shifts are whole pixels unless `fractions` are allowed. What comes in at an
    edge is 0. Images are square, `side` pixels wide.
    """

    side: int
    shift: float
    rotation: float
    fractions: bool = False

    def __call__(
        self, images: NDArray[np.uint8], generator: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Each of the images (images, pixels) moved; grey values between pixels are bilinear."""
        n = len(images)
        if self.fractions:
            shifts = np.rint(generator.uniform(-self.shift, self.shift, (n, 2)) * ONE)
        else:
            most = int(self.shift)
            shifts = generator.integers(-most, most, (n, 2), endpoint=True) * ONE
        turn = math.radians(self.rotation)
        angles = generator.uniform(-turn, turn, n) if turn else np.zeros(n)
        margin = math.ceil(0.21 * self.side + self.shift) + 2  # no corner turns out of the frame
        frame = np.zeros((self.side + 2 * margin,) * 2, dtype=np.int32)
        square = images.reshape(n, self.side, self.side)
        moved = np.empty_like(square)
        steps = np.rint(np.stack([np.cos(angles), np.sin(angles)], axis=1) * ONE).astype(np.int32)
        _move(square, shifts.astype(np.int32), steps, frame, margin, moved)
        return moved.reshape(images.shape)


@njit(nogil=True, cache=True)
def _move(
    images: NDArray[np.uint8],
    shifts: NDArray[np.int32],
    steps: NDArray[np.int32],
    frame: NDArray[np.int32],
    margin: int,
    moved: NDArray[np.uint8],
) -> None:
    """Each pixel looks up where it came from, (y, x) turned about the centre, in fixed point.

    shifts: (images, 2) in y and in x, in fixed point
    steps: (images, 2) how far it is from there to the next pixel's, along and across
    frame: room for an image with `margin` pixels of 0 around it
    """
    side = images.shape[1]
    inner, width, cells = slice(margin, margin + side), frame.shape[1], frame.ravel()
    middle = (side - 1 + 2 * margin) * (ONE // 2)
    for i in range(len(images)):
        frame[inner, inner] = images[i]
        c, s = steps[i]
        moved_y = (c * shifts[i, 0] - s * shifts[i, 1]) >> SHIFT
        moved_x = (s * shifts[i, 0] + c * shifts[i, 1]) >> SHIFT
        for y in range(side):
            dy2 = 2 * y - (side - 1)  # twice the distance from the centre
            dx2 = -(side - 1)
            from_y = (c * dy2 - s * dx2) // 2 + middle - moved_y
            from_x = (s * dy2 + c * dx2) // 2 + middle - moved_x
            for x in range(side):
                at_y, at_x = from_y - s * x, from_x + c * x
                cell = (at_y >> SHIFT) * width + (at_x >> SHIFT)
                down, right = at_y & (ONE - 1), at_x & (ONE - 1)
                above = (ONE - right) * cells[cell] + right * cells[cell + 1]
                below = (ONE - right) * cells[cell + width] + right * cells[cell + width + 1]
                moved[i, y, x] = ((ONE - down) * above + down * below + HALF) >> (2 * SHIFT)
