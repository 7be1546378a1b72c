"""docs/frontier.md and its plots, from the runs and cores that are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.frontier.cores import PARTS, Core, key_of, known
from benchmarks.frontier.plan import CASES, PUBLISHED, configs_of, seeds_of
from benchmarks.pages import table, write_figure
from benchmarks.peers.published import FIGURES
from benchmarks.peers.published import Figure as Printed
from benchmarks.runs import Case, Result, kept
from connective.folder import write_atomic

PAGE = Path("docs/frontier.md")
PLOT = "images/frontier/{}.svg"
STAGES = {
    "relaxed_before_annealing": "relaxed, before annealing",
    "discretized_before_refinement": "discretised, not refined",
}

INTRODUCTION = """\
# Accuracy against size

`python -m benchmarks.frontier` trains these networks, builds them, and writes this page; stopped,
it goes on. What each run gave, with its configuration, is in `benchmarks/records`, and what has a
record there is not made again. Trained on {processors}, a run on one thread, beside other work.

Accuracy is of the discretised network, which the hardware repeats bit for bit, on the 10,000 test
points: means and standard deviations over three seeds. Settings were chosen with other seeds, on
the validation part, and no test figure of these seeds had been seen before
([accuracy.md](accuracy.md#by-size)). *Published* is the figure of arXiv 2507.06173, for 1×8000 of
2607.09399, for as many gates of two inputs; for 4,000 gates it is the best that we know to be
published, by whomever. On Yin-Yang the paper's set may be another ([data.md](data.md)).

What is built is the network of the first of these seeds. *Gates* are those that are left after
simplification. *LUT6* are of the whole core, from feature words to label, one level a stage, by
Yosys after synthesis: encoder, logic, popcounts, argmax, and the interface with its output FIFO.
Nothing is placed. A gate of six inputs is one LUT."""


PRINTED = tuple(
    figure
    for figure in FIGURES
    if figure.method.startswith("DWN") and figure.counts.startswith("all")
)
CROSSES = """\
Crosses are whole designs of DWN, of six inputs too, as a study of it prints them, and not measured
here: LUTs of an Artix-7 after place and route, the encoder of three thresholds a pixel included
([peers.md](peers.md#published-figures))."""


def write_page() -> None:
    found = [entry for cases in CASES.values() for case in cases if (entry := _entry(case))]
    processors = {result.ran_on for entry in found for result in entry.results}
    lines = [INTRODUCTION.format(processors=" and ".join(sorted(processors)) or "nothing yet")]
    for data, cases in CASES.items():
        lines += ["", f"## {data}", "", *_accuracies(data, cases), "", *_cores(cases)]
        printed = PRINTED if data == "MNIST" else ()
        if found := [entry for case in cases if (entry := _entry(case)) and entry.core]:
            lines += ["", f"![accuracy against LUT6]({_draw(data, found, printed)})"]
        if printed:
            lines += ["", CROSSES]
    write_atomic(PAGE, ("\n".join(lines).rstrip() + "\n").encode())


@dataclass(frozen=True)
class Entry:
    """What is known of a case: the results of some of its seeds, and a core of the first."""

    name: str
    results: Sequence[Result]
    core: Core | None

    def percent(self, kind: str = "discretized") -> tuple[float, float]:
        """The mean of an accuracy over the seeds, and its spread; without a search all is final."""
        accuracies = [result.accuracy for result in self.results]
        percent = [100 * each.get(kind, each["discretized"]) for each in accuracies]
        return mean(percent), stdev(percent) if len(percent) > 1 else 0.0


def _entry(case: Case) -> Entry | None:
    configs = configs_of(case)
    results = [result for config in configs if (result := kept(config))]
    if not results:
        return None
    return Entry(case.name, results, known().get(key_of(configs[0])))


def _accuracies(data: str, cases: Sequence[Case]) -> list[str]:
    rows = []
    for case in cases:
        published = PUBLISHED.get((data, case.name))
        beside = f"{published:.2f} %" if published else "–"
        entry, seeds = _entry(case), seeds_of(case)
        if not entry:
            rows.append([case.name, "–", "*not run*", beside, "–", "–", "–"])
            continue
        n = len(entry.results)
        rows.append(
            [
                case.name,
                f"{seeds[0]} to {seeds[-1]}",
                f"**{_spread(entry, 'discretized')}**" + ("" if n > 2 else f" ({n} of 3 seeds)"),
                beside,
                *(_spread(entry, kind) for kind in STAGES),
                f"{mean(result.seconds for result in entry.results):.0f} s",
            ]
        )
    return table(["network", "seeds", "accuracy", "published", *STAGES.values(), "a run"], rows)


def _spread(entry: Entry, kind: str) -> str:
    at, spread = entry.percent(kind)
    return f"{at:.2f}" + (f" ± {spread:.2f}" if len(entry.results) > 1 else "") + " %"


def _cores(cases: Sequence[Case]) -> list[str]:
    rows = []
    for entry in (entry for case in cases if (entry := _entry(case)) and entry.core):
        core = entry.core
        assert core is not None
        figures = core.gates, core.whole, *(core.luts[part] for part in PARTS), core.registers
        rows.append([entry.name, *(f"{figure:,}" for figure in figures), f"{core.latency}"])
    return table(["network", "gates", "LUT6", *PARTS, "registers", "latency"], rows)


def _draw(data: str, found: Sequence[Entry], printed: Sequence[Printed]) -> str:
    """The plot's path in docs/; the same bytes for the same figures."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for entry in found:
        assert entry.core is not None
        percent, spread = entry.percent()
        at = entry.core.whole, percent
        axes.errorbar(*at, spread, color="C0", marker="o", markersize=4, capsize=3)
        _label(axes, entry.name, at, "black")
    for its in printed:
        at = its.luts, float(its.accuracy)
        axes.plot(*at, color="grey", marker="x", markersize=5)
        _label(axes, its.method.removesuffix(", the study's own"), at, "grey")
    axes.set_xscale("log")
    axes.set_xlabel("LUT6, whole core")
    axes.set_ylabel("test accuracy, discretised (%)")
    axes.grid(alpha=0.3, which="both")
    name = PLOT.format(data.casefold().replace(" ", "-"))
    write_figure(figure, PAGE.parent / name)
    return name


def _label(axes: Axes, text: str, at: tuple[float, float], color: str) -> None:
    axes.annotate(text, at, (5, -10), textcoords="offset points", fontsize="x-small", color=color)
