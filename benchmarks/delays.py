"""What operations take on each family: `--clock` goes by the table that this writes.

Copies of a circuit of few operations stand between registers. What they read are random bits of a
long shift register, each read several times, so that their nets are as those of a learned wiring.
Of all tables of delays by which no circuit is slower than measured, the one is taken that is least
above what was measured, all circuits together: a linear program.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory

from amaranth.lib.wiring import In, Out
from ortools.linear_solver import pywraplp

from benchmarks.interfaces import INTERFACES
from benchmarks.operations import OPERATIONS, Case
from benchmarks.place_and_route import CHIPS, PINS
from benchmarks.rows import Row
from connective.folder import write_atomic
from hwgen.block import Block
from hwgen.delays import FILE, Delays, Kind
from hwgen.emission import Emission

KEPT = Path("build") / "delays"
CASES = OPERATIONS | INTERFACES
CONTROL = {"aclk": "clk", "aresetn": "~rst"}  # what else is no bit that is read
FANOUT = 3  # readers of a bit


def measure() -> list[Row]:
    """Circuits that an earlier run measured are taken from build/delays."""
    rows, families = [], {}
    for target, chip in CHIPS.items():
        periods = {name: _period(target, name, case) for name, case in CASES.items()}
        delays = fit({name: chip.margin * period for name, period in periods.items()})
        families[target] = {"device": chip.device, "margin": chip.margin, **asdict(delays)}
        for name, case in CASES.items():
            modelled = delays.overhead + sum(
                n * delays.of(kind, size) for (kind, size), n in case.operations.items()
            )
            rows.append(Row(f"{target}, {name}", "ps", modelled, periods[name], "measured"))
    write_delays(families)
    return rows


def write_delays(families: Mapping[str, object]) -> None:
    """Write the table of the generator, a point a line."""
    text = json.dumps(families, indent=1) + "\n"
    write_atomic(FILE, re.sub(r"\[\s+(\d+),\s+(\d+)\s+\]", r"[\1, \2]", text).encode())


def fit(periods: Mapping[str, float]) -> Delays:
    """The delays that meet the periods of all cases; a larger operation takes no less."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    operations = sorted({operation for case in CASES.values() for operation in case.operations})
    delay = {each: solver.NumVar(0, solver.infinity(), "") for each in operations}
    overhead = solver.NumVar(0, solver.infinity(), "")
    for smaller, larger in pairwise(operations):
        if smaller[0] == larger[0]:
            solver.Add(delay[smaller] <= delay[larger])
    excess = []
    for name, case in CASES.items():
        modelled = overhead + sum(n * delay[each] for each, n in case.operations.items())
        solver.Add(modelled >= periods[name])
        excess.append(modelled - periods[name])
    solver.Minimize(sum(excess))
    status = solver.Solve()
    assert status == solver.OPTIMAL, "delays that are large enough meet every period"
    points: dict[Kind, list[tuple[int, int]]] = {}
    for kind, size in operations:
        points.setdefault(kind, []).append((size, ceil(delay[kind, size].solution_value())))
    return Delays(
        ceil(overhead.solution_value()), {kind: tuple(own) for kind, own in points.items()}
    )


def _period(target: str, name: str, case: Case) -> float:
    """The least period in ps: the worst of some placements."""
    kept = KEPT / target / f"{name.replace(' ', '_')}.json"
    if kept.exists():
        return float(json.loads(kept.read_text(encoding="utf-8")))
    text, chip = circuit(case.block(), reads=case.reads), CHIPS[target]
    with TemporaryDirectory() as folder:
        source = Path(folder, "top.v")
        source.write_text(text, encoding="ascii")
        period = chip.period(source, mhz=chip.asked)
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, json.dumps(period).encode())
    return period


def circuit(block: Block, *, reads: int) -> str:
    """Copies of a block that read so many bits, between registers, in `top` with few ports."""
    widths = {
        flow: {
            name: len(getattr(block, name))
            for name, member in block.signature.members.items()
            if member.flow == flow and len(getattr(block, name)) and name not in CONTROL
        }
        for flow in (In, Out)
    }
    n_reads, n_gives = (sum(widths[flow].values()) for flow in (In, Out))
    copies = max(reads // n_reads, 1)
    n_bits = max(copies * n_reads // FANOUT, n_reads)
    order = _drawn(n_bits)
    control = {"clk": "clk"} if block.clocked else {}
    control |= {"rst": "rst"} if block.resets else {}
    control |= {name: net for name, net in CONTROL.items() if name in block.signature.members}
    instances = []
    for copy in range(copies):
        ports = [f".{name}({net})" for name, net in control.items()]
        for name, width in widths[In].items():
            ports.append(f".{name}({{{', '.join(f'x[{next(order)}]' for _ in range(width))}}})")
        first = copy * n_gives
        for name, width in widths[Out].items():
            ports.append(f".{name}(y[{first + width - 1}:{first}])")
            first += width
        instances.append(f"op op{copy} ({', '.join(ports)});\n")
    return (
        "".join(Emission(block, "op").verilog().values())
        + f"module top(input {', input '.join(PINS[:-1])}, output {PINS[-1]});\n"
        + f"reg [{n_bits - 1}:0] x; always @(posedge clk) x <= {{x, si ^ rst}};\n"
        + f"wire [{copies * n_gives - 1}:0] y;\n"
        + "".join(instances)
        + "".join(_folded(copies * n_gives))
        + "endmodule\n"
    )


def _drawn(n: int) -> Iterator[int]:
    """Each of n numbers as often as any other, at random."""
    draw, numbers = random.Random(1), list(range(n))
    while True:
        draw.shuffle(numbers)
        yield from numbers


def _folded(n: int) -> Iterator[str]:
    """Registers of the n bits of y, and a tree down to `so`, of two bits a register."""
    yield f"reg [{n - 1}:0] f0; always @(posedge clk) f0 <= y;\n"
    level = 0
    while n > 1:
        half = -(-n // 2)
        pairs = [f"^f{level}[{min(2 * i + 1, n - 1)}:{2 * i}]" for i in reversed(range(half))]
        level, n = level + 1, half
        new = f"{{{', '.join(pairs)}}}"
        yield f"reg [{n - 1}:0] f{level}; always @(posedge clk) f{level} <= {new};\n"
    yield f"assign so = f{level};\n"
