"""What a netlist takes for a sample, from how often the pins of its cells toggled."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connective.activity import Activity
from connective.design import CLOCKS, read_design
from connective.errors import InputError
from connective.folder import temporary_folder
from connective.implementation import SynthesisResult, cells_file, netlist_file
from connective.power import NETLISTS, BlockPower, Energy, LibraryFile, PowerResult
from connective.results import read_results
from connective.technology import BLACKBOXES, TECHNOLOGIES
from connective.tools import yosys
from hwgen.flows.energy import CellEnergies, read_energies
from hwgen.flows.liberty import liberty_content
from hwgen.flows.liberty_text import read_liberty_text
from hwgen.flows.netlist import Bit

METHOD = (
    "An estimate. Toggles are of settled values, without glitches, while samples stream through "
    "the netlist at full rate; nothing is placed or routed."
)
ENERGY_METHOD = (
    " A toggle of a pin takes half its capacitance times the voltage squared, which counts for the "
    "block of its cell; wires have no capacitance, and there is no clock tree. What cells take "
    "inside is the Liberty file's, at the load of the output and with edges of 50 ps, the mean of "
    "rising and falling and of all that it tells apart by other pins and states; so is leakage. "
    "Corner, voltage and temperature are those of the file."
)
PICO = 1e12


@dataclass(frozen=True)
class Instance:
    """A cell of a type and a block, with the net at each of its pins."""

    name: str
    kind: str
    block: str
    nets: dict[str, Bit]
    outputs: frozenset[str]


@dataclass(frozen=True)
class PowerModel:
    """The netlist for a target: its blocks in the order of the data, its cells and the net of its
    clock; for a library, also energies.
    """

    target: str
    blocks: tuple[str, ...]
    instances: tuple[Instance, ...]
    clock: Bit | None
    energies: CellEnergies | None
    library: LibraryFile | None

    def estimate(
        self, activity: Activity, *, mhz: float | None, data: str, seconds: float
    ) -> PowerResult:
        """What it takes for a sample of `data` at a clock, which a cell library needs."""
        blocks: dict[str, list[BlockPower]] = {block: [] for block in self.blocks}
        loads = self._loads()
        for instance in self.instances:
            blocks[instance.block].append(self._cell(instance, loads, activity, mhz))
        parts = {name: _sum(cells) for name, cells in blocks.items() if cells}
        whole = _sum(list(parts.values()))
        rate = activity.samples / activity.cycles
        energy = whole.energy_pj
        return PowerResult(
            **whole.model_dump(),
            netlist=self.target,
            netlist_sha256=activity.netlist_sha256,
            tool=activity.tool,
            data=data,
            samples=activity.samples,
            cycles=activity.cycles,
            mhz=mhz if energy else None,
            voltage=self.energies.voltage if self.energies else None,
            power_uw=energy.total * mhz * rate if energy and mhz else None,
            library=self.library,
            blocks=parts,
            method=METHOD + ENERGY_METHOD * bool(self.energies),
            seconds=seconds,
        )

    def _loads(self) -> dict[Bit, float]:
        """The capacitance in F of all pins that read a net."""
        loads: dict[Bit, float] = defaultdict(float)
        if self.energies:
            for instance in self.instances:
                pins = self.energies.cells[instance.kind].pins
                for name, net in instance.nets.items():
                    if pins[name].is_input:
                        loads[net] += pins[name].capacitance
        return loads

    def _cell(
        self, instance: Instance, loads: dict[Bit, float], activity: Activity, mhz: float | None
    ) -> BlockPower:
        """What a cell takes for a sample."""
        toggled = activity.toggles[instance.name]
        toggles = sum(toggled[pin] for pin in instance.outputs) / activity.samples
        if self.energies is None or mhz is None:
            return BlockPower(toggles=toggles, energy_pj=None)
        cycles = activity.cycles / activity.samples
        cell, square = self.energies.cells[instance.kind], self.energies.voltage**2
        clock = switching = internal = 0.0
        for name, net in instance.nets.items():
            pin = cell.pins[name]
            charge = pin.capacitance * square / 2 if pin.is_input else 0.0
            inside = pin.internal(loads[net])
            if net == self.clock:
                clock += 2 * cycles * (charge + inside)
            else:
                times = toggled[name] / activity.samples
                switching += times * charge
                internal += times * inside
        leakage = cell.leakage * cycles / (mhz * 1e6)
        return BlockPower(
            toggles=toggles,
            energy_pj=Energy(
                clock=PICO * clock,
                switching=PICO * switching,
                internal=PICO * internal,
                leakage=PICO * leakage,
            ),
        )


def read_power_model(folder: Path, target: str, *, liberty: Path | None) -> PowerModel:
    """The netlist that `connective synth` made of the design in a folder for a target.

    A cell library's needs the Liberty file that it was made with. Raises `InputError` for another,
    and for a netlist that is not there, or has no cells of a maker.
    """
    technology = TECHNOLOGIES[target]
    if target not in NETLISTS:
        raise InputError(f"{target} has cells of no maker: take one of {', '.join(NETLISTS)}")
    if liberty and not technology.has_library:
        raise InputError(f"target {target} has cells of its own: leave out --liberty")
    design = read_design(folder)
    result = read_results(folder).get(f"synth-{target}")
    if (
        result is None
        or not isinstance(result.result, SynthesisResult)
        or not result.holds_for(design, folder)
    ):
        raise InputError(
            f"{folder} has no netlist for {target}: run connective synth {folder} --target {target}"
        )
    synthesis, energies, library = result.result, None, None
    module = _read_module(folder, target, design.top)
    instances = tuple(_instances(module["cells"]))
    if synthesis.library:
        library = LibraryFile(file=synthesis.library.file, sha256=synthesis.library.sha256)
        energies = _energies(liberty, library, {instance.kind for instance in instances})
    clock = next((module["ports"][c]["bits"][0] for c in CLOCKS if c in module["ports"]), None)
    blocks = tuple(synthesis.blocks)
    return PowerModel(target, blocks, instances, clock, energies, library)


def _energies(liberty: Path | None, library: LibraryFile, kinds: set[str]) -> CellEnergies:
    if liberty is None:
        raise InputError(
            f"energies are those of the cell library: name {library.file} with --liberty"
        )
    text, digest = liberty_content(liberty)
    if digest != library.sha256:
        raise InputError(
            f"{liberty}: is not the {library.file} of which the netlist is (SHA-256 "
            f"{library.sha256[:12]}…): name that, or run connective synth again"
        )
    try:
        return read_energies(read_liberty_text(text.decode(errors="replace")), kinds)
    except InputError as error:
        raise InputError(f"{liberty}: {error}") from None


def _read_module(folder: Path, target: str, top: str) -> dict[str, Any]:
    """Yosys's JSON of the netlist, which names the blocks and the direction of each pin."""
    models = [yosys.share() / name for name in TECHNOLOGIES[target].models]
    if TECHNOLOGIES[target].has_library:
        models = [cells_file(folder, target).absolute()]
    netlist = netlist_file(folder, target).absolute()
    with temporary_folder() as work:
        written = work / "netlist.json"
        yosys.run_yosys(
            [
                *(f"read_verilog -lib {yosys.quote(model)}" for model in models),
                BLACKBOXES,
                f"read_verilog {yosys.quote(netlist)}",
                f"hierarchy -top {top}",
                f"write_json {yosys.quote(written)}",
            ],
            log=folder.absolute() / "results" / f"power-{target}.log",
            timeout=600,
        )
        module: dict[str, Any] = json.loads(yosys.written(written))["modules"][top]
    return module


def _instances(cells: dict[str, Any]) -> Iterator[Instance]:
    for name, cell in cells.items():
        nets: dict[str, Bit] = {}
        outputs = set()
        for port, bits in cell["connections"].items():
            names = [port] if len(bits) == 1 else [f"{port}[{i}]" for i in range(len(bits))]
            nets |= dict(zip(names, bits, strict=True))
            if cell["port_directions"][port] == "output":
                outputs |= set(names)
        block = cell["attributes"].get("block")
        if block is None:
            raise InputError(f"cell {name} has no block: run connective synth again")
        yield Instance(name, cell["type"], block, nets, frozenset(outputs))


def _sum(parts: list[BlockPower]) -> BlockPower:
    energies = [part.energy_pj for part in parts if part.energy_pj]
    summed = {name: sum(getattr(e, name) for e in energies) for name in Energy.model_fields}
    return BlockPower(
        toggles=sum(part.toggles for part in parts),
        energy_pj=Energy(**summed) if energies else None,
    )
