"""Netlists of a small design for every target, counted by other means than the product's."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from connective import InputError, Network
from connective.implementation import Block, SynthesisResult, cells_file, netlist_file
from hwgen.flows.synth import synthesize
from tests.designs import make_design
from tests.libraries import SIX, real_library
from tests.networks import random_network

INSTANCE = re.compile(r"^  (\w+) (?:#\(.*?\) )?(?:\w+|\\\S+ ) \(\n", re.MULTILINE | re.DOTALL)
FAMILIES = {
    "xilinx7": ("LUT|INV", "FD"),
    "ice40": ("SB_LUT", "SB_DFF"),
    "ecp5": ("LUT", "TRELLIS_FF"),
    "gowin": ("LUT", "DFF"),
}
COUNTS = ("luts", "registers", "cells", "area_um2", "gate_equivalents")


def network() -> Network:
    return random_network(np.random.default_rng(0), layers=[40, 40], n_inputs=30)


def instances(folder: Path, target: str) -> Counter[str]:
    """How many of each type of cells the text of a netlist has."""
    return Counter(INSTANCE.findall(netlist_file(folder, target).read_text()))


def check_names(folder: Path, target: str) -> None:
    """The proof of a netlist finds the control registers by their names."""
    text = netlist_file(folder, target).read_text()
    for name in ("credits_used", "fifo_level", "fifo_w_port__addr", "valid"):
        assert rf"\flow.{name}" in text


def check_sums(result: SynthesisResult) -> None:
    blocks = list(result.blocks.values())
    for name in COUNTS:
        values = [getattr(block, name) or 0 for block in blocks]
        assert sum(values) == pytest.approx(getattr(result, name) or 0)
    others: Counter[str] = sum((Counter(block.others) for block in blocks), Counter())
    assert others == result.others
    assert max(block.depth for block in blocks) <= result.depth
    assert sum(part.cells for part in result.path) == result.depth
    assert {part.block for part in result.path} <= result.blocks.keys()


@pytest.mark.parametrize("target", FAMILIES)
def test_blocks_add_up_to_the_cells_of_the_netlist(tmp_path: Path, target: str) -> None:
    make_design(tmp_path / "d", network())
    result = synthesize(tmp_path / "d", target)
    luts, registers = FAMILIES[target]
    cells = instances(tmp_path / "d", target)
    assert result.luts == sum(n for kind, n in cells.items() if re.match(luts, kind))
    assert result.registers == sum(n for kind, n in cells.items() if re.match(registers, kind))
    assert result.luts + result.registers + sum(result.others.values()) == cells.total()
    check_sums(result)
    check_names(tmp_path / "d", target)
    assert result.blocks["level_0"].luts and result.blocks["popcount"].registers


@pytest.mark.parametrize("target", ["ice40", "ecp5", "gowin"])
def test_reset_without_the_clock_is_the_registers_own(tmp_path: Path, target: str) -> None:
    make_design(tmp_path / "d", network(), reset="async-low")
    result = synthesize(tmp_path / "d", target)
    check_sums(result)
    text = netlist_file(tmp_path / "d", target).read_text()
    assert re.search(r"SB_DFFE?R|ASYNC|DFFCE?", text)


def test_area_is_that_of_the_librarys_cells(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network(), target="asic")
    result = synthesize(tmp_path / "d", "asic", liberty=SIX)
    cells = instances(tmp_path / "d", "asic")
    area = {"INV": 1.0, "BUF": 1.5, "NAND2": 2.0, "NAND2_WIDE": 5.0, "XOR2": 4.5, "DFF": 8.0}
    assert result.cells == cells.total()
    assert result.registers == cells["DFF"] > 0
    assert result.area_um2 == sum(area[kind] * count for kind, count in cells.items())
    assert result.gate_equivalents == result.area_um2 / 2
    assert result.library and result.library.gate_equivalent == "NAND2"
    assert result.delay_ps and result.delay_ps > 0.02 * 1000
    assert not result.luts and not result.others
    check_sums(result)
    check_names(tmp_path / "d", "asic")


def test_cells_of_a_library_count_for_the_blocks_that_lut_count_for(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network(), levels_per_stage=2)
    result = synthesize(tmp_path / "d", "asic", liberty=SIX)
    generic = synthesize(tmp_path / "d", "lut4")
    for name, block in generic.blocks.items():
        assert result.blocks[name].registers == block.registers
        logic = (result.blocks[name].cells or 0) - block.registers
        assert logic >= block.luts / 2  # a LUT is two gates or more, but some are merged


def test_cells_that_are_not_to_be_used_are_not(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network())
    synthesize(tmp_path / "d", "asic", liberty=SIX)
    assert instances(tmp_path / "d", "asic")["XOR2"]
    synthesize(tmp_path / "d", "asic", liberty=SIX, dont_use=["XO*"])
    assert not instances(tmp_path / "d", "asic")["XOR2"]
    assert "module XOR2" not in cells_file(tmp_path / "d", "asic").read_text()


@pytest.mark.parametrize(
    ("name", "nand", "area"),
    [("sky130_fd_sc_hd", "sky130_fd_sc_hd__nand2_1", 3.7536), ("sg13g2", "sg13g2_nand2_1", 7.2576)],
)
def test_libraries_of_open_processes_are_read(
    tmp_path: Path, name: str, nand: str, area: float
) -> None:
    make_design(tmp_path / "d", network())
    result = synthesize(tmp_path / "d", "asic", liberty=real_library(name))
    check_sums(result)
    assert result.library and result.library.gate_equivalent == nand
    assert result.area_um2 and result.gate_equivalents
    assert result.area_um2 / result.gate_equivalents == pytest.approx(area)
    assert result.delay_ps and 100 < result.delay_ps < 10_000
    least = synthesize(tmp_path / "d", "lut4").registers  # which merges equal ones at the end
    assert least <= result.registers <= 1.05 * least


def test_library_goes_with_its_target_alone(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network())
    with pytest.raises(InputError, match="^target asic needs .*: name its file with --liberty$"):
        synthesize(tmp_path / "d", "asic")
    for options in ({"liberty": SIX}, {"dont_use": ["*lpflow*"]}):
        with pytest.raises(InputError, match="^target ice40 has .*: leave out --liberty, --dont"):
            synthesize(tmp_path / "d", "ice40", **options)
    assert not (tmp_path / "d" / "results").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "does not exist: name a Liberty file of standard cells$"),
        (b"module top(); endmodule\n", "cannot be read as Liberty: "),
        (b"library (empty) { }\n", "has no cells with an area"),
        (b"\x1f\x8b\x08 is no gzip", "cannot be read: "),
    ],
)
def test_liberty_file_that_cannot_be_read_is_told(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    make_design(tmp_path / "d", network())
    file = tmp_path / "cells.lib"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputError, match=f"^{re.escape(str(file))}:? {sentence}"):
        synthesize(tmp_path / "d", "asic", liberty=file)
    assert not netlist_file(tmp_path / "d", "asic").exists()


def test_pattern_of_cells_that_is_none_is_refused(tmp_path: Path) -> None:
    make_design(tmp_path / "d", network())
    with pytest.raises(InputError, match=r"^'a; exec b' is no name of cells"):
        synthesize(tmp_path / "d", "asic", liberty=SIX, dont_use=["a; exec b"])


def test_parts_have_no_figures_that_their_target_has_not() -> None:
    block = Block(registers=1, depth=0)
    assert (block.luts, block.cells, block.area_um2, block.others) == (0, None, None, {})
