"""cocotb, and the shared Python library that a simulator loads to run its benches."""

import importlib.metadata
import importlib.util
import sys

from connective.errors import ToolError
from connective.tools.process import check_version

REMEDY = "pip install 'connective[simulate]'"
MINIMUM = (2, 1)


def version() -> str:
    """cocotb's version; `ToolError` if it or a shared library of this Python is missing."""
    if importlib.util.find_spec("cocotb") is None:
        raise ToolError(f"cocotb is missing: {REMEDY}")
    found = check_version(
        "cocotb", importlib.metadata.version("cocotb"), minimum=MINIMUM, remedy=REMEDY
    )
    import find_libpython  # comes with cocotb

    if find_libpython.find_libpython() is None:
        package = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
        raise ToolError(
            f"cocotb needs {sys.executable} as a shared library, which is not there: "
            f"apt-get install {package}"
        )
    return found
