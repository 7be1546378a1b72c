"""`python -m benchmarks.chips`: docs/chips.md, what trained networks take on each target, and Fmax.

Each result is kept in build/benchmarks/chips.json once it is known, and is not made again.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter
from rich.progress import track

from benchmarks.pages import table
from benchmarks.rows import machine
from benchmarks.simplification import trained
from benchmarks.targets import LIBRARIES, columns
from connective.cli.cells import figures, path_text
from connective.design import Target
from connective.devices import DEVICES
from connective.errors import ToolError
from connective.folder import write_atomic
from connective.implementation import Block, PlacementResult, SynthesisResult
from connective.simplify import simplify
from connective.technology import TECHNOLOGIES
from hwgen.emit import export
from hwgen.flows.place import place
from hwgen.flows.synth import synthesize
from hwgen.request import Request

CASES = {
    "yin_yang 2×100": "Yin-Yang 2×100",
    "mnist 1×1000": "MNIST 1×1000",
    "fashion_mnist 2×2000": "Fashion-MNIST 2×2000",
}
PLACED = ("hx8k", "up5k", "lfe5u-25f", "gw1nr-9c", "gw2a-18c")
SEEDS = 3
KEPT, PAGE = Path("build/benchmarks/chips.json"), Path("docs/chips.md")
SUMS: dict[str, Target] = {"lut6": "lut6", "xilinx7": "lut6", "asic": "asic"}
"""For which family sums are built, of all other targets `lut4`."""

Kept = SynthesisResult | PlacementResult | str
KNOWN: TypeAdapter[dict[str, Kept]] = TypeAdapter(dict[str, Kept])


def main() -> None:
    """Make what is not known yet, and write the page after each result."""
    wanted = [(case, *column) for case in CASES for column in columns()]
    for case, column, target, library in track(wanted, description="targets"):
        devices = [name for name in PLACED if DEVICES[name].target == target]
        keys = [f"{case}/{each}" for each in (column, *devices)]
        if all(key in _known() for key in keys):
            continue
        with TemporaryDirectory() as name:
            folder = Path(name, "design")
            folder.mkdir()
            network = trained(case)
            request = Request(target=SUMS.get(target, "lut4"))
            export(network, folder, request, provenance={}, simplified=simplify(network))
            _, dont_use = LIBRARIES.get(column, ("", ()))
            _keep(keys[0], synthesize(folder, target, liberty=library, dont_use=dont_use))
            for device, key in zip(devices, keys[1:], strict=True):
                if key not in _known():
                    _keep(key, _placement(folder, target, device))


def _placement(folder: Path, target: str, device: str) -> Kept:
    """The result, or nextpnr's error where it fails."""
    try:
        return place(folder, target, device=device, seeds=SEEDS)
    except ToolError as error:
        lines = str(error).partition("; its log is ")[0].split(" / ")
        return next((line for line in lines if "ERROR" in line), lines[-1])


def _keep(key: str, found: Kept) -> None:
    write_atomic(KEPT, KNOWN.dump_json({**_known(), key: found}, indent=1))
    write_atomic(PAGE, _page(_known()).encode())


def _known() -> dict[str, Kept]:
    return KNOWN.validate_json(KEPT.read_bytes()) if KEPT.exists() else {}


def _page(known: dict[str, Kept]) -> str:
    lines = [
        "# What networks take on chips",
        "",
        "`python -m benchmarks.chips` writes this page: networks as the examples gave them "
        "when they were measured, simplified, one level a stage, whole cores.",
        f"{machine()['processor']}. What `connective synth` counts is *after synthesis*, what "
        "`--pnr` gives is",
        "*after place and route*: [synthesis.md](synthesis.md). No figure is an estimate, and none "
        "was measured on a chip.",
    ]
    for case, title in CASES.items():
        own = {key.split("/")[1]: found for key, found in known.items() if key.startswith(case)}
        lines += ["", f"## {title}", "", *_synthesized(own), "", *_placed(own)]
    return "\n".join(lines) + "\n"


def _synthesized(own: dict[str, Kept]) -> list[str]:
    """Cells by block: LUTs and registers, or the area of a library's cells."""
    found = {name: own.get(name) for name in (*TECHNOLOGIES, *LIBRARIES)}
    results = {name: r for name, r in found.items() if isinstance(r, SynthesisResult)}
    if not results:
        return ["After synthesis: *not run*."]
    blocks = list(dict.fromkeys(block for r in results.values() for block in r.blocks))
    rows = []
    for block in blocks:
        parts = [r.blocks.get(block) for r in results.values()]
        rows.append([block, *(_cell(part) for part in parts)])
    rows.append(["**whole**", *(_cell(r) for r in results.values())])
    rows.append(["depth", *(str(r.depth) for r in results.values())])
    rows.append(["longest path", *(path_text(r.path) for r in results.values())])
    return [
        "After synthesis, LUTs + registers and what else there is, or µm² (gate equivalents):",
        "",
        *table(["block", *results], rows),
    ]


def _cell(part: Block | None) -> str:
    if part is None:
        return "–"
    if part.area_um2 is not None:
        counts = figures(part, ())
        return f"{counts['µm²']} ({counts['GE']})"
    others = "".join(f" + {count} {kind}" for kind, count in part.others.items() if count)
    return f"{part.luts:,} + {part.registers:,}{others}"


def _placed(own: dict[str, Kept]) -> list[str]:
    rows = []
    for name in PLACED:
        device, found = DEVICES[name], own.get(name, "*not run*")
        if isinstance(found, PlacementResult):
            best = max(found.runs, key=lambda run: run.fmax_mhz)
            places = ", ".join(
                f"{n.used - n.harness:,} of {n.available:,} {kind}"
                for kind, n in found.places.items()
            )
            clock = [f"**{found.median_mhz:.0f}**", f"{found.best_mhz:.0f}"]
            seconds = f"{sum(run.seconds for run in found.runs) / len(found.runs):.0f}"
            rows.append([device.title, places, *clock, path_text(best.path), seconds])
        elif isinstance(found, str):
            rows.append([device.title, found, "–", "–", "–", "–"])
    header = [
        "device",
        "places",
        "MHz, median",
        "best",
        "slowest path of the best: cells (logic + wires)",
        "s a seed",
    ]
    return [
        f"After place and route, the harness left out, {SEEDS} seeds; seconds are wall time beside "
        "other work:",
        "",
        *table(header, rows),
    ]


if __name__ == "__main__":
    main()
