"""The command line: its verbs, and how it ends. A verb's room is imported when called."""

import errno
import os
import signal
import sys
from typing import NoReturn

import click

from connective import __version__
from connective.cli.compare import compare_verb
from connective.cli.convert import convert
from connective.cli.doctor import doctor
from connective.cli.encode import encode
from connective.cli.evaluate import evaluate
from connective.cli.explore import explore
from connective.cli.export import export
from connective.cli.inspect import inspect
from connective.cli.models import models
from connective.cli.power import power
from connective.cli.prove import prove
from connective.cli.report import report
from connective.cli.simplify import simplify_verb
from connective.cli.simulate import simulate
from connective.cli.synth import synth
from connective.cli.train import train
from connective.errors import InputError, ToolError

VERBS = (
    train,
    explore,
    models,
    evaluate,
    encode,
    inspect,
    simplify_verb,
    convert,
    export,
    simulate,
    prove,
    synth,
    power,
    report,
    compare_verb,
    doctor,
)
EXTRAS = {
    "torch": "train",
    "matplotlib": "train",
    "pooch": "train",
    "tomli_w": "train",
    "optuna": "explore",
    "amaranth": "hardware",
    "pyosys": "hardware",
    "cocotb": "simulate",
    "pyarrow": "parquet",
}


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="connective")
def cli() -> None:
    """Learn a logic gate network, turn it into Verilog, and check that the two agree.

    Exit status: 0 done, 1 a claim did not hold, 2 bad input or a tool that is missing or failed.
    """


for verb in VERBS:
    cli.add_command(verb)


def main() -> None:
    """Run the command line; every foreseen failure is one sentence and its exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        sys.exit(cli.main(prog_name="connective", standalone_mode=False))
    except (KeyboardInterrupt, click.Abort):
        click.echo("connective: interrupted; no result was written", err=True)
        os._exit(130)  # all is cleaned up, and a thread that still computes must not delay the end
    except _Terminated:
        os._exit(143)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (InputError, ToolError) as error:
        fail(str(error), 2)
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        fail(f"{error.name} is not installed: pip install 'connective[{extra}]'", 2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EROFS):
            raise
        place = error.filename or "the output"
        fail(f"{place}: {error.strerror}: free some space or name another folder", 2)


class _Terminated(BaseException):
    """SIGTERM as an exception, so that child processes and half-written folders are removed."""


def _terminate(number: int, frame: object) -> NoReturn:
    raise _Terminated


def fail(sentence: str, status: int) -> NoReturn:
    click.echo(f"connective: {sentence}", err=True)
    sys.exit(status)
