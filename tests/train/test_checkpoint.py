"""A run that was killed, wherever, goes on to the same result."""

import signal
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load, save

from connective.cli.train import train as train_verb
from connective.errors import InputError
from tests.train.interruption import Killed, config, count_saves, resumed
from train import checkpoint
from train.config_file import config_toml
from train.data import Dataset
from train.loop import train
from train.result import TrainingResult, write_result

ROOT = Path(__file__).parents[2]
SEARCH = {"sweeps": 32, "points": 512, "temperature": 1e-3, "patience": 3}
VARIANTS: dict[str, dict[str, object]] = {
    "candidates": {"resampling": {"every": 0.02}},
    "all and frozen": {
        "network": {"layers": [16, 12], "candidates": "all"},
        "annealing": {"freeze": True},
    },
    "gumbel": {"estimator": {"connections": "gumbel", "gates": "gumbel"}},
    "best": {
        "training": {"epochs": 12, "batch": 64, "tau": 1, "patience": 3},
        "annealing": {"connections": [0.1, 0.3], "gates": [0.1, 0.3]},
    },
    "search": {"refinement": SEARCH},
}


def written(result: TrainingResult, folder: Path) -> dict[str, object]:
    """What does not depend on the clock of all that the run writes."""
    folder.mkdir()
    write_result(folder, result)
    content: dict[str, object] = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.name not in ("metrics.jsonl", "curves.png")
    }
    for metrics in result.history:
        timeless = metrics.record()
        del timeless["seconds"], timeless["samples_per_second"]
        content[f"epoch {metrics.epoch}"] = timeless
    return content


@pytest.mark.parametrize("variant", VARIANTS)
def test_killed_again_and_again_a_run_ends_as_if_it_had_not_been(
    variant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, saves_left = config(**VARIANTS[variant]), count_saves(monkeypatch)
    whole = written(train(settings, show_progress=False), tmp_path / "whole")
    rng = np.random.default_rng(len(variant))
    parts, result = 0, None
    while result is None:
        saves_left[:] = [int(rng.integers(2, 15))]
        parts += 1
        assert parts < 100  # it does go on, and not begin again
        with suppress(Killed):
            result = resumed(settings, tmp_path / "run.checkpoint")
    assert parts > 3
    assert written(result, tmp_path / "parts") == whole


def test_a_process_that_was_killed_goes_on_by_the_command_line(tmp_path: Path) -> None:
    settings = config(training={"epochs": 60, "batch": 64, "tau": 1}, refinement=SEARCH)
    file, out = tmp_path / "net.toml", tmp_path / "run"
    file.write_text(config_toml(settings))
    code = (
        "import math, train.checkpoint as checkpoint; checkpoint.EVERY = 0; "
        "checkpoint.SHARE = math.inf; from connective.cli import main; main()"
    )
    arguments = ["train", str(file), "--out", str(out), "--json"]
    process = subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT)
    kept = tmp_path / "run.checkpoint"
    while not kept.exists():
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.1)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not out.exists()

    with pytest.raises(InputError, match="is of a run that was interrupted: add --resume to go"):
        train(settings, checkpoint=kept)
    run = CliRunner().invoke(train_verb, [*arguments[1:], "--resume"], catch_exceptions=False)
    assert run.exit_code == 0
    assert not kept.exists()
    written(train(settings, show_progress=False), tmp_path / "whole")
    for name in ("network.npz", "refinement.jsonl", "config.toml"):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_an_interruption_says_what_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.toml").write_text(config_toml(config()))
    count_saves(monkeypatch, error=KeyboardInterrupt)[:] = [5]
    arguments = [str(tmp_path / "net.toml"), "--out", str(tmp_path / "run")]
    run = CliRunner().invoke(train_verb, arguments)
    assert run.exit_code == 1
    assert f"{tmp_path / 'run.checkpoint'} keeps the run: --resume goes on from it" in run.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.toml", "run.checkpoint"]


def test_a_checkpoint_of_another_run_or_damaged_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.checkpoint"
    count_saves(monkeypatch)[:] = [5]
    with pytest.raises(Killed):
        resumed(config(), path)
    whole = path.read_bytes()

    for sections, difference in (
        ({"seed": 1}, "seed was 0 and is 1"),
        ({"resampling": {"until": 0.5}}, "resampling.until was 0.6 and is 0.5"),
        ({"training": {"epochs": 9, "batch": 64, "tau": 1}}, "training.epochs was 8 and is 9"),
    ):
        with pytest.raises(InputError, match=f"is of another run, for {difference}: train with"):
            resumed(config(**sections), path)
    with monkeypatch.context() as patch:
        patch.setitem(checkpoint.VERSIONS, "torch", "2.0")
        with pytest.raises(InputError, match=r"for versions.torch was [\d.+a-z]+ and is 2.0"):
            resumed(config(), path)
    with monkeypatch.context() as patch:
        patch.setattr(Dataset, "digest", "0")
        with pytest.raises(InputError, match=r"for data was [\da-f]{64} and is 0: "):
            resumed(config(), path)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "VERSION", 0)
        with pytest.raises(InputError, match="version 1 is newer than 0, which this Connective"):
            resumed(config(), path)

    arrays = load(whole[32:])
    del arrays["model.registered.0.gate_logits"]
    path.write_bytes(sha256(save(arrays)).digest() + save(arrays))
    with pytest.raises(InputError, match="lacks a part of this model: remove it and train from"):
        resumed(config(), path)

    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for damaged in (whole[:-1], whole[:20], b"", flipped):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="is damaged or no checkpoint: remove it and train"):
            resumed(config(), path)
    path.write_bytes(sha256(b"{}").digest() + b"{}")
    with pytest.raises(InputError, match="is no checkpoint"):
        resumed(config(), path)
