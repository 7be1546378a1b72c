"""A claim that a proof rests on, and what came of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Lemma:
    """`holds` is `None` where nobody knows; `why` says what is wrong or left."""

    claim: str
    method: str
    holds: bool | None = None
    why: str | None = None
    seconds: float = 0.0


@contextmanager
def timed(lemma: Lemma) -> Iterator[Lemma]:
    began = time.perf_counter()
    try:
        yield lemma
    finally:
        lemma.seconds = time.perf_counter() - began


class Gap(Exception):
    """What a lemma lacks, so that it cannot be stated."""
