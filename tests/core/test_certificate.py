"""A certificate holds only where the answers are the same, whatever wrote it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connective import InputError, Network
from connective.certificate import Certificate, check
from connective.certificate_file import read_certificate, write_certificate
from connective.simplify import simplify
from tests.core.test_simplify import AND, OR, XOR, all_words, circuit, differences
from tests.networks import random_network


def certified(seed: int, keep: str = "label") -> tuple[Network, Network, Certificate]:
    rng = np.random.default_rng(seed)
    network = random_network(rng, layers=[12, 12], n_inputs=8, weighted=bool(seed % 2))
    result = simplify(network, keep="label" if keep == "label" else "scores")
    return network, result.network, result.certificate


def renamed(certificate: Certificate, after: Network) -> Certificate:
    """The certificate as if it had been written for the network `after`."""
    return replace(certificate, after=after.sha256)


@settings(deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["label", "scores"]), st.data())
def test_no_change_that_alters_an_answer_is_certified(
    seed: int, keep: str, data: st.DataObject
) -> None:
    before, after, certificate = certified(seed, keep)
    field = data.draw(st.sampled_from(["table", "bias", "weights", "outputs", "equal", "origin"]))
    holder = certificate if field in ("equal", "origin") else after
    values = getattr(holder, field).copy()
    if not len(values):
        return
    place = data.draw(st.integers(0, len(values) - 1))
    values[place] = {
        "table": [AND, OR, XOR][data.draw(st.integers(0, 2))],
        "outputs": data.draw(st.integers(0, after.n_nodes - 1)),
        "equal": data.draw(st.integers(0, 2 * before.n_nodes + 1)),
        "origin": data.draw(st.integers(0, 2 * before.n_nodes + 1)),
        "bias": data.draw(st.integers(-3, 3)),
        "weights": data.draw(st.integers(-3, 3)),
    }[field]
    try:
        changed = replace(holder, **{field: values})
    except InputError:  # a table that does not suit its gate
        return
    if isinstance(changed, Network):
        after, certificate = changed, renamed(certificate, changed)
    else:
        certificate = changed
    samples = np.random.default_rng(1).integers(
        [f.low for f in before.encoder.features],
        [f.high + 1 for f in before.encoder.features],
        (500, len(before.encoder.features)),
    )
    if check(certificate, before, after) is None:
        assert not differences(before, after, samples, certificate.keep)


@pytest.mark.parametrize("change", ["table", "bias", "row", "weights"])
def test_a_wrong_network_is_named(change: str) -> None:
    before = circuit([(0, 1, AND), (3, 2, XOR)], [[4], [3]])
    result = simplify(before)
    after = result.network
    if change == "table":
        after = replace(after, table=[AND, OR])
        expected = "gate 1 is not literal 10"
    elif change == "bias":
        after = replace(after, bias=[1, 0])
        expected = "the biases differ"
    elif change == "weights":
        after = replace(after, weights=[2, 1])
        expected = "classes count node 4 differently"
    else:
        encoder = replace(after.encoder, feature=[1, 0, 2])
        after = replace(after, encoder=encoder)
        expected = "input bit 0 is not that of the network before"
    assert check(renamed(result.certificate, after), before, after) == expected


def test_scores_that_differ_are_certified_for_labels_only() -> None:
    before = circuit([(0, 1, AND)], [[3, 2], [3]])
    result = simplify(before, keep="label")
    assert check(result.certificate, before, result.network) is None
    claimed = replace(result.certificate, keep="scores")
    assert check(claimed, before, result.network) is not None
    scored, after = replace(before, head="scores"), replace(result.network, head="scores")
    claimed = replace(result.certificate, before=scored.sha256, after=after.sha256)
    assert check(claimed, scored, after) is not None  # its scores leave the core


def test_a_certificate_of_other_networks_is_refused() -> None:
    before, after, certificate = certified(0)
    other = certified(2)[0]
    assert check(certificate, other, after) == "the certificate is of other networks"
    short = replace(certificate, origin=certificate.origin[:-1])
    assert check(short, before, after) == "the certificate names nodes that are not there"


def test_every_claim_of_equality_is_checked() -> None:
    before = circuit([(0, 1, AND), (0, 1, OR)], [[3], [4]])
    result = simplify(before)
    equal = result.certificate.equal.copy()
    equal[4] = equal[3]
    wrong = replace(result.certificate, equal=equal)
    assert check(wrong, before, result.network) == "node 4 does not equal literal 8"
    assert differences(before, result.network, all_words(before), "scores") == 0


def test_a_file_gives_back_the_certificate_and_the_same_bytes(tmp_path: Path) -> None:
    before, after, certificate = certified(3)
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    write_certificate(first, certificate)
    read = read_certificate(first)
    assert check(read, before, after) is None
    write_certificate(second, read)
    assert first.read_bytes() == second.read_bytes()


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "certificate.npz"
    path.write_bytes(b"PK")
    with pytest.raises(InputError, match="not a certificate, or damaged"):
        read_certificate(path)
