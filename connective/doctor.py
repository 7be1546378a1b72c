"""What this installation has, what it lacks, and the command that installs it."""

import importlib.metadata
import importlib.util
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from packaging.requirements import Requirement

from connective.errors import ToolError
from connective.tools import cocotb, icarus, verilator
from connective.tools.process import ask, check_version, find_program

PACKAGE = "connective"
NEEDED_EXTRAS = ("", "train", "hardware", "simulate")
"""What the way from a configuration to a report takes: all verbs from train to report."""

PROGRAMS_INSIDE = {"pyosys": "Yosys and ABC"}
CONTRIBUTORS_EXTRAS = ("all", "dev", "docs", "fuzz")


@dataclass(frozen=True)
class Finding:
    """One program or Python package.

    found: its version; None where there is none, or none that can be told
    wanted: the range of versions that work, as pip writes it; empty for any
    purpose: the verbs or the extra that it is for
    needed: whether the way from a configuration to a report takes it
    problem: a sentence, or None where all is well
    system, python: what to ask of the system's package manager or of pip; one of them is empty
    """

    name: str
    found: str | None
    wanted: str
    purpose: str
    needed: bool
    problem: str | None
    system: str = ""
    python: str = ""


@dataclass(frozen=True)
class Program:
    """A program that comes from the system's package manager, and how it tells its version."""

    name: str
    version: Callable[[], str]
    wanted: str
    package: str
    purpose: str
    needed: bool = True

    def find(self) -> Finding:
        found = problem = None
        try:
            found = self.version()
        except ToolError as error:
            problem = str(error)
        return Finding(
            *(self.name, found, self.wanted, self.purpose, self.needed, problem),
            system=self.package,
        )


def examine() -> list[Finding]:
    """All programs and packages; `ToolError` where Connective itself is not installed."""
    return [*(program.find() for program in _programs()), *_packages()]


def install_command(findings: Sequence[Finding]) -> str:
    """One line for a shell that installs whatever has a problem; empty where nothing has."""
    bad = [finding for finding in findings if finding.problem]
    system = [finding.system for finding in bad if finding.system]
    python = [finding.python for finding in bad if finding.python]
    become_root = [] if os.geteuid() == 0 else ["sudo"]
    commands = []
    if system:
        apt = [*become_root, "apt-get", "install", "-y", "--no-install-recommends"]
        commands.append(shlex.join([*apt, *dict.fromkeys(system)]))
    if python:
        commands.append(shlex.join([sys.executable, "-m", "pip", "install", *python]))
    return " && ".join(commands)


def _programs() -> Iterator[Program]:
    at_least = f">={'.'.join(map(str, icarus.MINIMUM))}"
    yield Program("iverilog", icarus.version, at_least, "iverilog", "simulate, prove")
    for program, package in verilator.PACKAGES.items():
        version = partial(_version, program, package)
        yield Program(program, version, "", package, "simulate")
    if importlib.util.find_spec("find_libpython"):  # comes with cocotb, which may be missing
        own = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
        yield Program(own, cocotb.library_version, "", own, "simulate")
    chromium = partial(_version, "chromium", "chromium")
    yield Program("chromium", chromium, "", "chromium", "tests of report pages", needed=False)


def _version(program: str, package: str) -> str:
    """What a program says of its version; `ToolError` if it is missing or cannot run."""
    remedy = f"apt-get install {package}"
    path = find_program(program, remedy=remedy)
    return check_version(program, ask([path, "--version"]), minimum=(0,), remedy=remedy)


def _packages() -> Iterator[Finding]:
    """Python packages by extra, as this installation's own metadata asks for them."""
    try:
        metadata = importlib.metadata.metadata(PACKAGE)
    except importlib.metadata.PackageNotFoundError:
        raise ToolError(f"{PACKAGE} is not installed in {sys.prefix}: make setup") from None
    requirements = [Requirement(text) for text in metadata.get_all("Requires-Dist") or ()]
    offered = list(metadata.get_all("Provides-Extra") or ())
    others = [each for each in offered if each not in (*NEEDED_EXTRAS, *CONTRIBUTORS_EXTRAS)]
    for extra in (*NEEDED_EXTRAS, *others):
        for requirement in requirements:
            if _is_of(requirement, extra):
                yield _package(requirement, extra)


def _is_of(requirement: Requirement, extra: str) -> bool:
    if requirement.marker is None:
        return not extra
    return bool(extra) and requirement.marker.evaluate({"extra": extra})


def _package(requirement: Requirement, extra: str) -> Finding:
    name, wanted = requirement.name, requirement.specifier
    found = problem = None
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        problem = f"{name} is not installed"
    if found is not None and not wanted.contains(found, prereleases=True):
        problem = f"{name} is version {found}, which is not {wanted}"
    purpose = f"extra {extra}" if extra else "everything"
    inside = f" ({PROGRAMS_INSIDE[name]})" if name in PROGRAMS_INSIDE else ""
    return Finding(
        *(f"{name}{inside}", found, str(wanted), purpose, extra in NEEDED_EXTRAS, problem),
        python=f"{name}{wanted}",
    )
