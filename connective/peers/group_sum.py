"""The group sums of peers, (count + beta) / tau with rational numbers, as integers."""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, isfinite, lcm

import numpy as np
from numpy.typing import ArrayLike, NDArray

from connective.encoder import raw
from connective.errors import InputError
from connective.network import MAX_SCORE, Network

MAX_BITS = 4096  # of a common denominator: no score holds more, and it is quickly found


def integer_sums(
    tau: Sequence[float], beta: Sequence[float]
) -> tuple[list[int], list[int], Fraction]:
    """Weights, biases and tau of the smallest integers that give the same scores.

    A peer's score (count + beta_c) / tau_c is (weight_c · count + bias_c) / tau. Its numbers mean
    the decimals that are written. Integers that no score can hold raise `InputError`: none is
    rounded.
    """
    for value in tau:
        if not 1e-9 <= value <= 1e9:
            raise InputError(f"tau of a group sum must be 1e-9 to 1e9, not {value}")
    for value in beta:
        if not isfinite(value):
            raise InputError(f"beta of a group sum must be a number, not {value}")
    slope = [1 / _decimal(t) for t in tau]
    offset = [_decimal(b) * s for b, s in zip(beta, slope, strict=True)]
    numerator, denominator = 0, 1
    for ratio in {*slope, *offset}:
        numerator = gcd(numerator, ratio.numerator)
        denominator = lcm(denominator, ratio.denominator)
        if denominator.bit_length() > MAX_BITS:
            break
    common = Fraction(denominator, numerator)
    if max(map(abs, (*slope, *offset))) * common > MAX_SCORE:
        raise InputError(
            f"group sums with tau {_shown(tau)} and beta {_shown(beta)} need integers above "
            f"{MAX_SCORE}: save the model with round numbers, or with beta 0"
        )
    return [int(s * common) for s in slope], [int(b * common) for b in offset], common


def grouped(
    n_inputs: int,
    gates: tuple[NDArray[np.uint32], NDArray[np.uint64]],
    outputs: ArrayLike,
    *,
    sizes: Sequence[int],
    tau: Sequence[float],
    beta: Sequence[float],
) -> Network:
    """A network of canonical gates whose class c sums the next `sizes[c]` outputs.

    Each input bit is a feature. Without classes the outputs are its bits.
    """
    outputs = np.asarray(outputs, dtype=np.int64)
    groups = np.cumsum([0, *sizes])
    if not len(sizes):
        ones, none = np.ones_like(outputs), np.empty(0, dtype=np.int64)
        return Network(raw(n_inputs), *gates, outputs, ones, groups, none, head="bits")
    weights, bias, common = integer_sums(tau, beta)
    return Network(
        raw(n_inputs),
        *gates,
        outputs,
        weights=np.repeat(weights, sizes),
        groups=groups,
        bias=np.array(bias),
        tau=float(common),
    )


def _decimal(value: float) -> Fraction:
    return Fraction(repr(float(value)))


def _shown(values: Sequence[float]) -> str:
    distinct = list(dict.fromkeys(values))
    return ", ".join(map(str, distinct[:3])) + ", …" * (len(distinct) > 3)
