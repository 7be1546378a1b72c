"""The passes in their order, and what they did."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from connective.certificate import Certificate, Keep
from connective.errors import InputError
from connective.network import MAX_FANIN, Network
from connective.simplify.fold import fold
from connective.simplify.prune import prune
from connective.simplify.step import FATES, Step, unchanged
from connective.simplify.sums import make_positive, merge_sums
from connective.simplify.sweep import Progress, merge_equal
from connective.simplify.widen import widen

Pass = tuple[str, Callable[[Network], Step]]


@dataclass(frozen=True, eq=False)
class Simplified:
    """A simplified network, why it answers as before, and what each pass removed.

    Members
    -------
    network: what is left
    certificate: from the network before all passes to this one; see `connective.certificate.check`
    passes: name and step of each pass, in order
    fates: how many gates of the network before ended in which way; the ways are `FATES`
    """

    network: Network
    certificate: Certificate
    passes: tuple[tuple[str, Step], ...]
    fates: dict[str, int]


def simplify(
    network: Network,
    *,
    keep: Keep = "label",
    sat: bool = True,
    lut_inputs: int | None = None,
    progress: Progress = lambda done, of: None,
) -> Simplified:
    """A network with the same answers and no gate, input bit or summand that it does not need.

    With `keep="scores"`, or head `scores`, scores are the same for every sample. With "label" the
    label is, and scores may differ by an amount that all classes share. `sat` also merges nodes
    that only a SAT solver knows to be equal; `progress` is told how many pairs it has decided.
    `lut_inputs` merges gates into such of up to so many inputs. Raises `InputError` where that is
    not 2 to 6.
    """
    if lut_inputs is not None and not 2 <= lut_inputs <= MAX_FANIN:
        raise InputError(f"lut_inputs must be 2 to {MAX_FANIN}, not {lut_inputs}")
    keep = "scores" if network.head == "scores" else keep
    passes: list[Pass] = [
        ("fold", fold),
        ("sums", lambda network: merge_sums(network, keep)),
        ("prune", prune),
    ]
    if sat:
        passes += [("sat", lambda network: merge_equal(network, progress)), *passes[1:]]
    if lut_inputs is not None:
        widened: Pass = ("widen", lambda network: widen(network, lut_inputs))
        passes += [widened, *passes[:3]]
    passes.append(("invert", make_positive))
    total, steps = unchanged(network), []
    for name, run in passes:
        try:
            step = run(total.after)
        except InputError:  # weights at the limit of what a network may hold would grow past it
            step = unchanged(total.after)
        steps.append((name, step))
        total = total.then(step)
    fate = np.bincount(total.fate[network.n_inputs :], minlength=len(FATES)).tolist()
    return Simplified(
        network=total.after,
        certificate=Certificate(
            network.sha256, total.after.sha256, keep, total.equal, total.origin
        ),
        passes=tuple(steps),
        fates=dict(zip(FATES, fate, strict=True)),
    )
