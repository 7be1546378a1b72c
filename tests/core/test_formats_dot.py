import re
from pathlib import Path

import numpy as np
import pytest

from connective import Encoder, Feature, InputError, Network
from connective.formats.dot import MAX_NODES, write_dot
from tests.networks import random_network


def test_a_small_network_is_the_graph_that_one_would_draw(tmp_path: Path) -> None:
    encoder = Encoder((Feature('say "x\\"', 4), Feature("y", 1)), [0, 1], [0, 2], [5, 0])
    network = Network(
        encoder,
        fanin=np.array([[0, 1], [1, 1], [2, 3]]),
        table=np.array([8, 5, 2]),
        outputs=np.array([4, 0]),
        weights=np.array([1, -2]),
        groups=np.array([0, 1, 2]),
        bias=np.array([0, 3]),
    )
    write_dot(tmp_path / "x.dot", network, {})
    assert (tmp_path / "x.dot").read_text() == (
        "// {}\n"
        "digraph network {\n"
        "rankdir=LR;\n"
        'n0 [shape=box, label="say \\"x\\\\\\" ≥ 5"];\n'
        'n1 [shape=box, label="y[0]"];\n'
        'n2 [label="AND"];\n'
        'n0 -> n2 [taillabel="x0"];\n'
        'n1 -> n2 [taillabel="x1"];\n'
        'n3 [label="NOT"];\n'
        'n1 -> n3 [taillabel=""];\n'
        'n4 [label="0x2"];\n'
        'n2 -> n4 [taillabel="x0"];\n'
        'n3 -> n4 [taillabel="x1"];\n'
        'c0 [shape=box, label="class 0"];\n'
        'n4 -> c0 [label=""];\n'
        'c1 [shape=box, label="class 1 +3"];\n'
        'n0 -> c1 [label="-2"];\n'
        "}\n"
    )


def test_outputs_without_classes_are_drawn(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(0), layers=[9, 5], k=3, head="bits")
    write_dot(tmp_path / "x.dot", network, {})
    drawn = re.findall(r"n(\d+) -> o\d+;", (tmp_path / "x.dot").read_text())
    assert [int(node) for node in drawn] == network.outputs.tolist()


def test_a_network_that_nobody_could_look_at_is_refused(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(0), layers=[MAX_NODES - 7])
    with pytest.raises(InputError, match=r"x\.dot: the network has 501 nodes"):
        write_dot(tmp_path / "x.dot", network, {})
    assert not (tmp_path / "x.dot").exists()
