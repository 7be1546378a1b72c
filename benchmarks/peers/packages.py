"""Peers' packages, each in a folder of build/ that pip fills when it is needed."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Package:
    """A module with what it needs beside what Connective has, in exact versions."""

    module: str
    requirements: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return Path("build") / self.module

    def load(self, module: str = "") -> Any:
        """The module, or one within it."""
        fill = partial(install, self.folder, *self.requirements)
        return load_from(self.folder, module or self.module, fill)


def load_from(folder: Path, module: str, fill: Callable[[], None]) -> Any:
    """A module of a folder, which is filled first if it is not there."""
    if not folder.exists():
        fill()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return import_module(module)


def install(folder: Path, *requirements: str) -> None:
    """Let pip fill a folder with packages, without what they depend on."""
    command = "install --no-deps --no-compile --upgrade --target"
    pip = [sys.executable, "-m", "pip", *command.split(), str(folder)]
    subprocess.run([*pip, *requirements], check=True)
