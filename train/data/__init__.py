"""Data sets as integers, with the encoder that turns them into bits."""

from train.data.dataset import Dataset
from train.data.load import load_dataset

__all__ = ["Dataset", "load_dataset"]
