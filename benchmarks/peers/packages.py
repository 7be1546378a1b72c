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
            command = "install --no-deps --no-compile --upgrade --target"
            pip = [sys.executable, "-m", "pip", *command.split(), str(self.folder)]
            subprocess.run([*pip, *self.requirements], check=True)
        if str(self.folder) not in sys.path:
            sys.path.insert(0, str(self.folder))
        return import_module(module or self.module)
