"""`python -m benchmarks.peers`: measure what is missing, and write docs/peers.md after each."""

from functools import cache

import click
import torch
from rich.progress import track

from benchmarks.peers.design import keep, known
from benchmarks.peers.page import write_page
from benchmarks.peers.plan import EXAMPLE, entries
from benchmarks.runs import EXAMPLES
from train.config_file import load_config
from train.data import Dataset, load_dataset


@click.command()
@click.option("--only", default="", help='Rows with this in their names: "MNIST: Connective".')
def main(only: str) -> None:
    """Train and build Connective and its peers on the same data, and write docs/peers.md.

    Stopped, it goes on. Peers are installed into build/.
    """
    torch.set_num_threads(1)
    missing = [each for each in entries() if only in each.name and each.name not in known()]
    write_page()
    for entry in track(missing, description="peers"):
        keep(entry.name, entry.measure(_dataset(entry.data)))
        write_page()


@cache
def _dataset(data: str) -> Dataset:
    return load_dataset(load_config(EXAMPLES / f"{EXAMPLE[data]}.toml", []))


if __name__ == "__main__":
    main()
