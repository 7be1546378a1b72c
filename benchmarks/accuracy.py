"""Test accuracy of discretised networks over three seeds, beside published figures."""

from collections.abc import Sequence
from statistics import mean, stdev

from benchmarks.rows import Row
from benchmarks.runs import Case, Result, results

PAPER, SEQUEL = "arXiv 2507.06173", "arXiv 2607.09399"
YIN_YANG_500 = (
    "network.layers=[500, 500]",
    "training.tau=1.5",
    "refinement.sweeps=20",
    "refinement.points=180000",
    "refinement.temperature=0",
)
CASES = (
    (Case("Yin-Yang 2×100", "yin_yang"), 96.98, PAPER),
    (
        Case("Yin-Yang 2×500", "yin_yang", YIN_YANG_500),
        99.22,
        PAPER,
    ),
    (Case("MNIST 1×1000", "mnist"), 92.83, PAPER),
    *(
        (
            Case(
                f"MNIST {depth}×1000",
                "mnist_2x1000",
                (
                    f"network.layers={[1000] * depth}",
                    f"network.candidates={[8] + [6] * (depth - 1)}",
                ),
            ),
            None,
            None,
        )
        for depth in (2, 4, 6)
    ),
    (Case("MNIST 1×8000", "mnist_1x8000"), 98.45, SEQUEL),
)


KINDS = {
    "relaxed_before_annealing": "relaxed, before annealing",
    "relaxed": "relaxed, at the end",
    "discretized_before_refinement": "discretised, before refinement",
    "discretized": "discretised",
}


def measure() -> list[Row]:
    """Each case with each seed, everything else as in its configuration."""
    found = results([case for case, _, _ in CASES])
    return [
        row
        for (case, published, source), seeds in zip(CASES, found, strict=True)
        for row in _rows(case.name, seeds, published, source)
    ]


def _rows(
    name: str, seeds: Sequence[Result], published: float | None, source: str | None
) -> list[Row]:
    rows = []
    for kind, words in KINDS.items():
        if kind in seeds[0].accuracy:
            percent = [100 * result.accuracy[kind] for result in seeds]
            beside = (published, source) if kind == "discretized" else (None, None)
            rows.append(Row(f"{name}, {words}", "%", mean(percent), *beside, stdev(percent)))
    seconds = [result.seconds for result in seeds]
    return [
        *rows,
        Row(f"{name}, whole run on one thread", "s", mean(seconds), spread=stdev(seconds)),
    ]
