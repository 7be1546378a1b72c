"""Scripts and constraints for vendors' tools, read by Tcl with each of their commands recorded."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
import yaml

from connective.design import Design
from tests.cores import make_core
from tests.networks import random_network

VIVADO = """
    read_verilog read_xdc synth_design opt_design place_design route_design write_checkpoint
    report_utilization report_timing_summary
"""
PACKAGE = """
    create_project add_files set_property current_fileset close_project ipx::package_project
    ipx::current_core ipx::infer_bus_interface ipx::get_bus_interfaces ipx::add_bus_parameter
    ipx::create_xgui_files ipx::update_checksums ipx::check_integrity ipx::save_core
"""
QUARTUS = """
    project_new set_global_assignment set_instance_assignment execute_flow project_close
"""
CONSTRAINTS = "create_clock get_ports set_input_delay set_output_delay set_max_delay"
# Tcl's own `unknown` looks for programs of the system: here what is not declared is an error. What
# is declared prints its arguments, and gives them back.
RECORDER = """
proc unknown {args} { error "no such command: $args" }
namespace eval ipx {}
foreach name {%s} {
  proc $name args "puts \\[join \\[list $name {*}\\$args\\] \\x1f\\]; join \\$args"
}
proc package args {}
set argv {%s}
array set quartus [list args $argv]
source {%s}
"""


@pytest.fixture
def core(tmp_path: Path) -> tuple[Path, Design]:
    network = random_network(np.random.default_rng(3), layers=[20, 20])
    return tmp_path / "core", make_core(tmp_path / "core", network, top="gates", scores=True)


def calls(script: Path, commands: str, *arguments: str) -> list[list[str]]:
    """The commands that a script gives, each with its arguments."""
    listed = " ".join(f"{{{argument}}}" for argument in arguments)
    done = subprocess.run(
        ["tclsh"],
        input=RECORDER % (commands, listed, script),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [line.split("\x1f") for line in done.stdout.splitlines()]


def arguments(found: list[list[str]], command: str) -> list[list[str]]:
    return [words for name, *words in found if name == command]


def check_sources(folder: Path, design: Design, named: list[str]) -> None:
    assert named == [str(folder / source) for source in design.sources]
    assert all(Path(name).is_file() for name in named)


def check_constraints(file: Path, design: Design, period: float) -> None:
    """One clock, and a delay of a fifth of its period at each other port, with all of its bits."""
    found = calls(file, CONSTRAINTS)
    assert arguments(found, "create_clock") == [["-name", "clk", "-period", str(period), "clk"]]
    delay = ["-clock", "clk", str(period * 0.2)]
    for direction in ("in", "out"):
        assert arguments(found, f"set_{direction}put_delay") == [
            [*delay, f"{port.name}[*]" if port.width > 1 else port.name]
            for port in design.ports
            if port.direction == direction and port.name != "clk"
        ]


@pytest.mark.parametrize("suffix", ["sdc", "xdc"])
def test_constraints_name_the_clock_and_every_port(core: tuple[Path, Design], suffix: str) -> None:
    folder, design = core
    check_constraints(folder / f"constraints/gates.{suffix}", design, 10.0)


def check_delays(file: Path, period: float) -> None:
    """Nothing but the longest way from the input to each output."""
    found = calls(file, CONSTRAINTS)
    assert {name for name, *_ in found} == {"get_ports", "set_max_delay"}
    assert arguments(found, "set_max_delay") == [
        [str(period), "-from", "i_payload[*]", "-to", port]
        for port in ("o_label[*]", "o_scores[*]")
    ]


def test_scripts_of_a_core_without_a_clock_name_none(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=[20, 20])
    folder = tmp_path / "core"
    design = make_core(folder, network, top="gates", scores=True, combinational=True)
    for suffix in ("sdc", "xdc"):
        check_delays(folder / f"constraints/gates.{suffix}", 10.0)
    calls(folder / "scripts/vivado.tcl", VIVADO, "xcku5p-ffvb676-2-e", "2.5")
    check_delays(folder / "build/vivado/gates.xdc", 2.5)
    packaged = calls(folder / "scripts/vivado_package.tcl", PACKAGE)
    assert not arguments(packaged, "ipx::infer_bus_interface")
    assert packaged[-2][0] == "ipx::save_core"
    compiled = calls(folder / "scripts/quartus.tcl", QUARTUS)
    virtual = [words[-1] for words in arguments(compiled, "set_instance_assignment")]
    assert [name.partition("[")[0] for name in virtual] == [p.name for p in design.ports]
    config = yaml.safe_load((folder / "librelane/config.yaml").read_text())
    assert (config["CLOCK_PORT"], config["RUN_CTS"]) == (None, False)


def test_a_core_with_registers_has_an_interrupt_and_a_clock_of_its_own(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=[20, 20])
    folder = tmp_path / "core"
    design = make_core(folder, network, top="gates", axi_lite=True)
    found = calls(folder / "constraints/gates.sdc", CONSTRAINTS)
    assert arguments(found, "create_clock") == [["-name", "aclk", "-period", "10.0", "aclk"]]
    delayed = [words[-1].partition("[")[0] for name, *words in found if name.endswith("_delay")]
    assert sorted(delayed) == sorted(port.name for port in design.ports if port.name != "aclk")
    packaged = calls(folder / "scripts/vivado_package.tcl", PACKAGE)
    kinds = {words[0]: words[1] for words in arguments(packaged, "ipx::infer_bus_interface")}
    assert kinds.keys() == {"aclk", "aresetn", "irq"}
    assert kinds["irq"].startswith("xilinx.com:signal:interrupt_rtl")


def test_vivado_takes_the_part_and_the_period(core: tuple[Path, Design]) -> None:
    folder, design = core
    found = calls(folder / "scripts/vivado.tcl", VIVADO, "xcku5p-ffvb676-2-e", "2.5")
    check_sources(folder, design, [file for (file,) in arguments(found, "read_verilog")])
    (xdc,) = arguments(found, "read_xdc")
    assert xdc[:-1] == ["-mode", "out_of_context"]
    check_constraints(Path(xdc[-1]), design, 2.5)
    assert arguments(found, "synth_design") == [
        ["-top", "gates", "-part", "xcku5p-ffvb676-2-e", "-mode", "out_of_context"]
    ]
    order = [name for name, *_ in found if name in ("synth_design", "place_design", "route_design")]
    assert order == ["synth_design", "place_design", "route_design"]
    written = [words[-1] for name, *words in found if name.startswith(("report_", "write_"))]
    assert len(set(written)) == 6
    assert all(Path(file).parent == folder / "build/vivado" for file in written)


def test_vivado_has_defaults(core: tuple[Path, Design]) -> None:
    folder, design = core
    found = calls(folder / "scripts/vivado.tcl", VIVADO)
    assert arguments(found, "synth_design")[0][3] == "xc7a35tcpg236-1"
    check_constraints(folder / "build/vivado/gates.xdc", design, 10.0)


def test_vivado_packages_the_core(core: tuple[Path, Design]) -> None:
    folder, design = core
    found = calls(folder / "scripts/vivado_package.tcl", PACKAGE, "xcku5p-ffvb676-2-e")
    check_sources(folder, design, [words[-1] for words in arguments(found, "add_files")])
    (packaged,) = arguments(found, "ipx::package_project")
    assert packaged[:2] == ["-root_dir", str(folder / "build/ip")]
    assert [words[0] for words in arguments(found, "ipx::infer_bus_interface")] == ["clk", "rst"]
    assert ["value", "ACTIVE_HIGH"] in [w[:2] for w in arguments(found, "set_property")]
    assert found[-2][0] == "ipx::save_core"


def test_quartus_takes_the_device_and_the_period(core: tuple[Path, Design]) -> None:
    folder, design = core
    chosen = ("Arria 10", "10AX115S2F45I1SG", "4.0")
    found = calls(folder / "scripts/quartus.tcl", QUARTUS, *chosen)
    settings = [tuple(words[1:]) for words in arguments(found, "set_global_assignment")]
    values = dict(settings)
    assert (values["FAMILY"], values["DEVICE"]) == chosen[:2]
    assert values["TOP_LEVEL_ENTITY"] == "gates"
    check_sources(folder, design, [value for name, value in settings if name == "VERILOG_FILE"])
    check_constraints(Path(values["SDC_FILE"]), design, 4.0)
    virtual = [words[-1] for words in arguments(found, "set_instance_assignment")]
    assert [name.partition("[")[0] for name in virtual] == [p.name for p in design.ports[1:]]
    assert found[-2:] == [["execute_flow", "-compile"], ["project_close"]]


def test_librelane_finds_the_sources_and_the_constraints(core: tuple[Path, Design]) -> None:
    folder, design = core
    config = yaml.safe_load((folder / "librelane/config.yaml").read_text())
    assert config["DESIGN_NAME"] == "gates"
    assert config["CLOCK_PORT"] == "clk"
    assert config["CLOCK_PERIOD"] == 10.0
    sources = config["VERILOG_FILES"].removeprefix("dir::")
    found = {path.resolve() for path in (folder / "librelane").glob(sources)}
    assert found == {(folder / source).resolve() for source in design.sources}
    for stage in ("PNR", "SIGNOFF"):
        sdc = config[f"{stage}_SDC_FILE"].removeprefix("dir::")
        assert (folder / "librelane" / sdc).resolve() == folder / "constraints/gates.sdc"


def test_the_file_list_names_the_sources(core: tuple[Path, Design]) -> None:
    folder, design = core
    subprocess.run(
        ["iverilog", "-g2005", "-Wall", "-tnull", "-s", "gates", "-c", "gates.f"],
        cwd=folder,
        check=True,
    )
    lines = (folder / "gates.f").read_text().splitlines()
    assert [line for line in lines if not line.startswith("//")] == list(design.sources)
