"""A short run of what `python -m fuzz` does at length, by blind changes."""

from pathlib import Path

import numpy as np
import pytest

from fuzz.loaders import LOADERS, mutated

INPUTS = 400  # a loader
NUMBERS = [b"0", b"-1", b"4294967296", b"99999999999999999999", b"1e999", b"", b"\xff"]


def damaged(rng: np.random.Generator, content: bytes) -> bytes:
    """One to four bytes, slices or numbers changed, doubled or cut out."""
    for _ in range(rng.integers(1, 5)):
        start, end = np.sort(rng.integers(0, len(content) + 1, 2))
        end = min(end, start + rng.integers(1, 40))
        part = content[start:end]
        new = [
            rng.bytes(len(part)),
            part * int(rng.integers(2, 30)),
            b"",
            NUMBERS[rng.integers(len(NUMBERS))],
            content[-end:][: len(part)],
        ][rng.integers(5)]
        content = content[:start] + new + content[end:]
    return content


@pytest.mark.parametrize("name", LOADERS)
def test_a_loader_takes_a_network_or_refuses_in_one_sentence(tmp_path: Path, name: str) -> None:
    loader, rng = LOADERS[name], np.random.default_rng(0)
    path = tmp_path / f"input{loader.suffix}"
    for seed in loader.seeds:
        assert loader.accepts(path, seed)
    refused = 0
    for i in range(INPUTS):
        seed = loader.seeds[i % len(loader.seeds)]
        content = mutated(seed, int(rng.integers(1 << 16)), lambda part: damaged(rng, part))
        refused += not loader.accepts(path, content)
    assert refused > INPUTS // 2
    for length in range(50):
        assert not loader.accepts(path, rng.bytes(length))
