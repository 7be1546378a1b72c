"""Images moved a little at random, so that training sees others in each epoch."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

SHIFT = 11  # bits of a pixel's fraction: so that products of two of them fit 32 bits with a grey
ONE = np.int32(1 << SHIFT)
HALF = np.int32(1 << 2 * SHIFT - 1)
CELL = 7  # pixels from point to point of the grid that distortions move


@dataclass(frozen=True)
class Augmentation:
    """Shifts by up to `shift` pixels in x and in y, turns by up to `rotation` degrees, distortions.

    A distortion moves the points of a grid by up to `distortion` pixels in x and in y, each on its
    own, and what lies between them in proportion (after the elastic distortions of Simard,
    Steinkraus and Platt, ICDAR 2003). All are uniform; shifts are whole pixels unless `fractions`
    are allowed. What comes in at an edge is 0. Images are square, `side` pixels wide.
    """

    side: int
    shift: float
    rotation: float
    fractions: bool = False
    distortion: float = 0.0

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
        margin = math.ceil(0.21 * self.side + self.shift + self.distortion) + 2  # none turns out
        frame = np.zeros((self.side + 2 * margin,) * 2, dtype=np.int32)
        square = images.reshape(n, self.side, self.side)
        moved = np.empty_like(square)
        steps = np.rint(np.stack([np.cos(angles), np.sin(angles)], axis=1) * ONE).astype(np.int32)
        bends = np.zeros((n if self.distortion else 0, 2, *(self.side // CELL + 2,) * 2))
        bends = np.rint(generator.uniform(-self.distortion, self.distortion, bends.shape) * ONE)
        _move(square, shifts.astype(np.int32), steps, bends.astype(np.int32), frame, margin, moved)
        return moved.reshape(images.shape)


@njit(nogil=True, cache=True)
def _move(
    images: NDArray[np.uint8],
    shifts: NDArray[np.int32],
    steps: NDArray[np.int32],
    bends: NDArray[np.int32],
    frame: NDArray[np.int32],
    margin: int,
    moved: NDArray[np.uint8],
) -> None:
    """Each pixel looks up where it came from, (y, x) turned about the centre, in fixed point.

    shifts: (images, 2) in y and in x, in fixed point
    steps: (images, 2) how far it is from there to the next pixel's, along and across
    bends: (images, 2, points, points) in y and in x of a grid's points, or of no images
    frame: room for an image with `margin` pixels of 0 around it
    """
    side = images.shape[1]
    inner, width, cells = slice(margin, margin + side), frame.shape[1], frame.ravel()
    middle = (side - 1 + 2 * margin) * (ONE // 2)
    bend = np.zeros((2, side), dtype=np.int32)
    for i in range(len(images)):
        frame[inner, inner] = images[i]
        c, s = steps[i]
        moved_y = (c * shifts[i, 0] - s * shifts[i, 1]) >> SHIFT
        moved_x = (s * shifts[i, 0] + c * shifts[i, 1]) >> SHIFT
        for y in range(side):
            if len(bends):
                _bend_row(bends[i], y, bend)
            dy2 = 2 * y - (side - 1)  # twice the distance from the centre
            dx2 = -(side - 1)
            from_y = (c * dy2 - s * dx2) // 2 + middle - moved_y
            from_x = (s * dy2 + c * dx2) // 2 + middle - moved_x
            for x in range(side):
                at_y, at_x = from_y - s * x + bend[0, x], from_x + c * x + bend[1, x]
                cell = (at_y >> SHIFT) * width + (at_x >> SHIFT)
                down, right = at_y & (ONE - 1), at_x & (ONE - 1)
                above = (ONE - right) * cells[cell] + right * cells[cell + 1]
                below = (ONE - right) * cells[cell + width] + right * cells[cell + width + 1]
                moved[i, y, x] = ((ONE - down) * above + down * below + HALF) >> (2 * SHIFT)


@njit(nogil=True, cache=True)
def _bend_row(grid: NDArray[np.int32], y: int, bend: NDArray[np.int32]) -> None:
    """Fill bend (2, side) with what a grid (2, points, points) adds in row y, bilinear."""
    above, down = y // CELL, y % CELL
    for axis in range(2):
        for x in range(bend.shape[1]):
            left, right = x // CELL, x % CELL
            first = (CELL - down) * grid[axis, above, left] + down * grid[axis, above + 1, left]
            left += 1
            last = (CELL - down) * grid[axis, above, left] + down * grid[axis, above + 1, left]
            bend[axis, x] = ((CELL - right) * first + right * last) // (CELL * CELL)
