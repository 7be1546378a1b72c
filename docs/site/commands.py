"""The page on the command line, from the definitions of its verbs."""

import inspect

import click

from connective.cli.main import cli

INTRODUCTION = """\
<!-- Made by `python -m docs.site` from connective/cli. -->
# Command line

{purpose}

Verbs stand in the order in which a network meets them. `connective VERB --help` shows the same.
"""
AS_TYPED = "\b\n"  # how click marks a paragraph that is not to be wrapped


def page() -> str:
    """All verbs with options, defaults and an example, as Markdown."""
    context = click.Context(cli, info_name="connective")
    sections = [_section(verb, context) for verb in cli.commands.values()]
    return "\n".join([INTRODUCTION.format(purpose=_prose(cli)), *sections])


def _section(verb: click.Command, parent: click.Context) -> str:
    context = click.Context(verb, info_name=verb.name, parent=parent)
    usage = " ".join([context.command_path, *verb.collect_usage_pieces(context)])
    lines = [f"## {verb.name}", "", _prose(verb), "", "```sh", usage]
    if verb.epilog:
        lines += ["# for example", *verb.epilog.split("; ")]
    lines += ["```", "", "| option | meaning |", "| --- | --- |"]
    for parameter in verb.params:  # all but --help
        if record := parameter.get_help_record(context):
            names, meaning = (text.replace("|", r"\|") for text in record)
            if meaning:
                lines.append(f"| `{names}` | {' '.join(meaning.split())} |")
    return "\n".join([*lines, ""])


def _prose(command: click.Command) -> str:
    """A command's help as Markdown."""
    assert command.help
    paragraphs = inspect.cleandoc(command.help).split("\n\n")
    return "\n\n".join(
        f"```text\n{inspect.cleandoc(paragraph.removeprefix(AS_TYPED))}\n```"
        if paragraph.startswith(AS_TYPED)
        else paragraph
        for paragraph in paragraphs
    )
