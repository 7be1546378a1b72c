"""`connective doctor`: what is installed, what is not, and how to change that."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click
from rich.table import Table

from connective.cli.terminal import AS_JSON, Example, emit
from connective.doctor import Finding, examine, install_command


@click.command(cls=Example, epilog="connective doctor")
@AS_JSON
def doctor(as_json: bool) -> None:
    """Show which tools and packages are there, in which versions, and how to install the others.

    Exit status 1 if something is missing, too old or too new that the way from a configuration to
    a report needs.
    """
    findings = examine()
    needed = install_command([finding for finding in findings if finding.needed])
    everything = install_command(findings)
    content = {
        "findings": [asdict(finding) for finding in findings],
        "install_needed": needed,
        "install_all": everything,
    }
    emit(as_json, content, _table(findings))
    if not as_json:
        click.echo("\n".join(_sentences(findings, needed, everything)))
    if needed:
        sys.exit(1)


def _table(findings: Sequence[Finding]) -> Table:
    table = Table("", "found", "wanted", "for", "")
    for finding in findings:
        state = "see below" if finding.needed else "optional, see below"
        if finding.problem is None:
            state = "ok"
        table.add_row(finding.name, finding.found, finding.wanted, finding.purpose, state)
    return table


def _sentences(findings: Sequence[Finding], needed: str, everything: str) -> Iterator[str]:
    """What is wrong, and commands in one line each, to be copied."""
    yield from (finding.problem for finding in findings if finding.problem)
    yield f"This installs what is needed:\n{needed}" if needed else "All that is needed is there."
    if everything != needed:
        yield f"This installs all, the optional too:\n{everything}"
