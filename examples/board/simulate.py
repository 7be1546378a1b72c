"""Simulates the board with a core on Icarus: `python simulate.py CORE`, and it ends well or not.

CORE is a folder of `connective export`; what Icarus and cocotb write goes to build/ in the working
folder. With a second argument, the Verilog of the whole board is that file, as made of a bitstream.
"""

import re
import sys
from pathlib import Path

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

HERE = Path(__file__).resolve().parent
SILENCE = 1500  # cycles: an eighth of a millisecond, so that there is less to simulate


def main(core, whole=None):
    header = (core / "sw" / "accelerator.h").read_text()
    size = int(re.search(r"PAYLOAD_BYTES (\d+)", header)[1])
    sources = [whole] if whole else [*HERE.glob("*.v"), *(core / "rtl").glob("*.v")]
    runner = get_runner("icarus")
    runner.build(
        sources=sources,
        hdl_toplevel="board",
        parameters={} if whole else {"BYTES": size, "SILENCE": SILENCE},
        timescale=("1ns", "1ps"),
        build_dir="build",
        always=True,
    )
    results = runner.test(
        test_module="uart_bench",
        seed=1,
        hdl_toplevel="board",
        build_dir="build",
        extra_env={
            "PYTHONPATH": str(HERE),
            "BOARD_VECTORS": str(core / "tb" / "vectors.txt"),
            "BOARD_BYTES": str(size),
            "BOARD_SILENCE": str(SILENCE),
        },
    )
    tests, failed = get_results(results)
    if failed or not tests:
        sys.exit(f"{failed} of {tests} tests failed: see {results}")


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
