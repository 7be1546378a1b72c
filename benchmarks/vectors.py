"""Stuck-at faults that show in the label at the samples that a core comes with."""

import time

from benchmarks.rows import Row
from benchmarks.simplification import CASES, trained
from connective.simplify import simplify
from hwgen.handover.samples import bench_samples


def measure() -> list[Row]:
    """Rows for each trained network, on the faults of what is built of it."""
    rows = []
    for case in CASES:
        network = trained(case)
        built = simplify(network).network
        bench_samples(network, built)  # loads the kernels
        began = time.perf_counter()
        found = bench_samples(network, built)
        seconds = time.perf_counter() - began
        rows.append(Row(f"{case}: stuck-at faults", "", found.faults))
        rows.append(Row(f"{case}: seen", "", found.seen))
        rows.append(Row(f"{case}: seen without further samples", "", found.before))
        rows.append(Row(f"{case}: samples", "", len(found.samples)))
        rows.append(Row(f"{case}: all samples of a core", "s", seconds))
    return rows
