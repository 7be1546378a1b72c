"""Figures of MNIST that others print; none is measured here."""

from dataclasses import dataclass

STUDY = "https://github.com/Kanishk234/dwn-fpga-study/blob/main/docs/mnist/phase3-report.md"


@dataclass(frozen=True)
class Figure:
    """A printed figure, where it stands, and whether it was read in its own source.

    accuracy: in percent, with the digits that are printed
    """

    method: str
    source: str
    accuracy: str
    luts: int
    device: str
    counts: str
    first_hand: bool


_VU9P, _ARTIX = "xcvu9p-2", "xc7a35t-1, after place and route"
_CORE, _NONE = "without the encoder", "no separate encoder"
FIGURES = (
    Figure("DWN, n = 6, sm", "arXiv 2410.11112", "97.1", 692, _VU9P, _CORE, False),
    Figure("DWN, n = 6, md", "arXiv 2410.11112", "97.9", 1413, _VU9P, _CORE, False),
    Figure("DWN, n = 6, lg", "arXiv 2410.11112", "98.3", 4082, _VU9P, _CORE, False),
    *(
        Figure(f"DWN {layers}, the study's own", "the study", accuracy, luts, _ARTIX, counts, True)
        for layers, accuracy, luts, counts in (
            ("1×300", "96.77", 1597, "all, the encoder 971 of it"),
            ("1×500", "97.70", 2246, "all, the encoder 1,079 of it"),
            ("1000, 500", "97.76", 3464, "all, the encoder 1,302 of it"),
        )
    ),
    Figure("TreeLUT (I)", "arXiv 2501.01511", "97", 4478, "not said", _NONE, False),
    Figure("TreeLUT (II)", "arXiv 2501.01511", "96", 3499, "not said", _NONE, False),
    Figure("conifer, 5 rounds of depth 3", "the study", "84.31", 3653, _ARTIX, "all", True),
    Figure("PolyLUT-Add", "its paper", "96", 14810, _VU9P, _NONE, False),
    Figure("NeuraLUT HDR-5L", "its paper", "96", 54798, _VU9P, _NONE, False),
    Figure("PolyLUT HDR", "its paper", "96", 70673, _VU9P, _NONE, False),
    Figure("BTHOWeN Small", "its paper", "93.4", 15756, "xc7z020-1", "all", False),
)
