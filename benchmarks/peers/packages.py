"""Peers' packages, each in a folder of build/ that pip fills when it is needed."""

import subprocess
import sys
from dataclasses import dataclass
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
        if not self.folder.exists():
            install(self.folder, *self.requirements)
        if str(self.folder) not in sys.path:
            sys.path.insert(0, str(self.folder))
        return import_module(module or self.module)


def install(folder: Path, *requirements: str) -> None:
    """Let pip fill a folder with packages, without what they depend on."""
    command = "install --no-deps --no-compile --upgrade --target"
    pip = [sys.executable, "-m", "pip", *command.split(), str(folder)]
    subprocess.run([*pip, *requirements], check=True)
