"""What goes over the ports of a small core, cycle by cycle, as Icarus simulates it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connective.design import Design, Port
from connective.tools import icarus

RESET_CYCLES = 2
TIMEOUT = 60.0


@dataclass(frozen=True)
class Bus:
    """A port that carries words: valid tells when, ready that the next one follows.

    names: what the words are called, in their order
    """

    port: str
    valid: str
    ready: str
    names: Sequence[str]


def record(
    folder: Path, design: Design, inputs: Mapping[str, Sequence[int | None]]
) -> dict[str, list[str]]:
    """All ports but clock and reset as each rising edge finds them, in binary, most bits first.

    `inputs` are by cycle, None for an unknown word; an input that is not named is 0. The design
    lies in `folder`.
    """
    clock, reset, *ports = design.ports
    assert clock.name in ("clk", "aclk"), "a core without a clock has no cycles"
    level = design.options.reset in ("sync-high", "async-high")
    driven = [port for port in ports if port.direction == "in"]
    cycles = len(next(iter(inputs.values())))
    idle = _assignments(driven, {}, 0)
    steps = [f"    {reset.name} = {int(level)}; {idle} tick;"] * RESET_CYCLES
    for cycle in range(cycles):
        given = _assignments(driven, inputs, cycle)
        steps.append(f"    {reset.name} = {int(not level)}; {given} show; tick;")
    bench = folder / "traffic.v"
    bench.write_text(_bench(design, ports, steps), encoding="ascii")
    sources = [bench, *(folder / source for source in design.sources)]
    printed = icarus.run_bench(sources, "traffic", folder=folder, timeout=TIMEOUT).splitlines()
    columns = zip(*(line.split() for line in printed[-cycles:]), strict=True)
    return {port.name: list(column) for port, column in zip(ports, columns, strict=True)}


def _assignments(
    ports: Sequence[Port], inputs: Mapping[str, Sequence[int | None]], cycle: int
) -> str:
    words = []
    for port in ports:
        value = inputs[port.name][cycle] if port.name in inputs else 0
        bits = "x" if value is None else f"{value:0{port.width}b}"
        words.append(f"{port.name} = {port.width}'b{bits};")
    return " ".join(words)


def _bench(design: Design, ports: Sequence[Port], steps: Sequence[str]) -> str:
    clock, *others = design.ports
    kinds = {"in": "reg", "out": "wire"}
    lines = [f"  {kinds[port.direction]} [{port.width - 1}:0] {port.name};" for port in others]
    connections = ", ".join(f".{port.name}({port.name})" for port in design.ports)
    names = ", ".join(port.name for port in ports)
    return "\n".join(
        [
            f"module traffic;\n  reg {clock.name} = 0;",
            *lines,
            f"  {design.top} core ({connections});",
            f"  task tick; begin #5 {clock.name} = 1; #5 {clock.name} = 0; end endtask",
            f'  task show; begin #1 $display("{"%b " * len(ports)}", {names}); end endtask',
            "  initial begin",
            *steps,
            "    $finish;\n  end\nendmodule\n",
        ]
    )
