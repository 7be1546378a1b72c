"""Rows of a benchmark: what was measured, beside what it is compared with."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from rich.table import Table

PACKAGES = ("numpy", "numba", "torch")


@dataclass(frozen=True)
class Row:
    """One figure; `ratio` says how many times better than the baseline, measured in the same run.

    Better is less where the unit is a time, and more where it is a rate ("…/s"). Percentages have
    no ratio. `spread` is the standard deviation of several runs, of which `ours` is the mean.
    """

    case: str
    unit: str
    ours: float
    baseline: float | None = None
    baseline_name: str | None = None
    spread: float | None = None

    @property
    def ratio(self) -> float | None:
        if self.baseline is None or self.unit == "%":
            return None
        more_is_better = self.unit.endswith("/s")
        return self.ours / self.baseline if more_is_better else self.baseline / self.ours


def machine() -> dict[str, str | int]:
    """Processor and the cores that this process may use."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "system": platform.system(),
    }


def versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as JSON with the machine and the versions that gave them."""
    records = [asdict(row) | {"ratio": row.ratio} for row in rows]
    content = {"machine": machine(), "versions": versions(), "rows": records}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def table_of(rows: Sequence[Row], name: str) -> Table:
    table = Table(title=f"{name}, {machine()['processor']}, {machine()['cores']} cores")
    table.add_column("case")
    for column in ("unit", "ours", "baseline", "baseline is", "ratio"):
        table.add_column(column, justify="right")
    for row in rows:
        baseline = "" if row.baseline is None else _figure(row.baseline)
        ratio = "" if row.ratio is None else f"{row.ratio:.1f}×"
        ours = _figure(row.ours) + ("" if row.spread is None else f" ± {row.spread:.2f}")
        table.add_row(row.case, row.unit, ours, baseline, row.baseline_name or "", ratio)
    return table


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
