"""What a device other than memory changes: where tensors are, and nothing that is computed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from connective.cli.train import train as train_verb
from connective.errors import InputError
from tests.train.interruption import Killed, config, count_saves, resumed
from train.checkpoint import Checkpoint
from train.config_file import config_toml
from train.data import load_dataset
from train.distributed import process_group

ROOT = Path(__file__).parents[2]
PROCESS = """
from contextlib import suppress
from pathlib import Path

import pytest

from tests.train.interruption import Killed, config, count_saves
from tests.train.second_device import NAME, SecondDevice
from train.kernels import compiled, dense, gather, one_layer, plain
from train.loop import train

gather.fused = lambda: gather.mix_products
BRIEF = {"training": {"epochs": 3, "batch": 64, "tau": 1}}
VARIANTS = (
    {"resampling": {"every": 0.02}},
    {"network": {"layers": [16, 12], "candidates": "all"}, "annealing": {"freeze": True}},
    {
        "network": {"layers": [16, 12], "candidates": 4, "gates": "softmax-14"},
        "estimator": {"connections": "gumbel", "gates": "straight-through"},
    },
    {
        "network": {"layers": [12], "candidates": "all"},
        "estimator": {"connections": "straight-through", "gates": "gumbel"},
    },
    {"network": {"layers": [16, 12], "candidates": 5, "inputs": 4}},
)
EARLY = {
    "training": {"epochs": 9, "batch": 64, "tau": 1, "patience": 3},
    "annealing": {"connections": [0.1, 0.3], "gates": [0.1, 0.3]},
}


def plain_mix_all(x, logits, temperature, table):
    return plain.mix_all(x, (logits / temperature).softmax(-1), table)


def same(settings, there):
    with pytest.MonkeyPatch.context() as patch:  # the same operations, so that bits are equal
        patch.setattr(compiled, "mix_gather", gather.mix_products)
        patch.setattr(dense, "mix_all", plain_mix_all)
        for name in ("sums", "gradient"):
            plain_twin = getattr(one_layer, f"plain_{name}")
            patch.setattr(
                one_layer, f"compiled_{name}", lambda threads, *its, own=plain_twin: own(*its)
            )
        here = train(settings, show_progress=False)
    assert here.network.sha256 == there.network.sha256
    assert here.accuracy == there.accuracy
    for one, other in zip(here.history, there.history, strict=True):
        assert (one.loss, one.relaxed) == (other.loss, other.relaxed)
    assert here.provenance | {"device": NAME} == there.provenance


for settings in (config(**BRIEF, **variant) for variant in VARIANTS):
    with SecondDevice():
        there = train(settings, device=NAME, show_progress=False)
    same(settings, there)

kept = Path("run.checkpoint")
with SecondDevice(), pytest.MonkeyPatch.context() as patch:
    settings, saves_left = config(**EARLY), count_saves(patch)
    for saves_left[:] in ([9], [20], []):
        with suppress(Killed):
            there = train(settings, device=NAME, checkpoint=kept, resume=True, show_progress=False)
same(settings, there)

waits = []
for batch in (64, 32):
    settings = config(training=BRIEF["training"] | {"batch": batch}, resampling={"until": 0.0})
    with SecondDevice() as device:
        train(settings, device=NAME, show_progress=False)
    waits.append(device.waits)
assert waits[0] == waits[1], waits
"""


def test_training_on_a_device_is_that_in_memory_and_no_step_waits_for_it(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROCESS],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr


def test_a_gpu_that_is_not_there_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "net.toml"
    file.write_text(config_toml(config()))

    def refusal() -> str:
        run = CliRunner().invoke(train_verb, [str(file), "--device", "cuda"])
        assert isinstance(run.exception, InputError)
        return str(run.exception)

    monkeypatch.setattr("train.loop.load_dataset", None)
    monkeypatch.setattr(torch.version, "cuda", None)
    assert refusal() == (
        f"--device is cuda, but PyTorch {torch.__version__} is built without CUDA: install a build "
        "with it, or leave --device out"
    )
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert refusal().startswith("--device is cuda, but PyTorch sees 0 GPUs and process 0 of this")


def test_processes_of_a_machine_need_a_gpu_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "0")
    monkeypatch.setenv("LOCAL_RANK", "2")
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with (
        pytest.raises(InputError, match="sees 2 GPUs and process 2 of this machine needs one of"),
        process_group("cuda"),
    ):
        pass


def test_a_run_goes_on_only_on_the_device_that_it_began_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.checkpoint"
    count_saves(monkeypatch)[:] = [2]
    with pytest.raises(Killed):
        resumed(config(), path)
    with pytest.raises(InputError, match="is of another run, for device was cpu and is cuda: "):
        Checkpoint(path, config(), load_dataset(config()), "cuda").load()
