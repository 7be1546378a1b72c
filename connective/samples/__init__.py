"""Samples for a network, read block by block so that they need not fit into memory."""

from connective.samples.arrays import samples_of
from connective.samples.block import Block, Samples
from connective.samples.open import open_samples
from connective.samples.write import write_samples

__all__ = ["Block", "Samples", "open_samples", "samples_of", "write_samples"]
