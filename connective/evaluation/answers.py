"""Whole networks, block by block of 512 samples, so that nothing large leaves the cache."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
from numba import config
from numpy.typing import NDArray

from connective.evaluation.classifier import Classifier
from connective.evaluation.encode import Comparisons, Words, encode, results, tail_of
from connective.evaluation.gates import Gates, fill, spare_for, widened
from connective.evaluation.kernel import compiled, kernel
from connective.evaluation.sums import classify, scratch
from connective.evaluation.vector import BITS, WORDS, load, store, vectors


def available_threads() -> int:
    """As many as Numba would start.

    Its own function starts them, and so sets the number of OpenMP's threads, which is torch's.
    """
    return int(vars(config)["NUMBA_NUM_THREADS"])


def in_threads(kernel: Callable[..., Any], n_samples: int, *arguments: object) -> list[Any]:
    """What a kernel returns for its blocks of samples, which it takes as two last arguments.

    Each thread gets as many blocks; kernels release the interpreter's lock.
    """
    blocks = -(-n_samples // BITS)
    threads = min(available_threads(), blocks)
    if threads < 2:
        return [kernel(*arguments, 0, blocks)]
    cuts = [blocks * i // threads for i in range(threads + 1)]
    pool = _pool(os.getpid(), threads)
    return list(pool.map(lambda i: kernel(*arguments, cuts[i], cuts[i + 1]), range(threads)))


@cache
def _pool(process: int, threads: int) -> ThreadPoolExecutor:
    """Threads that stay, because to start them takes as long as some thousand samples.

    A process that was forked has none of its parent's.
    """
    return ThreadPoolExecutor(threads, thread_name_prefix="connective")


@kernel
def answer_samples(
    words: Words,
    rows: Comparisons,
    network: Classifier,
    scores: NDArray[np.int64],
    labels: NDArray[np.int64],
    offset: int,
    first: int,
    end: int,
) -> None:
    """Answer blocks of feature words (samples, features) as `classify` does.

    The first of the words is sample `offset` of the answers, a multiple of 512.
    """
    node = vectors(len(rows.place) + len(network.inner.fanin), network.inner.table)
    work = scratch(network)
    result, tail = results(rows), tail_of(words)
    for block in range(first, end):
        encode(words, rows, block, node, result, tail)
        classify(node, network, work, offset // BITS + block, scores, labels)


@kernel
def answer_words(
    packed: NDArray[np.uint64],
    network: Classifier,
    scores: NDArray[np.int64],
    labels: NDArray[np.int64],
    first: int,
    end: int,
) -> None:
    """Answer blocks of bit-sliced inputs (inputs, words) as `classify` does."""
    node = vectors(len(packed) + len(network.inner.fanin), packed)
    work = scratch(network)
    for block in range(first, end):
        _read_inputs(packed, block, node)
        classify(node, network, work, block, scores, labels)


@kernel
def _output_blocks(
    packed: NDArray[np.uint64],
    gates: Gates,
    outputs: NDArray[np.uint32],
    result: NDArray[np.uint64],
    first: int,
    end: int,
) -> None:
    node, spare = vectors(len(packed) + len(gates.fanin), packed), spare_for(packed)
    for block in range(first, end):
        _read_inputs(packed, block, node)
        fill(node, len(packed), node, gates, 0, len(gates.table), spare)
        for o in range(len(outputs)):
            for w in range(min(WORDS, packed.shape[1] - WORDS * block)):
                result[o, WORDS * block + w] = node[WORDS * np.int64(outputs[o]) + w]


@compiled
def _read_inputs(packed: NDArray[np.uint64], block: int, node: NDArray[np.uint64]) -> None:
    """Copy a block's words of each input to `node`."""
    inputs, n_words = packed.shape
    first = WORDS * block
    if n_words - first >= WORDS:
        flat = packed.reshape(inputs * n_words)
        for i in range(inputs):
            store(node, WORDS * i, load(flat, n_words * i + first))
    else:
        for i in range(inputs):
            for w in range(n_words - first):
                node[WORDS * i + w] = packed[i, first + w]


def output_words(
    packed: NDArray[np.uint64],
    fanin: NDArray[np.uint32],
    table: NDArray[np.uint64],
    outputs: NDArray[np.uint32],
) -> NDArray[np.uint64]:
    """Values of the nodes `outputs`, (outputs, words), from bit-sliced inputs (inputs, words)."""
    packed = np.ascontiguousarray(packed)
    result = np.empty((len(outputs), packed.shape[1]), dtype=np.uint64)
    gates = Gates.of(*widened(fanin, table))
    in_threads(_output_blocks, 64 * packed.shape[1], packed, gates, np.array(outputs), result)
    return result
