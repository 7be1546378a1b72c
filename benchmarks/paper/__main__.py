"""`python -m benchmarks.paper`: train what is missing, and write docs/paper.md after each run."""

import click

from benchmarks.paper.page import write_page
from benchmarks.paper.plan import BUDGETS, LARGE, configs, queue
from benchmarks.runs import train_missing
from connective.errors import InputError


@click.command()
@click.option(
    "--budget", type=click.Choice(list(BUDGETS)), default="short", help="How long is trained."
)
@click.option("--only", default="", help='Networks with this in their names: "MNIST 1x1000, N_c".')
def main(budget: str, only: str) -> None:
    """Train the networks of arXiv 2507.06173 and write docs/paper.md.

    Stopped, it goes on. Uses all cores, and a GPU where there is one.
    """
    chosen = BUDGETS[budget]
    cells = queue(chosen, only)
    if not cells:
        raise click.BadParameter(f"no network has {only!r} in its name", param_hint="--only")
    runs, large = (
        [config for cell in cells if (cell in LARGE) is gpu for config in configs(cell, chosen)]
        for gpu in (False, True)
    )
    write_page()
    try:
        for _ in train_missing(runs, large):
            write_page()
    except InputError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
