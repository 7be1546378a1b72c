"""cocotb, and the shared Python library that a simulator loads to run its benches."""

import importlib.metadata
import importlib.util
import platform
import sys

from connective.errors import ToolError
from connective.tools.process import check_version

REMEDY = "pip install 'connective[simulate]'"
MINIMUM = (2, 1)
AXI = "cocotbext-axi"
AXI_MINIMUM = (0, 1, 26)  # the first that runs with cocotb 2


def version() -> str:
    """cocotb's version; `ToolError` if it or a shared library of this Python is missing."""
    if importlib.util.find_spec("cocotb") is None:
        raise ToolError(f"cocotb is missing: {REMEDY}")
    found = check_version(
        "cocotb", importlib.metadata.version("cocotb"), minimum=MINIMUM, remedy=REMEDY
    )
    library_version()
    return found


def library_version() -> str:
    """The version of this Python as a shared library, which simulators load; `ToolError`."""
    import find_libpython  # comes with cocotb

    if find_libpython.find_libpython() is None:
        package = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
        raise ToolError(
            f"cocotb needs {sys.executable} as a shared library, which is not there: "
            f"apt-get install {package}"
        )
    return platform.python_version()


def check_axi() -> None:
    """`ToolError` if cocotbext-axi, which drives AXI4-Streams and AXI4-Lite, is missing."""
    try:
        found = importlib.metadata.version(AXI)
    except importlib.metadata.PackageNotFoundError:
        raise ToolError(f"{AXI} is missing: {REMEDY}") from None
    check_version(AXI, found, minimum=AXI_MINIMUM, remedy=REMEDY)
