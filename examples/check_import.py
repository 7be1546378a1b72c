"""Holds an imported network, and its Verilog in simulation, against the model's own answers.

    connective convert model.npz network.npz --classes 10 --tau 6
    connective export network.npz --out design --scores
    python examples/check_import.py design answers.npz

answers.npz has `samples`, integers (samples, features), and `answers`: the model's scores, floats
(samples, classes), or its output bits (samples, outputs).
"""

import sys
from pathlib import Path

import click
import numpy as np

from connective.cli.terminal import FILE, FOLDER
from connective.errors import InputError, ToolError
from connective.network_file import read_network
from sim.runner import SIMULATORS, simulate


@click.command()
@click.argument("design", type=FOLDER)
@click.argument("answers", type=FILE)
@click.option("--simulator", type=click.Choice(list(SIMULATORS)), default="verilator")
def main(design: Path, answers: Path, simulator: str) -> None:
    """Exit status 1 if one sample of ANSWERS has another answer in the network or in DESIGN."""
    with np.load(answers) as file:
        samples, theirs = file["samples"], file["answers"]
    network, _ = read_network(design / "network.npz")
    if network.head == "bits":
        ours = network.output_bits(samples)
    else:
        ours = (network.scores(samples) / (network.tau or 1)).astype(theirs.dtype)
    differ = int((ours != theirs).any(axis=1).sum())
    click.echo(f"network: {len(samples)} samples, {differ} differ from the model")
    result = simulate(design, samples, simulator=simulator, data=answers.name, seed=0)
    click.echo(f"Verilog: {result.samples} samples, {result.mismatches} differ from the network")
    sys.exit(differ > 0 or not result.passed)


try:
    main()
except (InputError, ToolError) as error:
    sys.exit(str(error))
