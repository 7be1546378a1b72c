"""What is pasted or imported to have the core in a larger design."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from connective.design import Design
from hwgen.handover.identifiers import python_class, vhdl_name
from tests.cores import make_core
from tests.networks import random_network

LITEX = """
import importlib.util, sys
import migen
from litex.gen.fhdl.verilog import convert
spec = importlib.util.spec_from_file_location("wrapper", sys.argv[1])
wrapper = importlib.util.module_from_spec(spec)
spec.loader.exec_module(wrapper)
class Platform:
    sources = []
    def add_source(self, source):
        self.sources.append(source)
core = getattr(wrapper, sys.argv[2])(Platform())
core.cd_sys = migen.ClockDomain()
if hasattr(core, "bus"):
    signals = {signal for end in ("aw", "w", "b", "ar", "r")
               for signal in getattr(core.bus, end).flatten()} | {core.irq}
else:
    signals = {*core.sink.flatten(), *core.source.flatten()}
ports = {core.cd_sys.clk, core.cd_sys.rst, *signals}
print(convert(core, ios=ports, name="litex_top"))
print(*Platform.sources, file=sys.stderr)
"""


@pytest.fixture
def core(tmp_path: Path) -> tuple[Path, Design]:
    network = random_network(np.random.default_rng(3), layers=[20, 20])
    return tmp_path / "core", make_core(tmp_path / "core", network, top="my_gates", scores=True)


def compile_verilog(folder: Path, design: Design, text: str, top: str) -> str:
    """What Icarus has to say of a text that instantiates the core."""
    (folder / "user.v").write_text(text)
    command = ["iverilog", "-g2005", "-Wall", "-Wno-timescale", "-tnull", "-s", top, "user.v"]
    done = subprocess.run(
        [*command, *design.sources], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stderr


def test_the_verilog_template_compiles(core: tuple[Path, Design]) -> None:
    folder, design = core
    template = (folder / "doc/my_gates_template.v").read_text()
    text = f"`default_nettype none\nmodule user;\n{template}endmodule\n"
    assert compile_verilog(folder, design, text, "user") == ""


def test_the_vhdl_component_has_the_ports(core: tuple[Path, Design]) -> None:
    folder, design = core
    text = (folder / "doc/my_gates_template.vhd").read_text()
    component = text.partition("component my_gates is")[2].partition("end component")[0]
    declared = re.findall(r"(\w+) : (in|out) std_logic(?:_vector\((\d+) downto 0\))?", component)
    assert [(name, direction, int(high or 0) + 1) for name, direction, high in declared] == [
        (port.name, port.direction, port.width) for port in design.ports
    ]
    assert component.count(";") == len(design.ports)  # the last one ends the list, not a port
    joined = re.findall(r"^-- +(\w+) => (\w+)", text, re.MULTILINE)
    assert joined == [(port.name, port.name) for port in design.ports]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("gates", "gates"),
        ("gates_2", "gates_2"),
        ("process", "\\process\\"),
        ("Signal", "\\Signal\\"),
        ("_gates", "\\_gates\\"),
        ("two__lines", "\\two__lines\\"),
    ],
)
def test_names_that_vhdl_does_not_take_are_extended(name: str, written: str) -> None:
    assert vhdl_name(name) == written


@pytest.mark.parametrize(
    ("name", "written"), [("yin_yang", "YinYang"), ("_2x", "Core2x"), ("a", "A"), ("_", "Core")]
)
def test_a_class_has_a_name_that_python_takes(name: str, written: str) -> None:
    assert python_class(name) == written


def wrapped(folder: Path, design: Design) -> tuple[str, dict[str, str]]:
    """LiteX's Verilog around the core, and the nets at the core's ports."""
    done = subprocess.run(
        [sys.executable, "-c", LITEX, folder / "litex/my_gates.py", "MyGates"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.split() == [str(folder / source) for source in design.sources]
    assert compile_verilog(folder, design, done.stdout, "litex_top") == ""
    joined = dict(re.findall(r"\.(\w+)\s*\(+(~?\w+)\)+", done.stdout))
    assert joined.keys() == {port.name for port in design.ports}
    return done.stdout, joined


def test_litex_elaborates_the_wrapper_around_the_core(core: tuple[Path, Design]) -> None:
    _, joined = wrapped(*core)
    assert joined["i_payload"] == "sink_payload_data"
    assert joined["o_scores"] == "source_payload_scores"


def test_litex_joins_both_endpoints_where_the_core_has_no_handshake(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=[20, 20])
    design = make_core(tmp_path / "core", network, top="my_gates", combinational=True)
    verilog, joined = wrapped(tmp_path / "core", design)
    assert joined == {"i_payload": "sink_payload_data", "o_label": "source_payload_label"}
    assert "assign source_valid = sink_valid;" in verilog
    assert "assign sink_ready = source_ready;" in verilog


def test_litex_joins_a_bus_to_the_registers(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), layers=[20, 20])
    design = make_core(tmp_path / "core", network, top="my_gates", axi_lite=True)
    _, joined = wrapped(tmp_path / "core", design)
    channels = {
        port.name: re.sub(r"s_axi_(aw|ar|.)(\w+)", r"\1 \2", port.name).split()
        for port in design.ports
        if port.name.startswith("s_axi_")
    }
    for port, (channel, field) in channels.items():
        assert re.fullmatch(rf"(\w+_)?{channel}_(payload_|param_)?{field}", joined[port]), joined
    assert (joined["irq"], joined["aresetn"]) == ("irq", "~sys_rst")
