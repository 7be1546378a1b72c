"""A newcomer's way: a wheel, installed where no checkout is, a table of their own, and the commands
of README.md from there to the report."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from connective.network_file import read_network
from tests.docs.pages import ROOT, blocks, commands, run

PACKAGES = ("connective", "train", "hwgen", "sim")
README = ROOT / "README.md"
SECTION = "Your own data in five commands"
PROJECT_FILES = ("pyproject.toml", "README.md", "LICENSE")
BUILD_SDIST = "from setuptools import build_meta; print(build_meta.build_sdist('dist'))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built of the source distribution."""
    sources = tmp_path_factory.mktemp("built") / "connective"
    sources.mkdir()
    for name in PROJECT_FILES:
        shutil.copy(ROOT / name, sources)
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, sources / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    build = [sys.executable, "-c", BUILD_SDIST]
    printed = subprocess.run(build, cwd=sources, check=True, stdout=subprocess.PIPE, text=True)
    sdist = sources / "dist" / printed.stdout.splitlines()[-1]
    alone = ["--no-deps", "--no-index", "--no-build-isolation"]  # with this environment's packages
    pip("wheel", "--quiet", *alone, "--wheel-dir", sdist.parent, sdist)
    (found,) = sdist.parent.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and with this one's packages but Connective's checkout."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    reused = Path(sysconfig.get_path("purelib"))
    (Path(paths["purelib"]) / "reused.pth").write_text(f"{reused}\n")  # its own .pth are not read
    interpreter = Path(paths["scripts"]) / "python"
    # Without the last, pip finds the checkout, which is among the packages that are reused.
    alone = ["--no-deps", "--no-index", "--ignore-installed"]
    pip(f"--python={interpreter}", "install", "--quiet", *alone, wheel)
    for package in PACKAGES:
        bring_kernels(ROOT / package, Path(paths["purelib"]) / package)
    return interpreter.parent


def bring_kernels(source: Path, installed: Path) -> None:
    """Give an installed package what Numba has compiled of the same sources: a minute's work.

    It takes a kernel for that of a file with the same name, time and size.
    """
    for module in installed.rglob("*.py"):
        original = source / module.relative_to(installed)
        shutil.copystat(original, module)
        for kernel in (original.parent / "__pycache__").glob(f"{module.stem}.*.nb?"):
            (module.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(kernel, module.parent / "__pycache__")


def pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def test_wheel_has_all_files_of_the_packages(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    sources = {str(path.relative_to(ROOT)) for path in files if path.is_file()}
    assert packed == {name for name in sources if "__pycache__" not in name}


def test_five_commands_lead_from_a_table_to_the_report(programs: Path, tmp_path: Path) -> None:
    (configuration,) = blocks(README, "toml", below=SECTION)
    (block,) = blocks(README, "sh", below=SECTION)
    steps = commands(block)
    assert len(steps) <= 5
    (tmp_path / "my.toml").write_text(configuration.replace("epochs = 60", "epochs = 10"))
    rows = (ROOT / "examples" / "pumps.csv").read_text().splitlines()[:600]
    (tmp_path / "my_data.csv").write_text("\n".join(rows))
    places = f"import {', '.join(PACKAGES)} as last; print(connective.__file__, last.__file__)"
    assert str(ROOT) not in run(f"python -c '{places}'", tmp_path, programs)
    for step in steps:
        run(step, tmp_path, programs)
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert report["accuracy"]["discretized"] > 0.9
    assert report["proof"]["outcome"] == "proved"
    assert [each["target"] for each in report["synthesis"]] == ["ice40"]
    assert report["stale"] == []
    assert "my_data.csv" in (tmp_path / "report.html").read_text("utf-8")


def test_models_come_with_the_wheel(programs: Path, tmp_path: Path) -> None:
    assert "yin-yang-2x100" in run("connective models", tmp_path, programs)
    shown = run("connective models yin-yang-2x100 --out model --json", tmp_path, programs)
    network, _ = read_network(tmp_path / "model" / "network.npz")
    assert network.sha256 == json.loads(shown)["network_sha256"]


def test_readme_names_the_wheel_and_its_extras(wheel: Path) -> None:
    text = README.read_text("utf-8")
    assert f"pip install '{wheel.name}[all]'" in text
    archive = zipfile.ZipFile(wheel)
    (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
    for extra in re.findall(r"^Provides-Extra: (\w+)$", archive.read(name).decode(), re.M):
        assert extra in ("dev", "docs", "fuzz") or f"`{extra}`" in text


def test_dockerfile_copies_what_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    copied = [each for line in re.findall(r"^COPY (.+) \S+$", text, re.M) for each in line.split()]
    assert {*PACKAGES, "pyproject.toml", "constraints.txt"} <= {*copied}
    assert all((ROOT / each).exists() for each in copied)
