"""`connective prove`: the Verilog is the network, for every sample."""

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console, Group
from rich.table import Table

from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, working
from connective.design import read_design
from connective.errors import InputError
from connective.folder import write_atomic
from connective.network_file import read_network
from connective.results import LemmaRecord, ProofResult, write_result
from connective.technology import TECHNOLOGIES

if TYPE_CHECKING:
    from sim.proof.lemma import Lemma
    from sim.proof.outcome import Shown

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MARK = {True: "holds", False: "does not hold", None: "not known"}


@click.command(
    cls=Example,
    epilog="connective prove design; connective prove --network run/network.npz --verilog mine.v "
    "--top mine --latency 3 --input pixels --output digit --out proof",
)
@click.argument("design", type=FOLDER, required=False)
@click.option(
    "--netlist",
    type=click.Choice(list(TECHNOLOGIES)),
    help="Prove what connective synth made of DESIGN, beside its Verilog.",
)
@click.option("--verilog", type=FILE, multiple=True, help="A file of other Verilog; repeatable.")
@click.option("--network", type=FILE, help="What the other Verilog is held against.")
@click.option("--top", help="Its module.")
@click.option("--latency", type=click.IntRange(0), help="Its cycles from sample to result.")
@click.option("--input", "inputs", multiple=True, help="A port of words; repeatable, lowest first.")
@click.option("--output", help="Its port of the label, or of the output bits.")
@click.option("--out", type=FOLDER, help="Where the result of other Verilog goes.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=3600,
    show_default=True,
    help="Seconds for each lemma.",
)
@AS_JSON
def prove(
    design: Path | None, netlist: str | None, timeout: int, as_json: bool, **other: Any
) -> None:
    """Prove that the Verilog of DESIGN answers as its network: for all samples, at all times.

    Or prove it of other Verilog: of gates, registers and + between ports without handshake. Exit
    status 1 if it does not, or if that is not known.
    """
    with working("Proving", as_json):
        if design is None:
            result = _prove_other(_Other(**other), timeout, _shown(as_json))
        elif named := [name for name, value in other.items() if value]:
            raise InputError(f"DESIGN and --{named[0].removesuffix('s')} exclude one another")
        else:
            result = _prove_design(design, netlist, timeout, _shown(as_json))
    emit(as_json, result.model_dump(mode="json"), _table(result))
    if result.outcome != "proved":
        sys.exit(1)


def _prove_design(design: Path, netlist: str | None, timeout: int, shown: "Shown") -> ProofResult:
    from sim.proof.prove import prove as prove_verilog
    from sim.proof.prove import prove_netlist

    loaded = read_design(design)
    if netlist:
        result = prove_netlist(design, netlist, timeout=timeout)
    else:
        result = prove_verilog(design, timeout=timeout, shown=shown)
    write_result(design, loaded, result)
    return result


@dataclass(frozen=True)
class _Other:
    """The options that say what other Verilog is proved."""

    verilog: tuple[Path, ...]
    network: Path | None
    top: str | None
    latency: int | None
    inputs: tuple[str, ...]
    output: str | None
    out: Path | None


def _prove_other(other: _Other, timeout: int, shown: "Shown") -> ProofResult:
    from sim.proof.foreign import ForeignCore

    for name, value in vars(other).items():
        if value is None or value == ():
            raise InputError(
                f"--{name.removesuffix('s')} is missing: name a DESIGN, or say all of other Verilog"
            )
    assert other.network and other.top and other.output and other.out
    if not IDENTIFIER.fullmatch(other.top):
        raise InputError(
            f"--top must be a Verilog identifier such as accelerator, not {other.top!r}"
        )
    for file in other.verilog:
        if not file.is_file():
            raise InputError(f"{file} does not exist")
    network, _ = read_network(other.network)
    core = ForeignCore(
        [file.absolute() for file in other.verilog],
        other.top,
        other.inputs,
        other.output,
        other.latency or 0,
    )
    result = core.prove(network, other.out.absolute(), timeout=timeout, shown=shown)
    certificate = {
        "network_sha256": network.sha256,
        "verilog_sha256": {
            str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in other.verilog
        },
        "top": other.top,
        "latency": other.latency,
        "inputs": other.inputs,
        "output": other.output,
        "result": result.model_dump(mode="json"),
    }
    write_atomic(other.out / "prove.json", (json.dumps(certificate, indent=1) + "\n").encode())
    return result


def _shown(as_json: bool) -> "Shown":
    """Shows lemmas as they are decided, where somebody looks."""
    console = Console(stderr=True)

    def shown(lemma: "Lemma") -> None:
        if console.is_terminal and not as_json:
            console.print(f"  {lemma.claim}: {MARK[lemma.holds]}, {lemma.seconds:.1f} s")

    return shown


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
