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


class Loop(Exception):
    """Bits that depend on themselves: through gates, or through registers without end."""


def stated(lemmas: Iterator[Lemma]) -> Iterator[Lemma]:
    """Lemmas, and a last one that says what is missing where the next cannot be stated."""
    try:
        yield from lemmas
    except Gap as gap:
        yield Lemma("the next lemma can be stated", "names of nets", None, str(gap))
    except Loop:
        why = "results depend on registers that depend on themselves"
        yield Lemma("results depend on a number of samples", "registers back in time", None, why)
