from itertools import product
from typing import Any

import pytest

from hwgen.flows.gates import FUNCTIONS, evaluate, same_functions

Gate = tuple[str, list[int | str], int]
TRUTH = {
    "$_BUF_": lambda a: a,
    "$_NOT_": lambda a: not a,
    "$_AND_": lambda a, b: a and b,
    "$_NAND_": lambda a, b: not (a and b),
    "$_OR_": lambda a, b: a or b,
    "$_NOR_": lambda a, b: not (a or b),
    "$_XOR_": lambda a, b: a != b,
    "$_XNOR_": lambda a, b: a == b,
    "$_ANDNOT_": lambda a, b: a and not b,
    "$_ORNOT_": lambda a, b: a or not b,
    "$_MUX_": lambda a, b, s: b if s else a,
}


def module(gates: list[Gate], **names: int) -> dict[str, Any]:
    cells = {}
    for number, (kind, inputs, output) in enumerate(gates):
        pins = {pin: [bit] for pin, bit in zip("ABS", inputs, strict=False)}
        cells[f"g{number}"] = {"type": kind, "connections": {**pins, "Y": [output]}}
    return {"cells": cells, "netnames": {name: {"bits": [bit]} for name, bit in names.items()}}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_gates_compute_what_yosys_says(kind: str) -> None:
    pins = len(FUNCTIONS[kind][0])
    rows = list(product((False, True), repeat=pins))
    words = {2 + pin: sum(row[pin] << i for i, row in enumerate(rows)) for pin in range(pins)}
    netlist = module([(kind, list(words), 9)])
    found = evaluate(netlist, words, (1 << len(rows)) - 1)[9]
    assert found == sum(bool(TRUTH[kind](*row)) << i for i, row in enumerate(rows))


def test_what_follows_from_unknown_nets_is_unknown() -> None:
    netlist = module([("$_AND_", [2, 3], 4), ("$_NOT_", [4], 5), ("$_OR_", ["1", 2], 6)])
    assert evaluate(netlist, {2: 0}, 1) == {"0": 0, "1": 1, 2: 0, 6: 1}


def test_nets_are_alike_by_function_or_its_complement() -> None:
    source = module([("$_AND_", [2, 3], 4), ("$_XOR_", [2, 3], 5)], a=2, b=3, both=4, odd=5)
    nand, nor = ("$_NAND_", [7, 8], 9), ("$_NOR_", [7, 8], 10)
    mapped = module([nand, nor], a=7, b=8, n1=9, n2=10)
    alike = same_functions(mapped, source)
    assert alike["n1", 0] == [4]  # the complement of `both`
    assert alike["n2", 0] == []
    assert (alike["a", 0], alike["b", 0]) == ([2], [3])


def test_constants_are_alike_with_nothing() -> None:
    source = module([("$_AND_", [2, "0"], 4)], a=2, never=4)
    mapped = module([("$_OR_", [7, "1"], 9)], a=7, always=9)
    assert same_functions(mapped, source)["always", 0] == []
