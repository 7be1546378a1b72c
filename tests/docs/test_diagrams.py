"""Timing diagrams are what the Verilog does, and what the standards allow."""

import re

import pytest

from docs.site.diagrams import DIAGRAMS, pictures, states
from docs.site.generate import DOCS, IMAGES


def test_pictures_are_as_recorded() -> None:
    found = {path.stem: path.read_text("utf-8") for path in IMAGES.glob("*.svg")}
    assert found == pictures(), "run python -m docs.site"


@pytest.mark.parametrize("name", DIAGRAMS)
def test_what_is_on_offer_stays_until_it_is_taken(name: str) -> None:
    found = states(DIAGRAMS[name])
    waited = 0
    for port, valid in found.items():
        if not port.endswith("valid") or port.removesuffix("valid") + "ready" not in found:
            continue
        channel = port.removesuffix("valid")
        ready = found[channel + "ready"]
        data = [
            found[each] for each in found if each.startswith(channel) and each != channel + "ready"
        ]
        for cycle in range(len(valid) - 1):
            if valid[cycle] == "1" and ready[cycle] == "0":
                waited += 1
                assert all(row[cycle] == row[cycle + 1] for row in data), f"{port} {cycle}"
    assert waited or name == "axi-stream"


def test_every_picture_is_on_a_page() -> None:
    texts = "".join(path.read_text("utf-8") for path in DOCS.glob("*.md"))
    assert {*re.findall(r"\(images/([\w-]+)\.svg\)", texts)} == DIAGRAMS.keys()
