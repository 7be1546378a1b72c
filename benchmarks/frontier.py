"""`python -m benchmarks.frontier`: docs/frontier.md, accuracy against gates and LUT6, all counted.

Networks are trained, and kept in build/runs; what their cores take is kept in
build/benchmarks/frontier.json.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev
from tempfile import TemporaryDirectory

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pydantic import TypeAdapter

from benchmarks.accuracy import YIN_YANG_500
from benchmarks.pages import table, write_figure
from benchmarks.peers.published import FIGURES
from benchmarks.peers.published import Figure as Printed
from benchmarks.rows import machine
from benchmarks.runs import Case, kept, kept_network, path_of, train_missing
from connective.folder import write_atomic
from connective.record import Record
from connective.simplify import simplify
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.request import Request
from train.config import TrainingConfig

KEPT, PAGE = Path("build/benchmarks/frontier.json"), Path("docs/frontier.md")
PLOT = "images/frontier/{}.svg"
SEEDS = (60, 61, 62)  # no setting was chosen by them
LATER_SEEDS = {  # where settings were changed after test figures of other seeds had been seen
    "1,000 and 600, of 6 inputs": (63, 64, 65),
    "3,000 and 1,500, of 6 inputs": (66, 67, 68),
}
PARTS = ("encoder", "logic", "popcount", "argmax", "interface")
LUT6 = "mnist_lut6"
MOVED = ("data.shift=1", "data.fractions=true")
CASES: dict[str, tuple[Case, ...]] = {
    "Yin-Yang": (
        Case("2×100", "yin_yang"),
        Case("2×500", "yin_yang", YIN_YANG_500),
    ),
    "MNIST": (
        Case("1×1000", "mnist"),
        Case("2×1000", "mnist_2x1000"),
        Case(
            "2,000, 1,000 and 1,000",
            "mnist_2x1000",
            ("network.layers=[2000, 1000, 1000]", "network.candidates=[16, 12, 12]", *MOVED),
        ),
        Case("1×8000", "mnist_1x8000"),
        Case("1,000 and 600, of 6 inputs", LUT6),
        Case(
            "3,000 and 1,500, of 6 inputs",
            LUT6,
            (
                "network.layers=[3000, 1500]",
                "training.epochs=30",
                "training.tau=3.4",
                "data.fractions=false",
                "data.rotation=6",
            ),
        ),
    ),
    "Fashion-MNIST": (
        Case(
            "2×4000",
            "fashion_mnist",
            (
                "network.layers=[4000, 4000]",
                "network.candidates=[16, 12]",
                "training.epochs=25",
                "training.tau=6",
                "data.shift=0.5",
                "data.fractions=true",
                "refinement.sweeps=8",
                "refinement.tau=12",
            ),
        ),
    ),
}

PUBLISHED = {  # by data and network, in percent; 1×8000 by arXiv 2607.09399
    ("Yin-Yang", "2×100"): 96.98,
    ("Yin-Yang", "2×500"): 99.22,
    ("MNIST", "1×1000"): 92.83,
    ("MNIST", "1×8000"): 98.45,
    ("Fashion-MNIST", "2×4000"): 87.16,
}

INTRODUCTION = """\
# Accuracy against size

`python -m benchmarks.frontier` trains these networks, builds them, and writes this page; stopped,
it goes on. {processor}, a run on one thread, beside other work. Accuracy is of the discretised
network, which the hardware repeats bit for bit, on the 10,000 test points: means and standard
deviations over three seeds. Settings were chosen with other seeds, on the validation part; where
the seeds are not {first} to {last}, settings were changed after test figures of an earlier seed had
been seen, and these seeds are fresh ([accuracy.md](accuracy.md#by-size)). *Published* is the figure
of arXiv 2507.06173, for 1×8000 of 2607.09399, for as many gates of two inputs; on Yin-Yang its set
may be another ([data.md](data.md)).

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


class Core(Record):
    """What is built of a network, one level a stage: LUTs of six inputs by part, and registers."""

    gates: int
    luts: dict[str, int]
    registers: int
    latency: int

    @property
    def whole(self) -> int:
        return sum(self.luts.values())


KNOWN: TypeAdapter[dict[str, Core]] = TypeAdapter(dict[str, Core])


def main() -> None:
    """Train and build what is missing, and write the page after each run."""
    cases = [case for own in CASES.values() for case in own]
    write_page()
    of_seeds = zip(*(configs_of(case) for case in cases), strict=True)
    for _ in train_missing([config for configs in of_seeds for config in configs]):
        build_missing(cases)
        write_page()
    build_missing(cases)
    write_page()


def configs_of(case: Case) -> list[TrainingConfig]:
    """The configuration of a case with each of its seeds."""
    return [case.config(seed) for seed in LATER_SEEDS.get(case.name, SEEDS)]


def build_missing(cases: Iterable[Case]) -> None:
    """Build and synthesise the core of each network of the first seed that has none yet."""
    for config in (configs_of(case)[0] for case in cases):
        if kept(config) and _key(config) not in _known():
            known = {**_known(), _key(config): core_of(config)}
            write_atomic(KEPT, KNOWN.dump_json(known, indent=1))


def core_of(config: TrainingConfig) -> Core:
    """The core of a network that is kept, from feature words to label."""
    network = kept_network(config)
    assert network is not None
    simplified = simplify(network)
    with TemporaryDirectory() as name:
        folder = Path(name)
        request = Request(target="lut6")
        design = export(network, folder, request, provenance={}, simplified=simplified)
        result = synthesize(folder, "lut6")
    luts = dict.fromkeys(PARTS, 0)
    for block, cells in result.blocks.items():
        luts[_part(block)] += cells.luts
    return Core(
        gates=simplified.network.n_gates,
        luts=luts,
        registers=result.registers,
        latency=design.latency,
    )


def _part(block: str) -> str:
    """The part that a block of the report belongs to: levels of gates are the logic."""
    if block.startswith("level_"):
        return "logic"
    return {"inputs": "encoder"}.get(block, block)


def _key(config: TrainingConfig) -> str:
    return path_of(config, "json").stem


def _known() -> dict[str, Core]:
    return KNOWN.validate_json(KEPT.read_bytes()) if KEPT.exists() else {}


def write_page() -> None:
    processor = machine()["processor"]
    lines = [INTRODUCTION.format(processor=processor, first=SEEDS[0], last=SEEDS[-1])]
    for data, cases in CASES.items():
        lines += ["", f"## {data}", "", *_table(data, cases)]
        printed = PRINTED if data == "MNIST" else ()
        if found := [entry for case in cases if (entry := _entry(case)) and entry.core]:
            lines += ["", f"![accuracy against LUT6]({_draw(data, found, printed)})"]
        if printed:
            lines += ["", CROSSES]
    write_atomic(PAGE, ("\n".join(lines).rstrip() + "\n").encode())


@dataclass(frozen=True)
class Entry:
    """What is known of a case: accuracy in percent by seed, the seconds of a run, and a core."""

    name: str
    percent: Sequence[float]
    seconds: float
    core: Core | None

    @property
    def spread(self) -> float:
        return stdev(self.percent) if len(self.percent) > 1 else 0.0


def _entry(case: Case) -> Entry | None:
    configs = configs_of(case)
    results = [result for config in configs if (result := kept(config))]
    if not results:
        return None
    percent = [100 * result.accuracy["discretized"] for result in results]
    core = _known().get(_key(configs[0]))
    return Entry(case.name, percent, mean(result.seconds for result in results), core)


def _table(data: str, cases: Sequence[Case]) -> list[str]:
    figures = ["gates", "LUT6", *PARTS, "registers", "latency"]
    rows = []
    for case in cases:
        published = PUBLISHED.get((data, case.name))
        beside = f"{published:.2f} %" if published else "–"
        entry, seeds = _entry(case), LATER_SEEDS.get(case.name, SEEDS)
        if not entry:
            rows.append([case.name, "–", "*not run*", beside, *["–"] * len(figures), "–"])
            continue
        spread = f" ± {entry.spread:.2f}" if len(entry.percent) > 1 else ""
        few = "" if len(entry.percent) > 2 else f" ({len(entry.percent)} of 3 seeds)"
        rows.append(
            [
                case.name,
                f"{seeds[0]} to {seeds[-1]}",
                f"**{mean(entry.percent):.2f}{spread} %**{few}",
                beside,
                *(_figures(entry.core) if entry.core else ["*not built*", *["–"] * 8]),
                f"{entry.seconds:.0f} s",
            ]
        )
    return table(["network", "seeds", "accuracy", "published", *figures, "a run"], rows)


def _figures(core: Core) -> list[str]:
    return [
        f"{core.gates:,}",
        f"**{core.whole:,}**",
        *(f"{core.luts[part]:,}" for part in PARTS),
        f"{core.registers:,}",
        f"{core.latency}",
    ]


def _draw(data: str, found: Sequence[Entry], printed: Sequence[Printed]) -> str:
    """The plot's path in docs/; the same bytes for the same figures."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for entry in found:
        assert entry.core is not None
        at = entry.core.whole, mean(entry.percent)
        axes.errorbar(*at, entry.spread, color="C0", marker="o", markersize=4, capsize=3)
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


if __name__ == "__main__":
    main()
