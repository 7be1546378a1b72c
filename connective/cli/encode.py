"""`connective encode`: rows become the words that the core takes."""

from pathlib import Path

import click

from connective.cli.terminal import AS_JSON, FILE, Example, emit, pairs
from connective.network_file import read_network
from connective.samples import open_samples, write_samples
from connective.table import open_rows, table_of


@click.command(cls=Example, epilog="connective encode run/network.npz new.csv --out words.npz")
@click.argument("network", type=FILE)
@click.argument("data", type=FILE)
@click.option("--out", type=FILE, default="words.npz", show_default=True, help=".npz or .csv")
@AS_JSON
def encode(network: Path, data: Path, out: Path, as_json: bool) -> None:
    """Turn the rows of DATA into the words that the core of NETWORK takes.

    For a network that was trained on a table, DATA is such a table (.csv, .parquet, .npz), whose
    columns are found by name and may lack the target. For others it has real values, a column a
    feature (.csv, .npy, .npz), which the encoder rounds.
    """
    loaded, provenance = read_network(network)
    table = table_of(provenance, loaded, network)
    opened = open_rows(data, table, loaded) if table else open_samples(data, loaded, real=True)
    with opened as samples:
        count = write_samples(out, loaded.encoder.features, samples.blocks)
    features = [vars(feature) for feature in loaded.encoder.features]
    result = {"data": samples.name, "out": str(out), "samples": count, "features": features}
    rows = [
        ("samples", f"{count:,}"),
        ("features", f"{len(features)}"),
        ("bits a sample", f"{loaded.encoder.payload_width}"),
    ]
    emit(as_json, result, pairs(f"Words of {samples.name} in {out}", rows))
