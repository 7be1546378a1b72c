"""What a peer's model was made with, which its file may not say."""

from dataclasses import dataclass, fields
from typing import Literal

from connective.errors import InputError


@dataclass(frozen=True)
class Hyperparameters:
    """None where nobody says.

    Members
    -------
    inputs: input bits; without it, up to the last that is read
    classes: groups of the last layer's gates; 0 without a group sum, whose gates are the outputs
    tau, beta: of the group sum, (count + beta) / tau; without them 1 and 0
    parametrization: what torchlogix weights mean where their shape leaves two readings
    """

    inputs: int | None = None
    classes: int | None = None
    tau: float | None = None
    beta: float | None = None
    parametrization: Literal["warp", "light"] | None = None

    def joined(self, other: "Hyperparameters", source: str) -> "Hyperparameters":
        """With what `source` says as well; `InputError` where it contradicts."""
        values = []
        for name in (field.name for field in fields(self)):
            given, found = getattr(self, name), getattr(other, name)
            if None not in (given, found) and given != found:
                raise InputError(f"{source} says {name} {found}, not {given}: leave --{name} out")
            values.append(found if given is None else given)
        return Hyperparameters(*values)
