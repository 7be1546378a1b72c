"""What pages of docs/ that a benchmark writes are made of: tables and pictures."""

import io
from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from connective.folder import write_atomic


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure as SVG or PNG, the same bytes for the same figure."""
    FigureCanvasAgg(figure)  # no window system
    content = io.BytesIO()
    suffix = path.suffix.removeprefix(".")
    metadata = {"Date": None} if suffix == "svg" else {"Software": None}
    with rc_context({"svg.hashsalt": path.name}):
        figure.savefig(content, format=suffix, metadata=metadata)
    write_atomic(path, content.getvalue())
