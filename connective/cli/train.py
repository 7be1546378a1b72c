"""`connective train`: a configuration becomes a network."""

from pathlib import Path
from typing import Any

import click
from rich.console import Group

from connective.cli.terminal import AS_JSON, FILE, FOLDER, Example, emit, pairs, percent
from connective.errors import InputError
from connective.folder import check_replaceable, replace_folder


@click.command(cls=Example, epilog="connective train examples/yin_yang.toml --out run --set seed=1")
@click.argument("config", type=FILE)
@click.option("--out", type=FOLDER, default="run", show_default=True, help="Folder to write.")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a setting.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="What the arithmetic runs on; cuda: a GPU.",
)
@click.option(
    "--resume", is_flag=True, help="Go on from OUT.checkpoint, which an interrupted run leaves."
)
@AS_JSON
def train(
    config: Path,
    out: Path,
    overrides: tuple[str, ...],
    device: str,
    resume: bool,
    as_json: bool,
) -> None:
    """Train CONFIG (TOML) and write network.npz, config.toml, metrics.jsonl and curves.png.

    Until the end, OUT.checkpoint keeps what was trained. Under torchrun, processes share each
    batch.
    """
    from train.config_file import load_config
    from train.distributed import is_first, process_group
    from train.loop import train as run
    from train.result import write_result

    settings = load_config(config, overrides)
    check_replaceable(out)
    checkpoint = out.parent / f"{out.name}.checkpoint"
    with process_group(device):
        shown = is_first() and not as_json
        if shown and resume and not checkpoint.exists():
            click.echo(f"{checkpoint} does not exist: training from the start", err=True)
        try:
            result = run(
                settings,
                device=device,
                checkpoint=checkpoint,
                resume=resume,
                show_progress=shown,
            )
        except InputError as error:  # what the configuration says does not fit its data
            raise InputError(f"{config}: {error}") from None
        except KeyboardInterrupt:
            if checkpoint.exists():
                click.echo(f"{checkpoint} keeps the run: --resume goes on from it", err=True)
            raise
        if is_first():
            with replace_folder(out) as folder:
                write_result(folder, result)
            checkpoint.unlink(missing_ok=True)
            network = {"network": str(out / "network.npz"), "seconds": result.seconds}
            content = network | result.provenance
            emit(as_json, content, _table(content))


def _table(result: dict[str, Any]) -> Group:
    """Accuracies of a finished training run, below what there is to say of its data."""
    accuracy = result["accuracy"]
    rows = [(name.replace("_", " "), percent(share)) for name, share in accuracy.items()]
    data = result["data"]
    notes = data.get("table", {}).get("notes", [])
    title = f"Trained on {data['description']} in {result['seconds']:.0f} s"
    return Group(*(f"Note: {note}" for note in notes), pairs(title, rows))
