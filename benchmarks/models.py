"""`python -m benchmarks.models NAME RUN`: a network that was trained becomes one that is shipped.

All that its record in connective/models/NAME says is measured. Without RUN that network is measured
anew, and without NAME all of them: needed where the Verilog that is generated has changed.
"""

import re
from pathlib import Path

import click
import numpy as np

from connective import Network
from connective.cli.data import dataset_of
from connective.cli.simplify import certified
from connective.cli.terminal import FOLDER
from connective.errors import InputError, ToolError
from connective.folder import RESULTS, temporary_folder, write_atomic
from connective.network_file import read_network
from connective.results import write_result
from connective.shipped import CONFIG, MODELS, NETWORK, PROOF, RECORD, ModelRecord, Sizes, shipped
from hwgen.emit import export
from hwgen.flows.synth import synthesize
from hwgen.request import Request
from sim.proof.prove import prove
from train.config_file import config_toml, parse_config

COMMAND = f"connective train {CONFIG} --out run"
MOST_BYTES = 1 << 20
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TARGETS = ("lut6", "lut4")


@click.command(help=__doc__)
@click.argument("name", required=False)
@click.argument("run", type=FOLDER, required=False)
def main(name: str | None, run: Path | None) -> None:
    if name is not None and not NAME.fullmatch(name):
        raise InputError(f"NAME is lower-case words and numbers with hyphens, not {name!r}")
    for each in [name] if name else shipped():
        write_model(each, run or MODELS / each)
        click.echo(MODELS / each)


def write_model(name: str, run: Path) -> None:
    """Write the entry of a name from the network in the folder of a run.

    Raises `InputError` for data that is not what it was trained on, and for more than 1 MiB, and
    `ToolError` where the core is not proved; then what was there stays.
    """
    network, provenance = read_network(run / NETWORK)
    dataset = dataset_of(provenance, run / NETWORK)
    config = parse_config(provenance["config"], str(run / NETWORK))
    right = network.predict(dataset.test_samples) == dataset.test_labels
    simplified = certified(network, "label", sat=True, progress=lambda done, of: None)
    with temporary_folder() as folder:
        design = export(network, folder, Request(), provenance=provenance, simplified=simplified)
        proof = prove(folder)
        if proof.outcome != "proved":
            raise ToolError(f"{name}: its core is not proved: {proof.outcome}")
        write_result(folder, design, proof)
        certificate = (folder / RESULTS / PROOF).read_bytes()
        synthesis = [synthesize(folder, target) for target in TARGETS]
    record = ModelRecord(
        network_sha256=network.sha256,
        data=dataset.description,
        data_sha256=dataset.digest,
        about=" ".join((type(config.data).__doc__ or "").split()),
        command=COMMAND,
        versions=provenance["versions"],
        right=int(np.count_nonzero(right)),
        samples=len(right),
        trained=_sizes(network),
        built=_sizes(simplified.network),
        latency=design.latency,
        generator=design.generator,
        verilog_sha256=design.sha256,
        synthesis=synthesis,
    )
    files = {
        NETWORK: (run / NETWORK).read_bytes(),
        CONFIG: config_toml(config).encode(),
        PROOF: certificate,
        RECORD: (record.model_dump_json(indent=1) + "\n").encode(),
    }
    if (size := sum(map(len, files.values()))) >= MOST_BYTES:
        raise InputError(f"{name}: {size:,} bytes are too many to ship: less than {MOST_BYTES:,}")
    for file, content in files.items():
        write_atomic(MODELS / name / file, content)


def _sizes(network: Network) -> Sizes:
    return Sizes(gates=network.n_gates, levels=network.depth, inputs=network.n_inputs)


if __name__ == "__main__":
    main()
