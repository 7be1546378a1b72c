"""The example on a board: at its two pins in a simulator, and its host's side on a terminal."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import threading
import tty
from pathlib import Path

import numpy as np
import pytest

from connective.axi_stream import AxiStream
from connective.packing import Packing, pack_features
from connective.samples import Block, write_samples
from tests.cores import make_core
from tests.networks import random_network, random_samples

BOARD = Path(__file__).parent.parent / "examples" / "board"
NETWORK = random_network(np.random.default_rng(1), layers=[12, 12], classes=5)
WRONG = 255
SILENCE = 0.1  # seconds, as board.v has it


def run(script: str, *arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BOARD / script), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board") / "core"
    make_core(folder, NETWORK, stream=AxiStream(16), target="ice40")
    return folder


def test_labels_come_out_of_the_pins_and_what_is_broken_spoils_no_other(
    core: Path, tmp_path: Path
) -> None:
    done = run("simulate.py", core, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS=9 FAIL=0 SKIP=0" in done.stdout


def test_other_labels_than_the_reference_gives_fail(core: Path, tmp_path: Path) -> None:
    wrong = shutil.copytree(core, tmp_path / "core")
    vectors = wrong / "tb" / "vectors.txt"
    vectors.write_text(
        re.sub(
            r"[0-4]$",
            lambda label: str((int(label[0]) + 1) % 5),
            vectors.read_text(),
            flags=re.MULTILINE,
        )
    )
    done = run("simulate.py", wrong, folder=tmp_path)
    assert done.returncode == 1
    assert "PASS=0 FAIL=9 SKIP=0" in done.stdout


def board(end: int, packing: Packing, lost: int) -> None:
    """What the board does with bytes at one end of a terminal, of which it loses one."""
    frame, received = b"", 0
    while True:
        answer = None
        if select.select([end], [], [], SILENCE)[0]:
            byte = os.read(end, 1)
            frame += byte if received != lost else b""
            received += 1
            if len(frame) == packing.n_bytes:
                words = packing.unpack(np.frombuffer(frame, np.uint8)[None])
                answer = int(NETWORK.predict(words)[0])
        elif frame:
            answer = WRONG
        if answer is not None:
            os.write(end, bytes([answer]))
            frame = b""


def test_the_host_prints_all_labels_though_a_byte_is_lost(core: Path, tmp_path: Path) -> None:
    words = random_samples(np.random.default_rng(2), NETWORK, 50)
    write_samples(tmp_path / "words.csv", NETWORK.encoder.features, [Block(words, None)])
    packing = pack_features(NETWORK.encoder.features, 16)
    end, other = pty.openpty()
    tty.setraw(other)
    threading.Thread(target=board, args=(end, packing, 17), daemon=True).start()
    done = run("classify.py", core, os.ttyname(other), tmp_path / "words.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(label) for label in NETWORK.predict(words)]


def test_the_host_gives_up_where_nobody_answers(core: Path, tmp_path: Path) -> None:
    words = random_samples(np.random.default_rng(2), NETWORK, 2)
    write_samples(tmp_path / "words.csv", NETWORK.encoder.features, [Block(words, None)])
    _, other = pty.openpty()
    port = os.ttyname(other)
    done = run("classify.py", core, port, tmp_path / "words.csv", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"{port}: 2 frames gave no whole answer in 3 tries\n"
