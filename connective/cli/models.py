"""`connective models`: trained networks that come with Connective."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Group
from rich.table import Table

from connective.cli.terminal import AS_JSON, FOLDER, Example, cycles, emit, pairs, percent
from connective.errors import InputError
from connective.folder import replace_folder
from connective.implementation import SynthesisResult
from connective.shipped import FILES, NETWORK, Shipped, Sizes, find_shipped, shipped


@click.command(
    cls=Example,
    epilog="connective models; connective models mnist-1x1000 --out mnist; "
    "connective export mnist/network.npz --out design",
)
@click.argument("name", required=False)
@click.option(
    "--out", type=FOLDER, help="Write the network, its configuration, its figures and its proof."
)
@AS_JSON
def models(name: str | None, out: Path | None, as_json: bool) -> None:
    """List the trained networks that come with Connective, or show the one with NAME.

    Accuracy is that of the discretised network on its test set. LUTs are of the whole core, from
    feature words to label, after synthesis.
    """
    if name is None:
        if out is not None:
            raise InputError("--out writes one model: name it, as connective models NAME --out OUT")
        every = list(shipped().values())
        emit(as_json, {"models": [each.summary() for each in every]}, _table(every))
        return
    found = find_shipped(name)
    if out is not None:
        with replace_folder(out) as folder:
            for file in FILES:
                shutil.copyfile(found.folder / file, folder / file)
    written = f"Network written to {out / NETWORK}" if out else "--out FOLDER writes it"
    emit(as_json, found.summary(), _details(found), written)


def _table(every: Sequence[Shipped]) -> Table:
    table = Table()
    table.add_column("name", no_wrap=True)  # to be copied
    table.add_column("task")
    for column in ("gates", "accuracy", "LUT6", "proved"):
        table.add_column(column, justify="right")
    for model in every:
        record = model.record
        table.add_row(
            model.name,
            record.data,
            f"{record.trained.gates:,}",
            percent(record.accuracy),
            f"{record.luts('lut6'):,}",
            "yes" if model.proved else "no",
        )
    return table


def _details(model: Shipped) -> Group:
    record = model.record
    right = f"{record.right:,} of {record.samples:,} test samples"
    rows = [
        ("data", f"{record.data}: {record.about}"),
        ("trained by", record.command),
        ("accuracy", f"{percent(record.accuracy)}: {right}"),
        ("as trained", _sizes(record.trained)),
        ("as built", _sizes(record.built)),
        ("latency", cycles(record.latency)),
        *((f"{result.target}, whole core", _cost(result)) for result in record.synthesis),
        ("for every sample, at all times", "proved" if model.proved else "not proved"),
        ("network", record.network_sha256[:12]),
        ("Verilog", f"{record.verilog_sha256[:12]}, by {record.generator}"),
    ]
    return pairs(model.name, rows)


def _sizes(sizes: Sizes) -> str:
    return f"{sizes.gates:,} gates in {sizes.levels} levels, {sizes.inputs:,} input bits"


def _cost(result: SynthesisResult) -> str:
    blocks = ", ".join(f"{name} {block.luts:,}" for name, block in result.blocks.items())
    return f"{result.luts:,} LUTs ({blocks}) and {result.registers:,} registers"
