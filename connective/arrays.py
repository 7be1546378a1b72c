"""Arrays as members of a frozen value: checked, copied and read-only."""

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError


def frozen(name: str, value: object, dtype: type[np.integer], ndim: int) -> NDArray[np.integer]:
    """A read-only copy of an integer array that fits the type, or `InputError`."""
    array = np.asarray(value)
    if array.ndim != ndim or (array.size and array.dtype.kind not in "iu"):
        raise InputError(
            f"{name} must be integers in {ndim} dimension{'s' * (ndim > 1)}, "
            f"not {array.dtype} of shape {array.shape}"
        )
    copy = array.astype(dtype)
    if (copy != array).any() or (array.dtype.kind == "i" and (array < np.iinfo(dtype).min).any()):
        raise InputError(f"{name} must fit in {np.dtype(dtype).name}")
    copy.setflags(write=False)
    return copy
