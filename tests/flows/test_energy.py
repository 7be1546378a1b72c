"""Energies of cells, read from a Liberty file and held against figures reckoned by hand."""

import gzip
import re

import pytest

from connective import InputError
from hwgen.flows.energy import read_energies
from hwgen.flows.liberty_text import read_liberty_text
from tests.libraries import SIX, real_library

TEXT = SIX.read_text()


def test_capacitance_leakage_and_voltage_are_those_of_the_file() -> None:
    library = read_energies(read_liberty_text(TEXT), ["NAND2", "DFF"])
    assert library.voltage == 2
    assert library.cells["NAND2"].leakage == pytest.approx(1.5e-9)  # the mean of its states
    assert library.cells["DFF"].leakage == pytest.approx(3e-9)  # the library's default
    pins = library.cells["DFF"].pins
    assert {name: pin.is_input for name, pin in pins.items()} == {
        "CK": True,
        "D": True,
        "Q": False,
        "QN": False,
    }
    assert pins["D"].capacitance == pytest.approx(2e-15)


def test_internal_energy_is_the_mean_over_edges_pins_and_states_at_the_load() -> None:
    cells = read_energies(read_liberty_text(TEXT), ["NAND2", "DFF"]).cells
    picojoule = 4e-12  # 1 pF · (1 V)² would be the unit; with "2V" it is four times that
    assert cells["DFF"].pins["CK"].internal(0) == pytest.approx(0.02e-12)
    assert cells["DFF"].pins["Q"].internal(0) == 0
    # at 50 ps, between the rows: rise 0.02 … 0.04, fall 0.06 … 0.04, of the other pin 0.08
    assert cells["NAND2"].pins["Y"].internal(0) == pytest.approx((0.02 + 0.06 + 0.08) / 3 * 1e-12)
    assert cells["NAND2"].pins["Y"].internal(50e-15) == pytest.approx(
        (0.03 + 0.05 + 0.08) / 3 * 1e-12
    )
    doubled = TEXT.replace('voltage_unit : "1V"', 'voltage_unit : "2V"')
    two = read_energies(read_liberty_text(doubled), ["DFF"])
    assert two.voltage == 4
    assert two.cells["DFF"].pins["CK"].internal(0) == pytest.approx(0.02 * picojoule)


def test_supplies_add_up() -> None:
    text = TEXT.replace(
        'related_pin : "B";\n        power', "related_pg_pin : VSS;\n        power", 1
    )
    pin = read_energies(read_liberty_text(text), ["NAND2"]).cells["NAND2"].pins["Y"]
    assert pin.internal(0) == pytest.approx((0.02 + 0.06) / 2 * 1e-12 + 0.08e-12)


@pytest.mark.parametrize(
    ("cell", "pin", "low", "high"),
    [
        ("sky130_fd_sc_hd__dfxtp_1", "CLK", 19e-15, 21e-15),
        ("sky130_fd_sc_hd__nand2_1", "Y", 2e-15, 5e-15),
        ("sg13g2_nand2_1", "Y", 2e-15, 3e-15),
    ],
)
def test_energies_of_open_processes_are_of_their_size(
    cell: str, pin: str, low: float, high: float
) -> None:
    file = real_library(cell.partition("__")[0].partition("_nand2")[0])
    library = read_liberty_text(gzip.decompress(file.read_bytes()).decode())
    assert low < read_energies(library, [cell]).cells[cell].pins[pin].internal(4e-15) < high


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("nom_voltage : 2.0;", "", "it says no nom_voltage, without which there is no energy"),
        ('"1nW"', '"1 horse"', "its leakage_power_unit is '1 horse', which is no unit known here"),
        ("cell (DFF)", "cell (FF)", "it has no cell DFF, of which the netlist consists"),
        ("_template (by_load)", "_template (b)", "it has no power_lut_template by_load"),
        ('"0.01, 0.03", "', '"0.01, ', "a table of by_load has 3 values, not [2, 2]"),
        (
            "nom_voltage : 2.0;",
            "nom_voltage = 2;",
            "Liberty has : or ( after 'nom_voltage', not '='",
        ),
        ("area : 1.0;", "} } } area : 1.0;", "Liberty has a name there, not '}'"),
        ("library (six)", "cells (six)", "it is not one whole library in Liberty"),
        ("area : 1.0;", "area (1.0)", "Liberty has ; or { after area (1.0), not 'pin'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(old: str, new: str, sentence: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(sentence)}$"):
        read_energies(read_liberty_text(TEXT.replace(old, new, 1)), ["DFF", "NAND2"])


@pytest.mark.parametrize("text", ["", "library (a) {", "}", '"', "library (a", "a : b", "(", "x {"])
def test_broken_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="Liberty"):
        read_liberty_text(text)


def test_groups_deeper_than_any_real_are_refused() -> None:
    with pytest.raises(InputError, match="Liberty has ; or { after a"):
        read_liberty_text("a (b) {" * 100)
