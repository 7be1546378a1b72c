"""Kernels that are compiled once, and again when any of them has changed."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import njit

ROOM = Path(__file__).parent
config: Any = numba.config

Function = Callable[..., Any]

compiled: Callable[[Function], Function] = njit
"""Compile a function that kernels call."""

inlined: Callable[[Function], Function] = njit(forceinline=True)
"""The same of one that is called for each gate, where a call would cost more than the gate."""


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOM.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


CACHE = Path(config.CACHE_DIR or ROOM / "__pycache__") / _digest()


def kernel(function: Function) -> Function:
    """Compile a function that the interpreter calls, without the interpreter's lock, and keep it.

    Numba's own cache looks for changes in the function's file only, and would keep what the
    function has inlined from another; so the folder is named after all of them.
    """
    before, config.CACHE_DIR = config.CACHE_DIR, str(CACHE)
    try:
        kept: Function = njit(nogil=True, cache=True)(function)
    finally:
        config.CACHE_DIR = before
    return kept
