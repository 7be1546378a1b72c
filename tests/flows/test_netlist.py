import json
from pathlib import Path
from typing import Any

import pytest

from connective.errors import ToolError
from connective.technology import TECHNOLOGIES
from hwgen.flows.netlist import Cell, Netlist, read_netlist

LUT4 = TECHNOLOGIES["lut4"]
LUT_PORTS = {"A": "input", "Y": "output"}
PORTS = {"connections": {"A": [1], "Y": [9]}, "port_directions": LUT_PORTS}


def lut(output: int, *inputs: int | str) -> Cell:
    return Cell("$lut", inputs, (output,), inputs)


def register(output: int, *inputs: int | str) -> Cell:
    return Cell("$_DFF_P_", inputs, (output,))


def write(path: Path, cells: dict[str, Any], netnames: dict[str, Any]) -> Path:
    ports = {"o": {"direction": "output", "bits": [9]}, "i": {"direction": "input", "bits": [1]}}
    path.write_text(
        json.dumps(
            {"modules": {"top": {"ports": ports, "cells": cells, "netnames": netnames}}}, indent=1
        )
        + "\n"
    )
    return path


def read_whole(path: Path) -> Netlist:
    unmapped = write(path.with_name("unmapped.json"), {}, {})
    return read_netlist(path, unmapped, "top", LUT4)


def test_luts_come_after_what_they_read() -> None:
    netlist = Netlist([lut(5, 4, 3), lut(4, 3, 1), lut(3, 1, "1")], {}, set())
    assert [cell.output for cell in netlist.logic] == [3, 4, 5]
    assert netlist.depth(netlist.logic) == 3


def test_registers_cut_the_depth() -> None:
    netlist = Netlist([lut(5, 4), register(4, 3), lut(3, 2), lut(2, 1)], {}, {5})
    assert netlist.depth(netlist.logic) == 2


def test_longest_path_goes_from_register_to_register() -> None:
    start, end, aside = register(2, 9), register(6, 5), register(8, 7)
    logic = [lut(3, 2, 1), lut(4, 3), lut(5, 4, 1)]
    netlist = Netlist([end, *reversed(logic), lut(7, 3), aside, start], {}, {6})
    path = [(start, False), *((cell, True) for cell in logic)]
    assert netlist.longest() == [*path, (end, False)]


def test_longest_path_may_lie_between_ports() -> None:
    assert Netlist([lut(3, 2), lut(2, 1)], {}, {3}).longest() == [
        (lut(2, 1), True),
        (lut(3, 2), True),
    ]
    assert Netlist([register(4, 3)], {}, set()).longest() == []


def test_longest_path_ends_before_a_memory_that_it_writes() -> None:
    memory = Cell("TRELLIS_DPR16X4", (3, 8), (9,), (8,))
    netlist = Netlist([lut(2, 1), lut(3, 2), memory], {}, set())
    assert [passed for _, passed in netlist.longest()] == [True, True, False]
    read = Netlist([lut(8, 1), memory, register(10, 9)], {}, set())
    assert [passed for _, passed in read.longest()] == [True, True, False]


def test_depth_of_nothing_is_zero() -> None:
    assert Netlist([register(4, 3)], {}, set()).depth([]) == 0


def test_loop_of_luts_is_refused() -> None:
    netlist = Netlist([lut(1, 2), lut(2, 1)], {}, set())
    with pytest.raises(ToolError, match="combinational loop"):
        _ = netlist.logic


def test_cell_belongs_to_the_first_block_that_names_its_net() -> None:
    netlist = Netlist([lut(3, 1)], {3: ["b", "a", "elsewhere"]}, {3})
    assert netlist.owners(["a", "b", "rest"])[3] == 0


def test_nameless_lut_belongs_to_the_first_block_that_reads_it() -> None:
    cells = [lut(3, 1), lut(4, 3), lut(5, 3), register(6, 5), register(7, 4)]
    netlist = Netlist(cells, {6: ["a"], 7: ["b"]}, set())
    owner = netlist.owners(["a", "b", "rest"])
    assert (owner[3], owner[4], owner[5]) == (0, 1, 0)


def test_what_no_block_names_or_reads_belongs_to_the_last() -> None:
    owner = Netlist([lut(3, 1), lut(4, 1)], {}, {3}).owners(["a", "rest"])
    assert (owner[3], owner[4]) == (1, 1)


def test_names_of_flattened_nets_give_their_block(tmp_path: Path) -> None:
    names = [
        "level_0.o",
        "$flatten\\level_1.$and$1_Y",
        "$memory\\flow.fifo$wren[0]",
        "label",
    ]
    nets = {name: {"bits": [bit]} for bit, name in enumerate(names)}
    netlist = read_whole(write(tmp_path / "n.json", {}, nets))
    assert netlist.scopes == {0: ["level_0"], 1: ["level_1"], 2: ["flow"]}
    assert netlist.outputs == {9}


def test_lut_has_all_names_of_the_net_that_it_computes(tmp_path: Path) -> None:
    auto = "$auto$alumacc.cc:578:replace_alu$220.CO"
    before = {auto: {"bits": [3, 4]}, "encoder.o": {"bits": [7, 4]}, "level_0.i": {"bits": [4]}}
    unmapped = write(tmp_path / "unmapped.json", {}, before)
    for suffix in ("", "_new", "_new_inv"):
        mapped = {f"$abc$12{auto}[1]{suffix}": {"bits": [40]}, "$abc$12$new_n5": {"bits": [41]}}
        path = write(tmp_path / "n.json", {}, mapped)
        assert read_netlist(path, unmapped, "top", LUT4).scopes == {40: ["encoder", "level_0"]}


def test_complement_of_a_net_is_as_much_its_blocks(tmp_path: Path) -> None:
    inverter = {"type": "$_NOT_", "connections": {"A": [2], "Y": [3]}}
    before = {"encoder.o": {"bits": [2]}, "level_0.n": {"bits": [3]}}
    unmapped = write(tmp_path / "unmapped.json", {"i": inverter}, before)
    mapped = {"type": "$lut", "connections": {"A": [5], "Y": [40]}, "port_directions": LUT_PORTS}
    names = {"$abc$12$level_0.n_new": {"bits": [40]}}
    path = write(tmp_path / "n.json", {"l": mapped}, names)
    owner = read_netlist(path, unmapped, "top", LUT4).owners(["encoder", "level_0", "rest"])
    assert owner[40] == 0


@pytest.mark.parametrize(
    "kind", ["$_DFF_P_", "$_DFFE_PP_", "$_SDFF_PP0_", "$_SDFFE_PP0P_", "$_SDFFCE_PP0P_"]
)
def test_registers_let_nothing_through_and_luts_do(tmp_path: Path, kind: str) -> None:
    ports = {"C": [2], "D": [3], "E": [4], "Q": [5]}
    directions = {"C": "input", "D": "input", "E": "input", "Q": "output"}
    cells = {
        "r": {"type": kind, "connections": ports, "port_directions": directions},
        "l": {
            "type": "$lut",
            "connections": {"A": [5, "0"], "Y": [9]},
            "port_directions": LUT_PORTS,
        },
        "s": {"type": "$scopeinfo", "connections": {}, "port_directions": {}},
    }
    netlist = read_whole(write(tmp_path / "n.json", cells, {}))
    assert netlist.cells == [Cell(kind, (2, 3, 4), (5,)), lut(9, 5, "0")]
    assert netlist.logic == [lut(9, 5, "0")]


def test_memory_lets_its_address_through(tmp_path: Path) -> None:
    ports = {"DI": [2], "WRE": [3], "WCK": [4], "WAD": [5, 6], "RAD": [7, 8], "DO": [9, 10]}
    directions = dict.fromkeys(ports, "input") | {"DO": "output"}
    memory = {"type": "TRELLIS_DPR16X4", "connections": ports, "port_directions": directions}
    path = write(tmp_path / "n.json", {"m": memory}, {})
    unmapped = write(tmp_path / "unmapped.json", {}, {})
    (cell,) = read_netlist(path, unmapped, "top", TECHNOLOGIES["ecp5"]).logic
    assert (cell.through, cell.outputs) == ((7, 8), (9, 10))


@pytest.mark.parametrize("kind", ["$_AND_", "$_DLATCH_P_", "$mem_v2", "blackbox"])
def test_other_cells_are_refused(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "n.json", {"c": {"type": kind, **PORTS}}, {})
    with pytest.raises(ToolError, match="^Yosys left a cell of type "):
        read_whole(path)
