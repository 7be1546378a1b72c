"""`connective prove`: the Verilog is the network, for every sample."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console, Group
from rich.table import Table

from connective.cli.terminal import AS_JSON, FOLDER, Example, emit, working
from connective.design import read_design
from connective.results import LemmaRecord, ProofResult, write_result

if TYPE_CHECKING:
    from sim.proof.lemma import Lemma

MARK = {True: "holds", False: "does not hold", None: "not known"}


@click.command(cls=Example, epilog="connective prove design")
@click.argument("design", type=FOLDER)
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=3600,
    show_default=True,
    help="Seconds for each lemma.",
)
@AS_JSON
def prove(design: Path, timeout: int, as_json: bool) -> None:
    """Prove that the Verilog of DESIGN answers as its network: for all samples, at all times.

    Exit status 1 if it does not, or if that is not known.
    """
    from sim.proof.prove import prove as run

    loaded = read_design(design)
    console = Console(stderr=True)

    def shown(lemma: "Lemma") -> None:
        if console.is_terminal and not as_json:
            console.print(f"  {lemma.claim}: {MARK[lemma.holds]}, {lemma.seconds:.1f} s")

    with working("Proving", as_json):
        result = run(design, timeout=timeout, shown=shown)
    write_result(design, loaded, result)
    emit(as_json, result.model_dump(mode="json"), _table(result))
    if result.outcome != "proved":
        sys.exit(1)


def _table(result: ProofResult) -> Group:
    """The lemmas, and what came of them."""
    table = Table("claim", "method", "", "seconds")
    for lemma in result.lemmas:
        table.add_row(lemma.claim, lemma.method, _state(lemma), f"{lemma.seconds:.1f}")
    lines = [f"{result.outcome}, in {result.seconds:.1f} s"]
    if result.counterexample:
        lines += result.counterexample.observed
        lines += [f"{result.counterexample.bench} shows it"]
    return Group(table, *lines)


def _state(lemma: LemmaRecord) -> str:
    return MARK[lemma.holds] + (f": {lemma.why}" if lemma.why else "")
