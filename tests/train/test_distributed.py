"""Processes that share each batch train what one process does."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from connective.network_file import read_network
from tests.train.interruption import Killed, config, count_saves, resumed
from train.checkpoint import Checkpoint
from train.config_file import config_toml
from train.data import load_dataset
from train.distributed import own_part
from train.loop import learn

ROOT = Path(__file__).parents[2]
SETTINGS = config(  # 577 training points: one is left for the last batch, and none for the second
    data={"name": "yin-yang", "training_points": 641, "test_points": 200},
    training={"epochs": 2, "batch": 64, "tau": 1},
    resampling={"every": 0.05, "threshold": 0.5},
)
PROCESS = """
import sys
import numpy as np
import torch.distributed as dist
import train.loop as loop
from connective.cli import main

learn = loop.learn

def noted(*arguments, **named):
    state, network, sweeps = learn(*arguments, **named)
    np.savez(f"{sys.argv[-1]}.rank{dist.get_rank()}.npz", **state.arrays())
    return state, network, sweeps

loop.learn = noted
main()
"""


def test_two_processes_go_on_from_a_checkpoint_to_what_one_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, script, out = tmp_path / "net.toml", tmp_path / "process.py", tmp_path / "run"
    file.write_text(config_toml(SETTINGS))
    script.write_text(PROCESS)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        count_saves(patch)[:] = [4]
        resumed(SETTINGS, tmp_path / "run.checkpoint")
    meeting = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]  # needs no host names
    launcher = ["torch.distributed.run", *meeting, "--nproc-per-node", "2", str(script)]
    run = subprocess.run(
        [sys.executable, "-m", *launcher, "train", str(file), "--resume", "--out", str(out)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("Trained on") == 1
    assert run.stderr.count("epoch") == 1  # one table
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net.toml", "process.py", "run", "run.rank0.npz", "run.rank1.npz",
    ]  # fmt: skip

    dataset = load_dataset(SETTINGS)
    alone, network, _ = learn(
        SETTINGS, dataset, Checkpoint(None, SETTINGS, dataset), resume=False, shown=False
    )
    first, second = (np.load(tmp_path / f"run.rank{rank}.npz") for rank in (0, 1))
    for name, array in alone.arrays().items():
        assert np.array_equal(first[name], second[name]), name
        np.testing.assert_allclose(first[name], array, rtol=1e-3, atol=1e-4, err_msg=name)
    assert read_network(out / "network.npz")[0].sha256 == network.sha256


def test_one_process_takes_the_whole_batch() -> None:
    batch = torch.arange(5)
    part, weight = own_part(batch)
    assert torch.equal(part, batch)
    assert weight == 1
