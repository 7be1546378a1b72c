"""`connective convert`: a network from one format to another, models of peers included."""

from pathlib import Path
from typing import Any, Literal

import click
from rich.console import Group

from connective import conversion
from connective.bitblast import bitblast as as_gates
from connective.cli.terminal import AS_JSON, FILE, Example, emit, pairs
from connective.encoder import Encoder
from connective.formats.metadata import EncoderRecord
from connective.formats.source import naming, read_source
from connective.json_record import parse_record
from connective.peers import Hyperparameters


@click.command(
    cls=Example, epilog="connective convert model.safetensors network.npz --classes 10 --tau 6"
)
@click.argument("source", type=FILE, metavar="IN")
@click.argument("target", type=FILE, metavar="OUT")
@click.option("--encoder", type=FILE, help="JSON of how feature words become the input bits.")
@click.option("--classes", type=click.IntRange(min=0), help="Of the group sum; 0: there is none.")
@click.option("--tau", type=float, help="Of the group sum; 1 if not said.")
@click.option("--beta", type=float, help="Of the group sum; 0 if not said.")
@click.option("--inputs", type=click.IntRange(min=1), help="Input bits, if some are not read.")
@click.option(
    "--parametrization", type=click.Choice(["warp", "light"]), help="Of torchlogix, if not raw."
)
@click.option("--bitblast", is_flag=True, help="Make gates of encoder, sums and argmax as well.")
@AS_JSON
def convert(
    source: Path,
    target: Path,
    encoder: Path | None,
    classes: int | None,
    tau: float | None,
    beta: float | None,
    inputs: int | None,
    parametrization: Literal["warp", "light"] | None,
    bitblast: bool,
    as_json: bool,
) -> None:
    """Write the network of IN as OUT; the suffixes name the formats.

    \b
    IN and OUT   .npz .json .blif .aig .aag
    OUT alone    .c .dot
    IN alone     torchlogix: .json of a Circuit, or a state_dict (.npz .safetensors .pt)
                 difflogic: .npz as docs/import.md has it saved
                 DWN: a state_dict, or a checkpoint of dwn2rtl

    Options up to --parametrization, --encoder aside, say what a state_dict does not say of its
    model. With --bitblast, what is written has the bits of the feature words as inputs and those
    of the label as outputs (with head scores, of the scores), lowest bit first.
    """
    write = conversion.writer(target)
    model = Hyperparameters(inputs, classes, tau, beta, parametrization)
    network, provenance = conversion.read(
        source, model, _read_encoder(encoder) if encoder else None
    )
    if bitblast:
        origin = {"sha256": network.sha256}
        network = as_gates(network, scores=network.head == "scores")
        provenance = {**provenance, "bitblasted_from": origin}
    write(target, network, provenance)
    result = {
        "network": str(target),
        "sha256": network.sha256,
        "features": len(network.encoder.features),
        "inputs": network.n_inputs,
        "gates": network.n_gates,
        "levels": network.depth,
        "head": network.head,
        "outputs": len(network.outputs),
        "classes": network.n_classes,
        "tau": network.tau,
        "provenance": provenance,
    }
    emit(as_json, result, _table(result))


def _read_encoder(path: Path) -> Encoder:
    record = parse_record(path, read_source(path), EncoderRecord, of="encoder")
    with naming(path):
        return record.encoder()


def _table(result: dict[str, Any]) -> Group:
    rows = [
        (name, str(result[name]))
        for name in ("features", "inputs", "gates", "levels", "outputs", "classes")
    ]
    origin = result["provenance"].get("imported")
    if origin:
        rows.insert(0, ("from", f"{origin['file']}, {origin['format']}"))
    if result["tau"]:
        rows.append(("score of the model", f"score / {result['tau']:g}"))
    return pairs(f"Network {result['sha256'][:12]} in {result['network']}", rows)
