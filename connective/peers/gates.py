"""The gate numbers of difflogic, which torchlogix keeps."""

import numpy as np
from numpy.typing import NDArray


def gate_tables(number: NDArray[np.integer], n: int = 2) -> NDArray[np.bool_]:
    """Outputs (gates, 2^n) by gate number, a gate's first input the high bit of the column.

    The number lists the outputs from its high bit down: 1 is AND, 3 the first input, 5 the second.
    Column j of `Layer.fanin` is bit j of the column, so the inputs go there in reverse order.
    """
    shift = np.arange(2**n - 1, -1, -1)
    return (number[:, None] >> shift & 1).astype(bool)
