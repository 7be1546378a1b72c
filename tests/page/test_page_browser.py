"""Pages in a real browser: what they compute, what they ask for, how they fit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connective import Encoder, Feature, Network, fixed_point, thermometer
from connective.encoder import OPS
from connective.page import HeldOut
from tests.browser import Page, browser_page
from tests.networks import random_network, random_samples
from tests.pages import answered, make_page, network_of

SAMPLES = 1000
HOSTILE = "</script><img src=x onerror=window.hacked=1>'\"&{{7*7}}"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser_page(tmp_path_factory.mktemp("chromium")) as page:
        yield page


def image_network(seed: int = 1) -> Network:
    features = [Feature(f"pixel_{i}", 8) for i in range(784)]
    return network_of(thermometer(features, [[64, 128]] * 784), seed=seed, gates=400, classes=10)


def plane_network() -> Network:
    return network_of(fixed_point([Feature(name, 12, scale=2**-12) for name in "xy"]), seed=2)


def mixed_encoder() -> Encoder:
    """All kinds of rows, over words of 1 to 32 bits, with signs and without."""
    rng = np.random.default_rng(3)
    widths = [1, 3, 8, 31, 32, 32, 16]
    features = [Feature(f"f{i}", w, signed=bool(i % 2)) for i, w in enumerate(widths)]
    feature = np.repeat(np.arange(len(features)), 9)
    op = np.tile(np.repeat(np.arange(3), 3), len(features))
    value = [
        rng.integers(features[f].width)
        if o == OPS.index("bit")
        else rng.integers(features[f].low, features[f].high + 1)
        for f, o in zip(feature, op, strict=True)
    ]
    return Encoder(tuple(features), feature, op, np.array(value))


def answers(browser: Page, samples: Any) -> list[dict[str, Any]]:
    words = json.dumps(np.asarray(samples).tolist())
    found: list[dict[str, Any]] = browser.evaluate(f"{words}.map(connective.answer)")
    return found


def shown(browser: Page) -> tuple[str, list[int]]:
    """The winner's name and the scores that a person sees."""
    texts = browser.evaluate(
        "[...document.querySelectorAll('#scores li')].map((row) => "
        "[...row.querySelectorAll('span')].map(e => e.textContent).concat(row.className))"
    )
    winner = next(name for name, _, state in texts if state == "winner")
    return winner, [int(score) for _, score, _ in texts]


def box(browser: Page, selector: str) -> tuple[float, float, float, float]:
    """Left, top, width and height in the window, after the element was brought into it."""
    left, top, width, height = browser.evaluate(
        f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
        "e.scrollIntoView({block: 'center', behavior: 'instant'});"
        "const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; })()"
    )
    return left, top, width, height


def assert_same_answers(browser: Page, network: Network, samples: Any) -> None:
    reference, found = network(samples), answers(browser, samples)
    assert [each["label"] for each in found] == reference.labels.tolist()
    assert [each["scores"] for each in found] == reference.scores.tolist()


@pytest.mark.parametrize("k", [1, 2, 5, 6])
def test_labels_and_scores_are_the_references_on_random_words(
    browser: Page, tmp_path: Path, k: int
) -> None:
    network = network_of(mixed_encoder(), seed=k, k=k, classes=4)
    samples = random_samples(np.random.default_rng(k), network, SAMPLES)
    values = network.encoder.value.tolist()  # where a comparison just holds
    edges = [[min(max(v, f.low), f.high) for f in network.encoder.features] for v in values]
    browser.open(make_page(tmp_path / "design", network))
    assert len(set(network.predict(samples))) > 1
    assert_same_answers(browser, network, np.concatenate([samples, edges]))
    assert not browser.errors


def test_labels_and_scores_are_the_references_on_images(
    browser: Page, tmp_path: Path, images: HeldOut
) -> None:
    network = image_network()
    browser.open(make_page(tmp_path / "design", network, test=images))
    assert len(np.unique(network.scores(images.samples), axis=0)) > SAMPLES / 2
    assert_same_answers(browser, network, images.samples[:SAMPLES])


def test_output_bits_are_the_references(browser: Page, tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    network = random_network(rng, layers=[12, 12], head="bits", k=3)
    samples = random_samples(rng, network, SAMPLES)
    browser.open(make_page(tmp_path / "design", network))
    found = answers(browser, samples)
    assert [each["bits"] for each in found] == network.output_bits(samples).astype(int).tolist()
    assert {each["label"] for each in found} == {None}


def test_words_out_of_range_are_refused(browser: Page, tmp_path: Path) -> None:
    browser.open(make_page(tmp_path / "design", plane_network()))
    for words in ([0], [0, 4096], [-1, 0], [0.5, 0], ["1", 0]):
        told = f"try {{ connective.answer({json.dumps(words)}) }} catch (e) {{ e.name }}"
        assert browser.evaluate(told) == "RangeError"


def test_a_drawing_is_answered_as_the_reference_does(
    browser: Page, tmp_path: Path, images: HeldOut
) -> None:
    network = image_network()
    browser.resize(1100, 900)
    browser.open(make_page(tmp_path / "design", network, test=images))
    browser.evaluate("document.querySelector('#input button').click()")
    left, top, width, height = box(browser, "#input canvas")
    stroke = [(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]
    browser.drag([(left + x * width, top + y * height) for x, y in stroke])
    words = browser.evaluate(
        "(() => { const c = document.querySelector('#input canvas');"
        "const all = c.getContext('2d').getImageData(0, 0, 28, 28).data;"
        "return [...all].filter((_, i) => i % 4 === 0); })()"
    )
    picture = np.reshape(words, (28, 28))
    assert picture[6, 14] > 128 and picture[24, 24] == 0  # ink where the pen was, and only there
    answer = network(np.array([words]))
    assert shown(browser) == (f"class {answer.labels[0]}", answer.scores[0].tolist())
    assert "gates switched" in browser.evaluate("document.getElementById('switched').textContent")


def test_a_point_moves_by_pen_and_by_keys(browser: Page, tmp_path: Path) -> None:
    network = plane_network()
    samples = random_samples(np.random.default_rng(5), network, 200)
    page = make_page(tmp_path / "design", network, test=answered(network, samples, wrong=20))
    browser.resize(1100, 900)
    browser.open(page)
    left, top, width, height = box(browser, "#input canvas")
    browser.drag([(left + width / 2, top + height / 2), (left + width / 4, top + height / 4)])
    before = browser.evaluate("document.querySelector('#input p').textContent")
    assert "word 10" in before and "word 30" in before  # a quarter, and three of them, of 4095
    browser.evaluate("document.querySelector('#input canvas').focus()")
    browser.press("ArrowRight")
    text = browser.evaluate("document.querySelector('#input p').textContent")
    words = [int(part.rstrip(")")) for part in text.replace(",", "").split() if part[-1] == ")"]
    assert words[0] > 1024 and text != before
    answer = network(np.array([words]))
    assert shown(browser) == (f"class {answer.labels[0]}", answer.scores[0].tolist())


def test_four_features_of_which_two_mirror_two_are_a_plane(browser: Page, tmp_path: Path) -> None:
    features = [Feature(name, 12, scale=2**-12) for name in ("x", "y", "1-x", "1-y")]
    network = network_of(fixed_point(features), seed=6)
    points = np.random.default_rng(6).integers(0, 4096, (300, 2))
    samples = np.column_stack([points, 4095 - points])
    browser.open(make_page(tmp_path / "design", network, test=answered(network, samples)))
    assert browser.evaluate("document.querySelector('#input canvas').className") == "place"
    box(browser, "#input canvas")
    browser.evaluate("document.querySelector('#input canvas').focus()")
    browser.press("ArrowUp")
    text = browser.evaluate("document.querySelector('#input p').textContent")
    x, y = [int(part.rstrip(")")) for part in text.replace(",", "").split() if part[-1] == ")"]
    answer = network(np.array([[x, y, 4095 - x, 4095 - y]]))
    assert shown(browser) == (f"class {answer.labels[0]}", answer.scores[0].tolist())


def test_sliders_set_words(browser: Page, tmp_path: Path) -> None:
    network = network_of(mixed_encoder(), seed=7)
    browser.open(make_page(tmp_path / "design", network))
    browser.evaluate(
        "document.querySelectorAll('#input input').forEach((slider) => {"
        "slider.value = slider.max; slider.dispatchEvent(new Event('input')); })"
    )
    browser.frame()
    answer = network(np.array([[f.high for f in network.encoder.features]]))
    assert shown(browser) == (str(answer.labels[0]), answer.scores[0].tolist())


def hostile_page(folder: Path) -> Path:
    """Names, classes, settings, notes and results that try to leave their place."""
    features = [Feature(f"{HOSTILE}{i}", 4) for i in range(5)]
    network = network_of(fixed_point(features), seed=8)
    samples = random_samples(np.random.default_rng(8), network, 300)
    known = answered(network, samples, wrong=30)
    names = tuple(f"{c}{HOSTILE}" for c in range(network.n_classes))
    columns: list[dict[str, Any]] = [{"kind": "number", "name": f.name} for f in features]
    columns[0] = {"kind": "category", "name": features[0].name, "categories": [HOSTILE, "b"]}
    table = {"columns": columns, "target": HOSTILE, "classes": names}
    provenance = {
        "config": {HOSTILE: {HOSTILE: HOSTILE}, "seed": 0},
        "data": {"description": HOSTILE, "sha256": HOSTILE, "table": table},
        "versions": {HOSTILE: HOSTILE},
    }
    test = HeldOut(known.samples, known.labels, names, HOSTILE)
    return make_page(folder, network, provenance=provenance, test=test)


def test_hostile_names_are_text(browser: Page, tmp_path: Path) -> None:
    browser.open(hostile_page(tmp_path / "design"))
    assert browser.evaluate("window.hacked ?? null") is None
    assert browser.evaluate("document.querySelectorAll('img').length") == 0
    for selector, text in (
        ("h1", HOSTILE),
        ("#input label span", f"{HOSTILE}0"),
        ("#input option + option", HOSTILE),
        ("#scores span", f"0{HOSTILE}"),
        (".matrix tbody th", f"0{HOSTILE}"),
    ):
        assert browser.evaluate(f"document.querySelector('{selector}').textContent") == text
    assert not browser.errors


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, images: HeldOut) -> list[Path]:
    """A page of each kind of input."""
    folder, plane = tmp_path_factory.mktemp("pages"), plane_network()
    samples = random_samples(np.random.default_rng(9), plane, 200)
    return [
        make_page(folder / "image", image_network(), test=images),
        make_page(folder / "plane", plane, test=answered(plane, samples, wrong=20)),
        hostile_page(folder / "sliders"),
    ]


def test_pages_open_without_an_error_and_ask_for_nothing(browser: Page, pages: list[Path]) -> None:
    for page in pages:
        browser.open(page)
        assert not browser.errors
        assert browser.requests[0] == page.as_uri()
        assert all(address.startswith("data:") for address in browser.requests[1:])


def test_the_policy_lets_nothing_out_and_no_other_script_run(
    browser: Page, pages: list[Path]
) -> None:
    browser.open(pages[1])
    assert (
        browser.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'held')") == "held"
    )
    browser.evaluate(
        "document.body.insertAdjacentHTML('beforeend', "
        "'<img src=http://127.0.0.1:9/x.png onerror=window.hacked=1>')"
    )
    browser.frame()
    assert browser.evaluate("window.hacked ?? null") is None
    told = " ".join(browser.errors)
    for directive in ("default-src 'none'", "img-src data:", "script-src 'sha256-"):
        assert directive in told


def test_pages_fit_a_phone(browser: Page, pages: list[Path]) -> None:
    browser.resize(360, 740, phone=True)
    for page in pages:
        browser.open(page)
        browser.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        assert browser.evaluate("document.documentElement.scrollWidth") <= 360
    browser.resize(1100, 900)


def test_pages_are_light_and_dark_and_print_on_white(browser: Page, pages: list[Path]) -> None:
    browser.open(pages[2])
    grounds = []
    for media, scheme in (("screen", "light"), ("screen", "dark"), ("print", "dark")):
        browser.media(media, prefers_color_scheme=scheme)
        grounds.append(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
    folded = browser.evaluate("document.querySelector('details > :not(summary)').offsetHeight")
    navigation = browser.evaluate("getComputedStyle(document.querySelector('nav')).display")
    browser.media("")
    assert grounds[0] == grounds[2] == "rgb(255, 255, 255)" != grounds[1]
    assert navigation == "none" and folded > 0  # on paper nothing can be opened
    assert browser.pdf().startswith(b"%PDF")
