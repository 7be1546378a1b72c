"""docs/paper.md: the paper's figures beside what has been run so far."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.pages import table
from benchmarks.paper.found import Found, found
from benchmarks.paper.plan import (
    BUDGETS,
    CANDIDATES,
    CELLS,
    DEPTHS,
    DOUBLE,
    FIGURES,
    LARGE,
    NAMES,
    PRINTED,
    PUBLISHED,
    REGIONS,
    SINGLE,
    WIDTHS,
    Budget,
    Cell,
    Data,
    distinct,
    work,
)
from benchmarks.paper.plots import draw_depths, draw_regions
from benchmarks.runs import SEEDS
from connective.folder import write_atomic

PAGE = Path("docs/paper.md")
INTRODUCTION = """\
# The paper, trained anew

`make paper` trains the networks of the figures of Mommen, Keuninckx, Hartmann and Wambacq (arXiv
[2507.06173](https://arxiv.org/abs/2507.06173)) by the paper's own method, and writes this page. It
does not show what Connective reaches: that is on [accuracy.md](accuracy.md).

```sh
make paper                                        # the short budget: hours on two cores
make paper BUDGET=paper                           # the paper's settings: days on two cores
python -m benchmarks.paper --only "MNIST 1x1000"  # some of the networks
```

Each core trains one network on one thread, and a GPU the largest ones. Stopped at any time, the
same command goes on, within a network too. The page is written anew after each run. What each run
gave, with its configuration, is in `benchmarks/records`, and a run that has a record is not made
again: remove those that you doubt, and the same configuration gives the same figures on the same
processor.

Accuracies are of discretised networks on the 10,000 test points, means and standard deviations
over the seeds 0, 1 and 2. A difference is *here* less *paper*, in points.

## Settings

**The paper's.** Gates choose from sixteen functions by a softmax; candidates stay as drawn; Adam
has a rate of 0.01; T_c falls linearly from 1 to 10⁻⁴, and then T_g does. On Yin-Yang, of 24 input
bits and N_c 12 in the first layer, 100 epochs: T_c falls from epoch 60 to 80, T_g to 100. On MNIST
and Fashion-MNIST 240 epochs, T_c from 160 to 200 and T_g to 240; with fixed connections 200.

**Ours,** where the paper prints none, or we do not know it. A batch is 256 samples; τ is a fifth
of the square root of the gates that a class sums; Yin-Yang is the disc reading
([data.md](data.md)); pixels count as 1 above a half, and in Fashion-MNIST above a quarter, a half
and three quarters; the last tenth of the training points is a validation part, and not trained on;
with fixed connections T_g falls in the last fifth; figures 3 and 4 have one to six layers and N_c
8 and 16, as figure 2 has. Yin-Yang of one layer is the same with either.

**The short budget.** The same at the same fractions of fewer epochs: 20 of 100 on Yin-Yang, 24 of
240 and 20 of 200 on the images; one, two, four and six layers, of 16,000 gates at most.
"""
NUMBERS = """\
## The numbers that the paper prints

We know of no printed numbers for the other networks of its figures. For 2×100 we take N_c to be 16.
A star marks the best figure that we know to be published for as many gates: whether it is this
paper's was not checked, and layers and N_c are our choice.
"""
LARGE_RUNS = """\
## Runs for a GPU

These are left to a GPU. Where there is one, each is one command, which goes on when it is given
again:
"""
NOT_RUN, NO_CELL = "*not run*", "–"


def write_page() -> None:
    """Write the page and its pictures from what is kept."""
    write_atomic(PAGE, ("\n\n".join(part.strip("\n") for part in _parts()) + "\n").encode())


def _parts() -> Iterator[str]:
    yield INTRODUCTION
    yield "## What was run"
    yield from _progress()
    yield NUMBERS
    yield _compared(PUBLISHED)
    yield from _regions()
    for number, data in enumerate(FIGURES, 2):
        yield f"## Figure {number}: {NAMES[data]}"
        for budget in BUDGETS.values():
            yield from _by_depth(data, budget)
    yield "## Section III-D: all connections"
    yield _compared({cell: PUBLISHED[cell] for cell in (SINGLE, DOUBLE)})
    yield LARGE_RUNS
    commands = [
        f'python -m benchmarks.paper --budget paper --only "{cell.name.replace("×", "x")}"'
        for cell in LARGE
    ]
    yield "\n".join(["```sh", *commands, "```"])


def _progress() -> Iterator[str]:
    """How many runs, on what, how long, and what is missing."""
    rows = []
    for budget in BUDGETS.values():
        for data, name in NAMES.items():
            cells = distinct((c for c in CELLS if c.data == data and c not in LARGE), budget)
            runs = [run for cell in cells if (result := found(cell, budget)) for run in result.runs]
            seconds = [run.seconds for run in runs]
            rows.append(
                [
                    budget.title,
                    name,
                    f"{len(runs)} of {len(cells) * len(SEEDS)}",
                    f"{min(seconds):.0f} to {max(seconds):.0f} s" if seconds else NO_CELL,
                    f"{sum(seconds) / 3600:.1f} h" if seconds else NO_CELL,
                    ", ".join(sorted({run.ran_on for run in runs})) or NO_CELL,
                    _to_go(cells, budget),
                ]
            )
    yield "\n".join(table(["budget", "data set", "runs", "a run", "all", "on", "to go"], rows))
    yield (
        "Times are wall time of one thread, beside whatever else the machine did. What is to go is "
        "estimated from the runs on the same data, by the size of the networks. The runs for a "
        "GPU, below, are not counted."
    )


def _to_go(cells: Sequence[Cell], budget: Budget) -> str:
    """Hours of one thread for the missing runs, at the rate of those with the same data."""
    missing = {cell: len(SEEDS) - n for cell in cells if (n := _count(cell, budget)) < len(SEEDS)}
    if not missing:
        return "nothing"
    seconds = operations = 0.0
    for other in BUDGETS.values():
        for cell in cells:
            if result := found(cell, other):
                seconds += result.seconds * len(result.runs)
                operations += work(cell, other) * len(result.runs)
    text = f"{sum(missing.values())} runs"
    if not operations:
        return text
    left = sum(work(cell, budget) * runs for cell, runs in missing.items())
    return f"{text}, about {left * seconds / operations / 3600:.0f} h"


def _count(cell: Cell, budget: Budget) -> int:
    result = found(cell, budget)
    return len(result.runs) if result else 0


def _compared(cells: Mapping[Cell, float]) -> str:
    """A row a cell: the published percentage, and for each budget ours and the difference."""
    header = ["network", "paper"]
    for budget in BUDGETS.values():
        header += [f"here, {budget.title}", "difference", "a run"]
    rows = []
    for cell, percent in cells.items():
        star = "" if cell in PRINTED else " *"
        row = [cell.name, f"{percent:.2f} %{star}"]
        for budget in BUDGETS.values():
            result = found(cell, budget)
            row.append(_shown(cell, budget))
            if result:
                row += [f"{result.percent - percent:+.2f}", f"{result.seconds:.0f} s"]
            else:
                row += [NO_CELL, NO_CELL]
        rows.append(row)
    return "\n".join(table(header, rows))


def _regions() -> Iterator[str]:
    yield "## Figure 1: decision regions"
    for budget in BUDGETS.values():
        path = draw_regions(budget)
        if path is None:
            yield f"{REGIONS.name}, {budget.title}: {NOT_RUN}."
            continue
        yield (
            f"{REGIONS.name}, {budget.title}, seed {SEEDS[0]}: the class of each place, and test "
            "points that are wrong. All points lie in the disc."
        )
        yield f"![decision regions](images/paper/{path.name})"


def _by_depth(data: Data, budget: Budget) -> Iterator[str]:
    """The curves of a data set, and their figures."""
    path = draw_depths(data, budget)
    if path is None:
        yield f"{budget.title.capitalize()}: {NOT_RUN}."
        return
    yield f"{budget.title.capitalize()}:"
    yield f"![test accuracy by depth](images/paper/{path.name})"
    kinds = (1, *CANDIDATES)
    rows = []
    for width in WIDTHS[data]:
        for depth in DEPTHS:
            cells = [Cell(data, depth, width, kind) for kind in kinds]
            if cells[0] in budget:
                rows.append([f"{depth}×{width}", *(_shown(cell, budget) for cell in cells)])
    header = ["layers × gates", "fixed", *(f"N_c {n}" for n in CANDIDATES)]
    yield "\n".join(table(header, rows))
    yield from _order(data, budget)


def _order(data: Data, budget: Budget) -> Iterator[str]:
    """In how many networks learned connections are ahead of fixed ones."""
    for candidates in CANDIDATES:
        pairs = [
            (learned.percent, fixed.percent)
            for width in WIDTHS[data]
            for depth in DEPTHS
            if (learned := _complete(Cell(data, depth, width, candidates), budget))
            and (fixed := _complete(Cell(data, depth, width, 1), budget))
        ]
        if pairs:
            gains = [learned - fixed for learned, fixed in pairs]
            yield (
                f"N_c {candidates} is ahead of fixed connections in "
                f"{sum(gain > 0 for gain in gains)} of {len(pairs)} networks of which all seeds "
                f"were run, by {min(gains):+.2f} to {max(gains):+.2f} points in the mean."
            )


def _complete(cell: Cell, budget: Budget) -> Found | None:
    return found(cell, budget) if _count(cell, budget) == len(SEEDS) else None


def _shown(cell: Cell, budget: Budget) -> str:
    result = found(cell, budget)
    if result:
        return result.text
    return NOT_RUN if cell in budget else NO_CELL
