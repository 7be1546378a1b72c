"""The command line: the one place where the rooms meet. A verb's room is imported when called."""

import errno
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from connective import __version__, show
from connective.design import read_design
from connective.errors import InputError, ToolError
from connective.folder import check_replaceable, replace_folder, write_atomic
from connective.network import Network
from connective.network_file import read_network
from connective.report import gather
from connective.results import write_result

if TYPE_CHECKING:
    from train.data import Dataset

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
EXTRAS = {
    "torch": "train",
    "matplotlib": "train",
    "pooch": "train",
    "tomli_w": "train",
    "amaranth": "hardware",
    "pyosys": "hardware",
    "cocotb": "simulate",
}


class Example(click.Command):
    """A command whose help ends with its example."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.epilog:
            with formatter.section("Example"):
                formatter.write_text(self.epilog)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="connective")
def cli() -> None:
    """Learn a logic gate network, turn it into Verilog, and check that the two agree.

    Exit status: 0 done, 1 a claim did not hold, 2 bad input or a tool that is missing or failed.
    """


@cli.command(cls=Example, epilog="connective train examples/yin_yang.toml --out run --set seed=1")
@click.argument("config", type=FILE)
@click.option("--out", type=FOLDER, default="run", show_default=True, help="Folder to write.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
@AS_JSON
def train(config: Path, out: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Train CONFIG (TOML) and write network.npz, config.toml, metrics.jsonl and curves.png."""
    from train.config_file import load_config
    from train.loop import train as run

    settings = load_config(config, overrides)
    with replace_folder(out) as folder:
        try:
            result = run(settings, folder, show_progress=not as_json)
        except InputError as error:  # what the configuration says does not fit its data
            raise InputError(f"{config}: {error}") from None
    _, provenance = read_network(out / "network.npz")
    content = {"network": str(out / "network.npz"), "seconds": result.seconds, **provenance}
    emit(as_json, content, show.training(content))


@cli.command(cls=Example, epilog="connective evaluate run/network.npz")
@click.argument("network", type=FILE)
@AS_JSON
def evaluate(network: Path, as_json: bool) -> None:
    """Test the discretised NETWORK on the test set of the data that it was trained on."""
    loaded, provenance = read_network(network)
    dataset = dataset_of(provenance, network)
    loaded.predict(dataset.test_samples[:64])  # compiles the kernels, or loads them
    start = time.perf_counter()
    predicted = loaded.predict(dataset.test_samples)
    seconds = time.perf_counter() - start
    confusion = np.zeros((loaded.n_classes, loaded.n_classes), dtype=np.int64)
    np.add.at(confusion, (dataset.test_labels, predicted), 1)
    result = {
        "data": f"{dataset.description}, test set",
        "samples": len(predicted),
        "accuracy": float((predicted == dataset.test_labels).mean()),
        "confusion": confusion.tolist(),
        "samples_per_second": len(predicted) / seconds,
    }
    emit(as_json, result, show.evaluation(result, dataset.class_names))


@cli.command(cls=Example, epilog="connective inspect run/network.npz")
@click.argument("network", type=FILE)
@AS_JSON
def inspect(network: Path, as_json: bool) -> None:
    """Show the sizes of NETWORK: inputs, gates by level and truth table, classes."""
    loaded, _ = read_network(network)
    level = loaded.level[loaded.n_inputs :]
    values, counts = np.unique(loaded.table, return_counts=True)
    result = {
        "sha256": loaded.sha256,
        "features": len(loaded.encoder.features),
        "payload_width": loaded.encoder.payload_width,
        "inputs": loaded.n_inputs,
        "inputs_read": len(np.unique(loaded.fanin[loaded.fanin < loaded.n_inputs])),
        "gates": loaded.n_gates,
        "fanin": loaded.k,
        "levels": loaded.depth,
        "gates_by_level": np.bincount(level, minlength=loaded.depth + 1)[1:].tolist(),
        "tables": {str(t): int(n) for t, n in zip(values, counts, strict=True)},
        "classes": loaded.n_classes,
        "outputs_by_class": np.diff(loaded.groups).tolist(),
        "head": loaded.head,
    }
    emit(as_json, result, show.inspection(result))


@cli.command(cls=Example, epilog="connective export run/network.npz --out design")
@click.argument("network", type=FILE)
@click.option("--out", type=FOLDER, default="design", show_default=True, help="Folder to write.")
@click.option(
    "--levels-per-stage",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Levels of gates, adders or comparisons between registers; 0: one stage for all.",
)
@click.option("--scores", is_flag=True, help="Give the score of each class beside the label.")
@click.option("--top", default="accelerator", show_default=True, help="Name of the top module.")
@AS_JSON
def export(
    network: Path, out: Path, levels_per_stage: int, scores: bool, top: str, as_json: bool
) -> None:
    """Turn NETWORK into pipelined Verilog with streams, described by design.json."""
    from hwgen.emit import export as run

    loaded, provenance = read_network(network)
    check_replaceable(out)
    with working("Generating Verilog", as_json), replace_folder(out) as folder:
        design = run(
            loaded,
            folder,
            levels_per_stage=levels_per_stage,
            scores=scores,
            top=top,
            provenance=provenance,
        )
    emit(as_json, design.model_dump(mode="json"), show.design(design, out))


@cli.command(cls=Example, epilog="connective simulate design --simulator icarus --samples 1000")
@click.argument("design", type=FOLDER)
@click.option(
    "--simulator",
    type=click.Choice(["icarus", "verilator"]),
    default="verilator",
    show_default=True,
)
@click.option(
    "--samples", type=click.IntRange(min=1), help="How many; all of the test set if not said."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random stalls.")
@AS_JSON
def simulate(design: Path, simulator: str, samples: int | None, seed: int, as_json: bool) -> None:
    """Run DESIGN in a simulator on the test set and compare every output with the network."""
    from sim.runner import simulate as run

    loaded = read_design(design)
    network, provenance = read_network(design / loaded.network.file)
    words, data = stimulus(network, provenance, samples, design)
    with working(f"Simulating {len(words)} samples on {simulator}", as_json):
        result = run(design, words, simulator=simulator, data=data, seed=seed)
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), show.simulation(result))
    if not result.passed:
        sys.exit(1)


@cli.command(cls=Example, epilog="connective synth design --target lut6")
@click.argument("design", type=FOLDER)
@click.option("--target", type=click.Choice(["lut4", "lut6"]), default="lut6", show_default=True)
@AS_JSON
def synth(design: Path, target: str, as_json: bool) -> None:
    """Synthesise DESIGN with Yosys and count its cells by block."""
    from hwgen.flows.synth import synthesize as run

    loaded = read_design(design)
    with working(f"Synthesising to {target}", as_json):
        result = run(design, target)
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), show.synthesis([result]))


@cli.command(cls=Example, epilog="connective report design --out report.json")
@click.argument("design", type=FOLDER)
@click.option("--out", type=FILE, help="Write the report as JSON.")
@AS_JSON
def report(design: Path, out: Path | None, as_json: bool) -> None:
    """Gather what was measured of DESIGN, and name what is missing or stale; run nothing."""
    gathered = gather(design)
    content = gathered.model_dump(mode="json")
    if out is not None:
        write_atomic(out, (json.dumps(content, indent=1) + "\n").encode())
    emit(as_json, content, show.report(gathered))
    if not gathered.passed:
        sys.exit(1)


def dataset_of(provenance: dict[str, Any], source: Path) -> "Dataset":
    """The data set that a network's provenance names."""
    from train.config_file import parse_config
    from train.data import load_dataset

    if "config" not in provenance:
        raise InputError(f"{source}: its provenance names no data: train it with connective train")
    return load_dataset(parse_config(provenance["config"], str(source)))


def stimulus(
    network: Network, provenance: dict[str, Any], samples: int | None, source: Path
) -> tuple[NDArray[np.integer], str]:
    """Words (samples, features) for a simulation and what they are."""
    if "config" in provenance:
        dataset = dataset_of(provenance, source)
        return dataset.test_samples[:samples], f"{dataset.description}, test set"
    low = [feature.low for feature in network.encoder.features]
    high = [feature.high + 1 for feature in network.encoder.features]
    shape = (samples or 1000, len(low))
    return np.random.default_rng(0).integers(low, high, shape), "random words, seed 0"


def emit(as_json: bool, content: dict[str, Any], *renderables: Any) -> None:
    if as_json:
        click.echo(json.dumps(content, indent=1))
    else:
        Console().print(*renderables)


@contextmanager
def working(text: str, silent: bool) -> Iterator[None]:
    """A sign of life on the terminal while an external program runs."""
    console = Console(stderr=True)
    if silent or not console.is_terminal:
        yield
        return
    with console.status(f"{text} …"):
        yield


def main() -> None:
    """Run the command line; every foreseen failure is one sentence and its exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        sys.exit(cli.main(prog_name="connective", standalone_mode=False))
    except (KeyboardInterrupt, click.Abort):
        click.echo("connective: interrupted; nothing was written", err=True)
        os._exit(130)  # all is cleaned up, and a thread that still computes must not delay the end
    except _Terminated:
        os._exit(143)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (InputError, ToolError) as error:
        fail(str(error), 2)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        fail(f"{error.name} is not installed: pip install 'connective[{extra}]'", 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        place = error.filename or "the output"
        fail(f"{place}: {error.strerror}: free some space or name another folder", 2)


class _Terminated(BaseException):
    """SIGTERM as an exception, so that child processes and half-written folders are removed."""


def _terminate(number: int, frame: object) -> NoReturn:
    raise _Terminated


def fail(sentence: str, status: int) -> NoReturn:
    click.echo(f"connective: {sentence}", err=True)
    sys.exit(status)
