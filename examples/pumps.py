"""Writes pumps.csv: made-up measurements of pumps, with all that tables of real ones have.

Categories, whole numbers and fractions, missing cells, a column that never changes, one that names
the row, and three classes of which one is rare.
"""

import csv
from pathlib import Path

import numpy as np

ROWS = 3000
CONDITIONS = np.array(["fine", "worn", "failing"])
COLUMNS = (
    *("serial", "model", "liquid", "hours", "temperature", "vibration", "phases", "seal"),
    "condition",
)


def main() -> None:
    random = np.random.default_rng(0)
    model = random.choice(["A100", "A200", "B50"], ROWS, p=[0.5, 0.3, 0.2])
    liquid = random.choice(["water", "oil", "brine", "milk"], ROWS, p=[0.6, 0.2, 0.15, 0.05])
    seal = random.choice(["rubber", "steel", ""], ROWS, p=[0.6, 0.3, 0.1])
    hours = random.integers(0, 30_000, ROWS)
    wear = hours / 30_000 * np.where(seal == "steel", 0.6, 1.0) + 0.5 * (liquid == "brine")
    hot = random.random(ROWS) < 0.1
    temperature = 40 + 15 * (model == "B50") + 25 * hot + random.normal(0, 3, ROWS)
    vibration = np.exp(random.normal(0, 0.4, ROWS) + 1.5 * (wear > 0.8))
    condition = np.where((wear > 0.8) & hot, 2, np.where((wear > 0.8) | hot & (wear > 0.5), 1, 0))
    rows = zip(
        (f"P{1000 + i}" for i in range(ROWS)),
        *(model, liquid, hours),
        (f"{value:.1f}" if value > 34 else "" for value in temperature),
        (f"{value:.2f}" for value in vibration),
        *(np.full(ROWS, 3), seal, CONDITIONS[condition]),
        strict=True,
    )
    path = Path(__file__).with_suffix(".csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
