"""`connective explore`: many trainings become a front of accuracy against cost."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from connective.cli.terminal import AS_JSON, FILE, Example, emit, percent
from connective.errors import InputError
from connective.folder import write_atomic


@click.command(cls=Example, epilog="connective explore examples/studies/yin_yang.toml")
@click.argument("study", type=FILE)
@click.option("--out", type=FILE, help="File to write; STUDY.front.json if left out.")
@AS_JSON
def explore(study: Path, out: Path | None, as_json: bool) -> None:
    """Train the variants that STUDY (TOML) names, and find the best for each cost.

    Run it again to go on, and several times at once for several workers. Accuracy is that of the
    discretised network on the validation part; the test set is not looked at.
    """
    from train.explore.search import Finding
    from train.explore.search import explore as run
    from train.explore.study_file import load_study

    settings = load_study(study)
    console = Console(stderr=True, quiet=as_json)
    with console.status("exploring"):

        def report(finding: Finding) -> None:
            found = f"{percent(finding.accuracy)}, {finding.cost} {settings.cost}"
            tried = f"{_options(finding.settings)}: {found}"
            line = f"trial {finding.number}: {finding.refusal or tried}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)

        findings, front = run(study, settings, report)
    if not front:
        raise InputError(f"{study}: no trial gave a network; the last one: {findings[-1].refusal}")
    content = {
        "format": "connective.front",
        "version": 1,
        "base": str(settings.base),
        "cost": settings.cost,
        "trials": len(findings),
        "refused": sum(finding.refusal is not None for finding in findings),
        "front": [asdict(finding) for finding in front],
    }
    file = out or study.with_suffix(".front.json")
    write_atomic(file, json.dumps(content, indent=1).encode())
    emit(as_json, content, _table(content), f"Settings with all digits: {file}")


def _options(settings: dict[str, Any]) -> str:
    """Settings as `connective train` takes them."""
    return " ".join(f"--set {shlex.quote(f'{k}={json.dumps(v)}')}" for k, v in settings.items())


def _table(content: dict[str, Any]) -> Table:
    table = Table(title=f"The front of {content['trials']} trials", title_justify="left")
    names = list(content["front"][0]["settings"])
    for heading in ("trial", "validation accuracy", content["cost"], *names):
        table.add_column(heading.replace(".", ".\n").replace(" ", "\n"), justify="right")
    for each in content["front"]:
        values = [each["settings"][name] for name in names]
        shown = [f"{v:.4g}" if isinstance(v, float) else json.dumps(v) for v in values]
        table.add_row(str(each["number"]), percent(each["accuracy"]), str(each["cost"]), *shown)
    return table
