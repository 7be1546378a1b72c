"""`connective train`: a configuration becomes a network."""

from pathlib import Path
from typing import Any

import click
from rich.console import Group

from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, pairs, percent
from connective.errors import InputError
from connective.folder import replace_folder
from connective.network_file import read_network


@click.command(cls=Example, epilog="connective train examples/yin_yang.toml --out run --set seed=1")
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
    emit(as_json, content, _table(content))


def _table(result: dict[str, Any]) -> Group:
    """Accuracies of a finished training run."""
    accuracy = result["accuracy"]
    rows = [(name.replace("_", " "), percent(share)) for name, share in accuracy.items()]
    data = result["data"]
    notes = data.get("table", {}).get("notes", [])
    title = f"Trained on {data['description']} in {result['seconds']:.0f} s"
    return Group(*(f"Note: {note}" for note in notes), pairs(title, rows))
