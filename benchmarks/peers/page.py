"""docs/peers.md: what was measured of Connective and its peers so far."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from benchmarks import difflogic, torchlogix
from benchmarks.pages import table
from benchmarks.peers import alkaid, boosting, weightless
from benchmarks.peers.cost import SCRIPT
from benchmarks.peers.design import SIMULATED, Found, Measured, known
from benchmarks.peers.plan import EPOCHS, EXAMPLE, Entry, entries
from benchmarks.peers.published import FIGURES, STUDY
from connective.folder import write_atomic
from connective.shipped import find_shipped

PAGE = Path("docs/peers.md")
OURS = "Connective"
SIX_INPUTS = "mnist-lut6"
HEADER = (
    "method", "accuracy", "Verilog by", "LUT6", "registers", "depth", "cycles",
    "training", "chosen",
)  # fmt: skip
INTRODUCTION = f"""\
# Connective beside its peers

`python -m benchmarks.peers` trains and builds the same task by several methods, and writes this
page. Peers are installed into `build/`. What was measured is in `benchmarks/records/peers.json`,
and is not measured again. Measured on {{processors}}, one thread, beside
other work: seconds are rough, counts are exact.

**What is counted.** Whole designs from feature words to label: encoder, logic, sums and argmax,
whoever wrote which of it. Designs without cycles have no clock. Connective's pipeline also has
registers after each level, the valid/ready streams and the output FIFO; a combinational peer is to
be held beside Connective's *combinational* design. Nothing is placed or routed, and no carry chain
is used.

**By which script.** Yosys's own, `{SCRIPT.format(top="TOP")}`, for all: that of `connective synth`
was chosen on Connective's own cores ([recipes](benchmarks.md#recipes)), and may give a few less, or
more. Depth is in LUTs.

**On which data.** Accuracy is that of integers on the 10,000 test points, as the Verilog has it,
mean and standard deviation where there are several seeds; the design is the first seed's. Each
design but Connective's pipelines ([proved](proof.md) elsewhere) gave its model's labels of the
first {SIMULATED} test samples in Icarus, and after as many cycles as it says. Settings were chosen
on the validation part, or not at all. The words are Connective's: two of 12 bits on Yin-Yang (disc
reading: [data.md](data.md)), 784 of 8 bits on MNIST, of which networks see whether a pixel is at
least a half, unless it says otherwise.
"""
METHODS = f"""\
## How they were trained

**Connective** as it comes: `connective models`, with their own many epochs and their search after
training. The rows that say so have {EPOCHS} epochs and no search, as the peers' networks.

**{boosting.NAME}**, its trees quantised as TreeLUT does (arXiv 2501.01511): a tree's leaves without
their least value, on one scale for all, as whole numbers; the least values make a bias for each
class. What a row says of rounds, depth, words and leaves is given; rate and other bits were chosen
on the validation part, the fewest bits that cost no more than 0.1 points; the seconds are of all
these trainings together. Each comparison stands once in the Verilog, which is ours: TreeLUT itself
is in no registry. Nothing is drawn at random, so there are no seeds.

**{torchlogix.NAME} and {difflogic.NAME}** by their own layers and defaults, Adam at 0.01, batches
of 256, {EPOCHS} epochs, τ a fifth of the square root of the gates that a class sums, no tuning.
Learned connections have 8 candidates. Their networks are brought here by the [import](import.md),
whose answers were those of the peer's own model on the validation part. *Verilog by torchlogix* is
its `Circuit`, simplified by itself. {alkaid.NAME} pipelines what torchlogix traces, one level a
stage. Both write gates and sums; the comparisons before them and the argmax behind, which has no
register, are ours.

**DWN.** torch-dwn cannot be installed without CUDA, and {weightless.NAME} does not train. A network
of Connective with gates of six inputs stands in: 300 gates, three thresholds a pixel, {EPOCHS}
epochs. It is built by Connective and by dwn2rtl, without registers.
"""
PUBLISHED = f"""\
## Published figures

MNIST, as printed elsewhere, and not measured here. Counts are by other tools on other devices, and
of different parts of a design: hold none beside the tables above without its last columns. Read in
[a study of DWN on an FPGA]({STUDY});
*second hand* is what it cites of others, whose own papers we have not checked.

DWN has gates of six inputs, and three thresholds a pixel. Connective's {{ours}}, one threshold a
pixel, as a pipeline with its output FIFO, by Yosys, not placed; three seeds are on
[frontier.md](frontier.md#mnist).
"""


def write_page() -> None:
    write_atomic(PAGE, _page(known()).encode())


def _page(found: dict[str, Found]) -> str:
    processors = " and ".join(sorted({each.ran_on for each in found.values()})) or "Nothing yet"
    parts = [INTRODUCTION.format(processors=processors)]
    for data in EXAMPLE:
        own = [entry for entry in entries() if entry.data == data]
        rows = [row for entry in own for row in _rows(entry, found.get(entry.name))]
        run = {entry.method: found[entry.name] for entry in own if entry.name in found}
        lines = [f"## {data}", "", *table(HEADER, rows)]
        for heading, bullets in (
            ("Without a clock, with the accuracy of the design itself:", [*_verdict(run)]),
            ("One network, built by several, LUT6 + registers:", [*_builders(run)]),
        ):
            lines += ["", heading, "", *bullets] if bullets else []
        parts.append("\n".join([*lines, ""]))
    figures = [
        [
            f.method,
            f"{f.accuracy} %",
            f"{f.luts:,}",
            f.device,
            f.counts,
            f.source if f.first_hand else f"{f.source}, second hand",
        ]
        for f in FIGURES
    ]
    header = ["method", "accuracy", "LUTs", "device", "counted", "source"]
    record = find_shipped(SIX_INPUTS).record
    ours = f"`{SIX_INPUTS}` has {100 * record.accuracy:.2f} % in {record.luts('lut6'):,} LUT6"
    published = PUBLISHED.format(ours=ours)
    return "\n".join([*parts, METHODS, published, *table(header, figures)]) + "\n"


def _rows(entry: Entry, found: Found | None) -> Iterator[list[str]]:
    if found is None:
        yield [entry.method, "*not run*", *["–"] * (len(HEADER) - 2)]
        return
    spread = f" ± {100 * stdev(found.accuracies):.2f}" if len(found.accuracies) > 1 else ""
    seconds = "–" if found.seconds is None else f"{found.seconds:.0f} s"
    start = [entry.method, f"{100 * mean(found.accuracies):.2f}{spread} %"]
    for design in found.designs:
        yield [
            *start,
            design.by,
            f"{design.cost.luts:,}",
            f"{design.cost.registers:,}",
            str(design.cost.depth),
            "–" if design.latency is None else str(design.latency),
            seconds,
            found.chosen,
        ]
        start, seconds = ["", ""], ""


@dataclass(frozen=True)
class Point:
    """The smallest design without a clock of a method, if it is ours by us, and its accuracy."""

    method: str
    is_ours: bool
    accuracy: float
    luts: int
    depth: int

    @classmethod
    def of(cls, method: str, found: Found) -> "Point":
        ours = method.startswith(OURS)
        flat = [each.cost for each in _flat(found) if not ours or each.by.startswith(OURS)]
        best = min(flat, key=lambda cost: cost.luts)
        return cls(method, ours, found.accuracies[0], best.luts, best.depth)

    def __str__(self) -> str:
        return (
            f"{self.method} ({100 * self.accuracy:.2f} %, {self.luts:,} LUT6, depth {self.depth})"
        )


def _verdict(found: dict[str, Found]) -> Iterator[str]:
    """Each peer beside the smallest network of Connective that is as accurate."""
    points = [Point.of(method, each) for method, each in found.items()]
    ours = [point for point in points if point.is_ours]
    for peer in (point for point in points if not point.is_ours):
        as_good = [point for point in ours if point.accuracy >= peer.accuracy]
        if not as_good:
            yield f"- {peer}: **no network of Connective here is as accurate**."
            continue
        best = min(as_good, key=lambda point: point.luts)
        ratio = best.luts / peer.luts
        wins = "**The peer is smaller.**" if ratio > 1 else ""
        yield f"- {peer}: {best} takes {ratio:.2f} of its LUTs. {wins}".rstrip()


def _builders(found: dict[str, Found]) -> Iterator[str]:
    """Of one network, what several make of it."""
    for method, each in found.items():
        pipelines = [design for design in each.designs if design.latency is not None]
        for kind, designs in (("without a clock", _flat(each)), ("as a pipeline", pipelines)):
            if len(designs) > 1:
                yield f"- {method}, {kind}: {', '.join(map(_built, designs))}."


def _flat(found: Found) -> list[Measured]:
    """The designs without a clock."""
    return [design for design in found.designs if design.latency is None]


def _built(design: Measured) -> str:
    return f"{design.cost.luts:,} + {design.cost.registers:,} by {design.by.partition(', ')[0]}"
