"""Cell libraries of open processes, from the folder `liberty` in what CONNECTIVE_DATA names."""

import gzip
import os
from pathlib import Path

from connective.errors import InputError

VARIABLE = "CONNECTIVE_DATA"


def liberty(name: str) -> bytes:
    """The text of the library NAME.lib.gz, such as `sky130_fd_sc_hd__tt_025C_1v80`."""
    path = Path(os.environ.get(VARIABLE, ""), "liberty", f"{name}.lib.gz")
    if VARIABLE not in os.environ or not path.exists():
        raise InputError(
            f"liberty/{name}.lib.gz is not in the folder that {VARIABLE} names: compress the file "
            "of the process's own distribution and put it there"
        )
    return gzip.decompress(path.read_bytes())
