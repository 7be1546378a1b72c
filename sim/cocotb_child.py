"""Runs in a process of its own: builds a design with cocotb's runner and runs the bench on it."""

import json
import sys
from pathlib import Path
from typing import Any

from cocotb_tools.runner import VerilatorControlFile, get_runner


def main(job_file: str) -> None:
    job = json.loads(Path(job_file).read_text())
    try:
        build_and_test(job)
    except RuntimeError as error:  # the lines before it say more than a traceback
        sys.exit(str(error))


def build_and_test(job: dict[str, Any]) -> None:
    runner = get_runner(job["simulator"])
    runner.build(
        sources=[*map(VerilatorControlFile, job["control_files"]), *job["sources"]],
        hdl_toplevel=job["top"],
        build_args=job["build_args"],
        build_dir=job["build"],
        timescale=("1ns", "1ps"),
        waves=job["waves"],
    )
    runner.test(
        test_module=job["bench"],
        hdl_toplevel=job["top"],
        build_dir=job["build"],
        results_xml=job["results"],
        seed=job["seed"],
        waves=job["waves"],
    )


if __name__ == "__main__":
    main(sys.argv[1])
