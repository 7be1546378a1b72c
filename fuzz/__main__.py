"""`python -m fuzz LOADER`: coverage-guided fuzzing of one loader by Atheris.

Needs `pip install -e '.[fuzz]'`. An input that is neither refused in one sentence nor a network, or
takes more than thirty seconds of the instrumented loader or 1 GiB, ends the run and is left in
build/fuzz.
"""

import sys
import tempfile
from pathlib import Path

import atheris
import click

with atheris.instrument_imports(include=["connective"], exclude=["connective.evaluation"]):
    from fuzz.loaders import LOADERS, mutated

FOUND = Path("build") / "fuzz"


@click.command()
@click.argument("name", metavar="LOADER", type=click.Choice(sorted(LOADERS)))
@click.option("--runs", default=100_000, show_default=True, help="Inputs to try.")
@click.option("--seed", default=1, show_default=True, help="Of the fuzzer.")
def main(name: str, runs: int, seed: int) -> None:
    """Try mutated files on one loader."""
    loader = LOADERS[name]
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, content in enumerate(loader.seeds):
            (corpus / str(number)).write_bytes(content)
        path = Path(folder) / f"input{loader.suffix}"
        atheris.Setup(
            [
                sys.argv[0],
                f"-runs={runs}",
                f"-seed={seed}",
                "-timeout=30",
                "-rss_limit_mb=1024",
                "-max_len=8192",
                f"-artifact_prefix={FOUND}/{name}-",
                "-print_final_stats=1",
                str(corpus),
            ],
            lambda content: loader.accepts(path, content),
            custom_mutator=_mutate,
        )
        atheris.Fuzz()


def _mutate(content: bytes, max_size: int, seed: int) -> bytes:
    changed = mutated(content, seed, lambda part: atheris.Mutate(part, max(max_size, len(part))))
    return changed if len(changed) <= max_size else atheris.Mutate(content, max_size)


main()
