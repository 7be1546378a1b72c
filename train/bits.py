"""Encoded points, kept as bytes on a device and turned into columns of floats batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from connective.encoder import Encoder
from connective.evaluation import in_blocks


@dataclass(frozen=True, eq=False)
class BitSet:
    """bits: (points, rows) bytes of 0 and 1; labels: (points,)."""

    bits: Tensor
    labels: Tensor

    @classmethod
    def encode(
        cls,
        encoder: Encoder,
        samples: NDArray[np.integer],
        labels: NDArray[np.int64],
        device: torch.device,
    ) -> Self:
        bits = in_blocks(lambda block: encoder.encode(block).T, samples, encoder.n_rows, np.bool_)
        return cls(
            torch.from_numpy(bits.view(np.uint8)).to(device), torch.from_numpy(labels).to(device)
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: Tensor | slice) -> Self:
        return self.__class__(self.bits[index], self.labels[index])

    def batches(self, size: int) -> Iterator[Self]:
        """Batches in the points' order; the last may be short."""
        for start in range(0, len(self), size):
            yield self[start : start + size]

    def columns(self) -> Tensor:
        """The points as a layer takes them, (rows, points) floats."""
        return self.bits.T.float().contiguous()
