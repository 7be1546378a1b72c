"""Test accuracy of the discretised examples over three seeds, beside the paper's (2507.06173)."""

from pathlib import Path
from statistics import mean

from benchmarks.rows import Row
from train.config_file import load_config
from train.loop import train

EXAMPLES = Path(__file__).parent.parent / "examples"
PUBLISHED = {"yin_yang": 96.98, "mnist": 92.83}
SEEDS = (0, 1, 2)


def measure() -> list[Row]:
    """Train each example with each seed, everything else as in its configuration."""
    rows = []
    for name, published in PUBLISHED.items():
        percent = [_percent(name, seed) for seed in SEEDS]
        rows += [
            Row(f"{name}, seed {seed}", "%", value)
            for seed, value in zip(SEEDS, percent, strict=True)
        ]
        rows.append(Row(f"{name}, mean", "%", mean(percent), published, "paper"))
    return rows


def _percent(name: str, seed: int) -> float:
    config = load_config(EXAMPLES / f"{name}.toml", [f"seed={seed}"])
    return 100 * train(config).accuracy["discretized"]
