"""What inspection says of a network that a person can count."""

import pytest

from connective import Feature, Network, raw, thermometer
from connective.estimate import estimate_luts
from connective.inspection import gate_names, inspect_network
from tests.core.test_simplify import AND, FIRST, OR, TRUE, XOR, circuit


@pytest.fixture
def network() -> Network:
    encoder = thermometer([Feature("x", 8), Feature("y", 8)], [[1, 128], [96]])
    gates = [(0, 1, AND), (0, 2, XOR), (2, 2, FIRST), (3, 4, OR), (3, 3, FIRST), (0, 0, TRUE)]
    return circuit(gates, [[6, 6, 7], [4, 8]], encoder=encoder)


def test_sizes_types_and_reads_are_counted(network: Network) -> None:
    result = inspect_network(network)
    assert result["gates_by_level"] == [4, 2]  # a constant stands on the first level
    assert result["tables"] == {"10": 2, "6": 1, "8": 1, "14": 1, "15": 1}
    assert result["readers"]["highest"][:3] == [
        {"node": 0, "readers": 2},
        {"node": 2, "readers": 2},
        {"node": 3, "readers": 2},
    ]
    assert result["reads"] == [3, 2]
    assert result["inputs_read"] == 3
    assert result["outputs_by_class"] == [3, 2]


def test_what_simplifying_leaves_is_told(network: Network) -> None:
    simplified = inspect_network(network)["simplified"]
    assert simplified["keep"] == "label"
    assert simplified["gates"] == 2  # x ≥ 1 and x ≥ 128 is x ≥ 128
    assert simplified["summands"] == 3
    assert {fate: n for fate, n in simplified["fates"].items() if n} == {
        "kept": 2,
        "constant": 1,
        "pass-through": 2,
        "equivalent": 1,
    }


def test_luts_are_estimated_by_block(network: Network) -> None:
    # x ≥ 1: eight bits, two LUT6 or three LUT4; x ≥ 128 is a bit; y ≥ 96: three bits
    luts = estimate_luts(network, 6)
    assert (luts["encoder"], luts["level_0"], luts["level_1"]) == (3, 4, 2)
    assert estimate_luts(network, 4)["encoder"] == 4


def test_tables_wider_than_a_lut_count_as_several() -> None:
    wide = Network(
        encoder=thermometer([Feature("x", 3)], [[1, 2, 3, 4, 5, 6]]),
        fanin=[[0, 1, 2, 3, 4, 5]],
        table=[0x6996966996696996],
        outputs=[6],
        weights=[1],
        groups=[0],
        bias=[],
        head="bits",
    )
    assert estimate_luts(wide, 6) == {"encoder": 5, "level_0": 1}  # x ≥ 4 is a bit
    assert estimate_luts(wide, 4)["level_0"] == 7


def test_gates_that_counters_take_in_have_no_luts_of_their_own() -> None:
    gates = [[a, b] for a in range(4) for b in range(a)]
    seven = Network(
        encoder=raw(4),
        fanin=[*gates, [4, 5]],
        table=[6] * 7,
        outputs=[6, 7, 8, 9, 10, 4],
        weights=[1, 1, 1, 1, 1, 1],
        groups=[0, 4, 6],
        bias=[0, 0],
    )
    assert estimate_luts(seven, 4)["level_0"] == 6
    assert estimate_luts(seven, 6)["level_0"] == 3  # nodes 6, 7 and 8 are counted as they are


@pytest.mark.parametrize(("k", "table"), [(k, t) for k in (1, 2) for t in sorted(gate_names(k))])
def test_every_name_is_the_table_s(k: int, table: int) -> None:
    expression = gate_names(k)[table]
    for minterm in range(2**k):
        a, b = bool(minterm & 1), bool(minterm & 2)
        named = {
            "nor": not (a or b), "xor": a != b, "nand": not (a and b), "and": a and b,
            "xnor": a == b, "or": a or b, "not": not a, "wire": a, "true": True, "false": False,
            "a and not b": a and not b, "b and not a": b and not a,
            "a or not b": a or not b, "b or not a": b or not a,
        }  # fmt: skip
        assert named[expression] == bool(table >> minterm & 1)
