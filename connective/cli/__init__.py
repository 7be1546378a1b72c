"""The command line, `connective`."""

from connective.cli.main import main

__all__ = ["main"]
