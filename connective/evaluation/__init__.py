"""Bit-sliced evaluation: 512 samples at once on each core, and no compilation for a network."""

from connective.evaluation.answers import answer_samples, answer_words, in_threads, output_words
from connective.evaluation.classifier import Classifier
from connective.evaluation.encode import Comparisons, encode_blocks, narrow
from connective.evaluation.gates import levels
from connective.evaluation.words import ANSWERED_SAMPLES, in_blocks, pack, unpack

__all__ = [
    "ANSWERED_SAMPLES",
    "Classifier",
    "Comparisons",
    "answer_samples",
    "answer_words",
    "encode_blocks",
    "in_blocks",
    "in_threads",
    "levels",
    "narrow",
    "output_words",
    "pack",
    "unpack",
]
