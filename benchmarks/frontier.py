"""`python -m benchmarks.frontier`: docs/frontier.md, accuracy against gates and LUT6, all counted.

Networks are trained, and kept in build/runs; what their cores take is kept in
build/benchmarks/frontier.json.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, stdev
from tempfile import TemporaryDirectory

from matplotlib.figure import Figure
from pydantic import TypeAdapter

from benchmarks.accuracy import YIN_YANG_500
from benchmarks.pages import table, write_figure
from benchmarks.rows import machine
from benchmarks.runs import Case, Result, kept, kept_network, path_of, train_missing
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
PARTS = ("encoder", "logic", "popcount", "argmax", "interface")
SIX = (
    "network.inputs=6",
    "network.layers=[1000, 300]",
    "network.candidates=[8, 6]",
    "training.epochs=50",
    "training.tau=1.5",
    "data.shift=1",
    "refinement.sweeps=3",
    "refinement.tau=2",
)
CASES: dict[str, tuple[Case, ...]] = {
    "Yin-Yang": (
        Case("2×100", "yin_yang"),
        Case("2×500", "yin_yang", YIN_YANG_500),
    ),
    "MNIST": (
        Case("1×1000", "mnist"),
        Case("2×1000", "mnist_2x1000"),
        Case("1000 and 300, of 6 inputs", "mnist_2x1000", SIX),
    ),
}

INTRODUCTION = f"""\
# Accuracy against size

`python -m benchmarks.frontier` trains these networks, builds them, and writes this page; stopped,
it goes on. {{processor}}, a run on one thread, beside other work. Accuracy is of the discretised
network, which the hardware repeats bit for bit, on the 10,000 test points: means and standard
deviations over the seeds {SEEDS[0]} to {SEEDS[-1]}. Settings were chosen with other seeds, on the
validation part.

*Gates* are those that are built. *LUT6* are of the whole core, from feature words to label, one
level a stage, by Yosys after synthesis: encoder, logic, popcounts, argmax, and the interface with
its output FIFO. Means over the seeds too. Nothing is placed. A gate of six inputs is one LUT."""


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
    for _ in train_missing([case.config(seed) for seed in SEEDS for case in cases]):
        build_missing(cases)
        write_page()
    build_missing(cases)
    write_page()


def build_missing(cases: Iterable[Case]) -> None:
    """Build and synthesise the core of each network that is trained and has none yet."""
    for config in (case.config(seed) for case in cases for seed in SEEDS):
        if kept(config) and _key(config) not in _known():
            write_atomic(
                KEPT, KNOWN.dump_json({**_known(), _key(config): core_of(config)}, indent=1)
            )


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
    lines = [INTRODUCTION.format(processor=machine()["processor"])]
    for data, cases in CASES.items():
        found = [(case, runs) for case in cases if (runs := _runs(case))]
        lines += ["", f"## {data}", "", *_table(cases, found)]
        if found:
            lines += ["", f"![accuracy against LUT6]({_draw(data, found)})"]
    write_atomic(PAGE, ("\n".join(lines).rstrip() + "\n").encode())


Runs = Sequence[tuple[Result, Core]]


def _runs(case: Case) -> Runs:
    """Results of the seeds that are trained and built."""
    known, configs = _known(), [case.config(seed) for seed in SEEDS]
    return [
        (result, known[_key(config)])
        for config in configs
        if (result := kept(config)) and _key(config) in known
    ]


def _table(cases: Sequence[Case], found: Sequence[tuple[Case, Runs]]) -> list[str]:
    header = ["network", "accuracy", "gates", "LUT6", *PARTS, "registers", "latency", "a run"]
    runs_of = {case.name: runs for case, runs in found}
    rows = []
    for case in cases:
        runs = runs_of.get(case.name)
        if not runs:
            rows.append([case.name, "*not run*", *["–"] * (len(header) - 2)])
            continue
        percent = [100 * result.accuracy["discretized"] for result, _ in runs]
        spread = f" ± {stdev(percent):.2f}" if len(percent) > 1 else ""
        seeds = "" if len(runs) == len(SEEDS) else f" ({len(runs)} of {len(SEEDS)} seeds)"
        cores = [core for _, core in runs]
        rows.append(
            [
                case.name,
                f"**{mean(percent):.2f}{spread} %**{seeds}",
                f"{mean(core.gates for core in cores):,.0f}",
                f"**{mean(core.whole for core in cores):,.0f}**",
                *(f"{mean(core.luts[part] for core in cores):,.0f}" for part in PARTS),
                f"{mean(core.registers for core in cores):,.0f}",
                f"{mean(core.latency for core in cores):.0f}",
                f"{mean(result.seconds for result, _ in runs):.0f} s",
            ]
        )
    return table(header, rows)


def _draw(data: str, found: Sequence[tuple[Case, Runs]]) -> str:
    """The plot's path in docs/; the same bytes for the same figures."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for case, runs in found:
        luts, percent = (
            mean(core.whole for _, core in runs),
            [100 * result.accuracy["discretized"] for result, _ in runs],
        )
        spread = stdev(percent) if len(percent) > 1 else 0
        axes.errorbar(luts, mean(percent), spread, color="C0", marker="o", markersize=4, capsize=3)
        axes.annotate(
            case.name,
            (luts, mean(percent)),
            textcoords="offset points",
            xytext=(5, -10),
            fontsize="x-small",
        )
    axes.set_xscale("log")
    axes.set_xlabel("LUT6, whole core")
    axes.set_ylabel("test accuracy, discretised (%)")
    axes.grid(alpha=0.3, which="both")
    name = PLOT.format(data.casefold().replace(" ", "-"))
    write_figure(figure, PAGE.parent / name)
    return name


if __name__ == "__main__":
    main()
