import json
from pathlib import Path
from typing import Any

import pytest

from connective.errors import ToolError
from hwgen.flows.netlist import Cell, Netlist, read_netlist


def lut(output: int, *inputs: int | str) -> Cell:
    return Cell(inputs, output, True)


def register(output: int, *inputs: int | str) -> Cell:
    return Cell(inputs, output, False)


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
    return read_netlist(path, unmapped, "top")


def test_luts_come_after_what_they_read() -> None:
    netlist = Netlist([lut(5, 4, 3), lut(4, 3, 1), lut(3, 1, "1")], {}, set())
    assert [cell.output for cell in netlist.luts] == [3, 4, 5]
    assert netlist.depth(netlist.luts) == 3


def test_registers_cut_the_depth() -> None:
    netlist = Netlist([lut(5, 4), register(4, 3), lut(3, 2), lut(2, 1)], {}, {5})
    assert netlist.depth(netlist.luts) == 2


def test_depth_of_nothing_is_zero() -> None:
    assert Netlist([register(4, 3)], {}, set()).depth([]) == 0


def test_loop_of_luts_is_refused() -> None:
    netlist = Netlist([lut(1, 2), lut(2, 1)], {}, set())
    with pytest.raises(ToolError, match="combinational loop"):
        _ = netlist.luts


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
        assert read_netlist(path, unmapped, "top").scopes == {40: ["encoder", "level_0"]}


def test_complement_of_a_net_is_as_much_its_blocks(tmp_path: Path) -> None:
    inverter = {"type": "$_NOT_", "connections": {"A": [2], "Y": [3]}}
    before = {"encoder.o": {"bits": [2]}, "level_0.n": {"bits": [3]}}
    unmapped = write(tmp_path / "unmapped.json", {"i": inverter}, before)
    path = write(tmp_path / "n.json", {}, {"$abc$12$level_0.n_new": {"bits": [40]}})
    owner = read_netlist(path, unmapped, "top").owners(["encoder", "level_0", "rest"])
    assert owner[40] == 0


@pytest.mark.parametrize(
    "kind", ["$_DFF_P_", "$_DFFE_PP_", "$_SDFF_PP0_", "$_SDFFE_PP0P_", "$_SDFFCE_PP0P_"]
)
def test_registers_read_all_but_their_clock(tmp_path: Path, kind: str) -> None:
    ports = {"C": [2], "D": [3], "E": [4], "Q": [5]}
    cells = {
        "r": {"type": kind, "connections": ports},
        "l": {"type": "$lut", "connections": {"A": [5, "0"], "Y": [9]}},
        "s": {"type": "$scopeinfo", "connections": {}},
    }
    netlist = read_whole(write(tmp_path / "n.json", cells, {}))
    assert netlist.registers == [register(5, 3, 4)]
    assert netlist.luts == [lut(9, 5, "0")]


@pytest.mark.parametrize("kind", ["$_AND_", "$_DLATCH_P_", "$mem_v2", "blackbox"])
def test_other_cells_are_refused(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "n.json", {"c": {"type": kind, "connections": {"Y": [9]}}}, {})
    with pytest.raises(ToolError, match="^Yosys left a cell of type "):
        read_whole(path)
