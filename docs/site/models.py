"""The table of the networks that come with Connective, from their records."""

from connective.shipped import Shipped, shipped

HEADER = (
    *("name", "task", "gates, trained → built", "right, of the test set", "accuracy"),
    *("LUT6", "LUT4", "registers", "latency", "proved"),
)


def table() -> str:
    """All of them, as Markdown."""
    rows = [HEADER, ["---"] * len(HEADER), *map(_row, shipped().values())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(model: Shipped) -> list[str]:
    record = model.record
    (registers,) = {result.registers for result in record.synthesis}
    return [
        f"`{model.name}`",
        record.data,
        f"{record.trained.gates:,} → {record.built.gates:,}",
        f"{record.right:,} of {record.samples:,}",
        f"{100 * record.accuracy:.2f} %",
        f"{record.luts('lut6'):,}",
        f"{record.luts('lut4'):,}",
        f"{registers:,}",
        str(record.latency),
        "yes" if model.proved else "no",
    ]
