"""`connective simplify`: a smaller network with the same answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group
from rich.progress import Progress
from rich.table import Table

from connective.certificate import Keep, check
from connective.certificate_file import write_certificate
from connective.cli.terminal import AS_JSON, FILE, Example, emit
from connective.errors import ToolError
from connective.network import MAX_FANIN, Network
from connective.network_file import read_network, write_network
from connective.simplify import Simplified, simplify
from connective.simplify.sweep import Progress as Report


@click.command(
    cls=Example, name="simplify", epilog="connective simplify run/network.npz --out smaller.npz"
)
@click.argument("network", type=FILE)
@click.option("--out", type=FILE, required=True, help="Network to write.")
@click.option(
    "--keep",
    type=click.Choice(["label", "scores"]),
    default="label",
    show_default=True,
    help="With label, scores may differ by what all classes share.",
)
@click.option(
    "--sat/--no-sat",
    default=True,
    show_default=True,
    help="Merge nodes that only a SAT solver knows to be equal.",
)
@click.option(
    "--lut-inputs",
    type=click.IntRange(2, MAX_FANIN),
    help="Merge gates into tables of up to so many inputs.",
)
@click.option("--certificate", type=FILE, help="Write why the two networks answer alike.")
@AS_JSON
def simplify_verb(
    network: Path,
    out: Path,
    keep: Keep,
    sat: bool,
    lut_inputs: int | None,
    certificate: Path | None,
    as_json: bool,
) -> None:
    """Write NETWORK without gates, input bits and summands that its answers do not need.

    The result is certified: a checker apart from the simplifier decides every claim by SAT.
    """
    loaded, provenance = read_network(network)
    with effort("Simplifying", as_json) as progress:
        result = certified(loaded, keep, sat=sat, lut_inputs=lut_inputs, progress=progress)
    origin = {"sha256": loaded.sha256, "keep": result.certificate.keep}
    write_network(out, result.network, {**provenance, "simplified_from": origin})
    if certificate is not None:
        write_certificate(certificate, result.certificate)
    content = {
        "network": str(out),
        "sha256": result.network.sha256,
        "keep": result.certificate.keep,
        "before": sizes(loaded),
        "after": sizes(result.network),
        "passes": [{"pass": name, **sizes(step.after)} for name, step in result.passes],
        "gates": result.fates,
    }
    emit(as_json, content, _table(content))


def certified(
    network: Network,
    keep: Keep,
    *,
    sat: bool,
    progress: Report,
    lut_inputs: int | None = None,
) -> Simplified:
    """The simplified network, its certificate checked; `ToolError` where that is not possible."""
    result = simplify(network, keep=keep, sat=sat, lut_inputs=lut_inputs, progress=progress)
    if finding := check(result.certificate, network, result.network):
        raise ToolError(
            f"the simplified network is not certified: {finding}; simplify with --no-sat, "
            "or export with --no-simplify"
        )
    return result


def sizes(network: Network) -> dict[str, int]:
    return {
        "gates": network.n_gates,
        "levels": network.depth,
        "inputs": network.n_inputs,
        "summands": len(network.outputs),
    }


@contextmanager
def effort(text: str, silent: bool) -> Iterator[Report]:
    """A progress bar of the pairs that the solver decides, on a terminal."""
    console = Console(stderr=True)
    hidden = silent or not console.is_terminal
    with Progress(console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _table(content: dict[str, Any]) -> Group:
    table = Table()
    table.add_column("pass")
    for name in content["before"]:
        table.add_column(name, justify="right")
    table.add_row("before", *map(str, content["before"].values()))
    for step in content["passes"]:
        table.add_row(*map(str, step.values()))
    fates = ", ".join(f"{n} {fate}" for fate, n in content["gates"].items() if n)
    kept = "labels" if content["keep"] == "label" else "scores"
    return Group(
        f"Network {content['sha256'][:12]} in {content['network']}",
        table,
        f"Gates: {fates}",
        f"Certified: the same {kept} for every sample",
    )
