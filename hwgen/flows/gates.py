"""What Yosys's gates compute, and which nets of two circuits compute the same."""

import operator
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from graphlib import TopologicalSorter
from typing import Any

SAMPLES = 1024
FEW = 4
"""Samples in which a net must differ from a constant to be told from others."""

Bit = int | str
Name = tuple[str, int]
"""A net, and the place of a bit in it."""

FUNCTIONS: dict[str, tuple[str, Callable[..., int]]] = {
    "$_BUF_": ("A", operator.pos),
    "$_NOT_": ("A", operator.invert),
    "$_AND_": ("AB", operator.and_),
    "$_NAND_": ("AB", lambda a, b: ~(a & b)),
    "$_OR_": ("AB", operator.or_),
    "$_NOR_": ("AB", lambda a, b: ~(a | b)),
    "$_XOR_": ("AB", operator.xor),
    "$_XNOR_": ("AB", lambda a, b: ~(a ^ b)),
    "$_ANDNOT_": ("AB", lambda a, b: a & ~b),
    "$_ORNOT_": ("AB", lambda a, b: a | ~b),
    "$_MUX_": ("ABS", lambda a, b, s: a & ~s | b & s),
}
"""Inputs and function of each gate, on words with a bit a sample."""


def evaluate(module: dict[str, Any], known: Mapping[Bit, int], ones: int) -> dict[Bit, int]:
    """Words of the nets that follow from those that are `known`; `ones` is the word of all samples.

    `module` is one of Yosys's JSON netlist. What other cells than gates drive is not in the result,
    unless it is known, nor what reads it.
    """
    driver = _drivers(module)
    values: dict[Bit, int] = {"0": 0, "1": ones, **known}
    order = TopologicalSorter({bit: inputs for bit, (_, inputs) in driver.items()})
    for bit in order.static_order():
        if bit not in values and bit in driver:
            function, inputs = driver[bit]
            if all(i in values for i in inputs):
                values[bit] = function(*(values[i] for i in inputs)) & ones
    return values


def same_functions(module: dict[str, Any], other: dict[str, Any]) -> dict[Name, list[Bit]]:
    """For nets of a module, the nets of the other that compute the same, or the complement.

    Nets that no gate drives are the same if they share a name. That two functions are the same is
    seen on random samples, so it may be wrong for some that seldom differ: good enough to say to
    which block a cell belongs, not for a proof.
    """
    ones = (1 << SAMPLES) - 1
    source = random.Random(0)
    names, other_names = _names(module), _names(other)
    free = dict.fromkeys(other_names.values()) - _drivers(other).keys() - set("01xz")
    words = {bit: source.getrandbits(SAMPLES) for bit in sorted(free, key=str)}
    values = evaluate(other, words, ones)
    alike = defaultdict(list)
    for bit, word in values.items():
        if FEW <= word.bit_count() <= SAMPLES - FEW:
            alike[min(word, word ^ ones)].append(bit)
    drivers = _drivers(module)
    shared = {
        bit: values[other_names[name]]
        for name, bit in names.items()
        if bit not in drivers and other_names.get(name) in values
    }
    found = evaluate(module, shared, ones)
    return {
        name: alike.get(min(found[bit], found[bit] ^ ones), [])
        for name, bit in names.items()
        if bit in found
    }


def _drivers(module: dict[str, Any]) -> dict[Bit, tuple[Callable[..., int], list[Bit]]]:
    """The function and the inputs of the gate that drives each net."""
    drivers = {}
    for cell in module["cells"].values():
        if cell["type"] in FUNCTIONS:
            ports, function = FUNCTIONS[cell["type"]]
            nets = cell["connections"]
            drivers[nets["Y"][0]] = function, [nets[port][0] for port in ports]
    return drivers


def _names(module: dict[str, Any]) -> dict[Name, Bit]:
    return {
        (name, index): bit
        for name, net in module["netnames"].items()
        for index, bit in enumerate(net["bits"])
    }
