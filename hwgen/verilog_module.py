"""A Verilog module as its declarations and statements, read from Yosys and printed for people."""

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from hwgen.pipe import COPIED

LINE = 100
KEEP = "(* keep *) "
"""Before a block whose registers Yosys is to keep apart though they are equal."""
APART = '(* dont_touch = "true", dont_merge *) '
"""The same for Vivado and Quartus, before a declaration."""
WIDE_CONSTANT = 32
WORD = re.compile(r"(?<![\w'])[A-Za-z_]\w*")
ATOM = re.compile(r"\$signed\([^()]*\)|\{[^{}]*\}|\d+'[hd][0-9a-fx]+|[A-Za-z_]\w*(?:\[[\d:]+\])?")
"""An operand: a word or a part of it, a constant, a concatenation."""

_DECLARATION = re.compile(r"  (input|output|wire|reg) (?:signed )?(?:\[(\d+):0\] )?(\w+);\n")
_CONSTANT = re.compile(r"(\d+)'h([0-9a-f]+)")
_UNDEFINED = re.compile(r"\d+'hx+")
_EMPTY = re.compile(r"  wire \[-1:0\] \w+;\n")
_MEMORY = re.compile(r"  reg \[\d+:0\] \w+ \[\d+:0\];\n")
_ASSIGN = re.compile(r"  assign ([^=]+) = (.+);\n")
_REGISTER = re.compile(
    r"  always @\(posedge clk(?:, posedge rst)?\)\n"
    r"(?:    if \(rst\) \w+ <= (\S+);\n    else|   ) (\w+) <= (.+);\n"
)
_PIN = re.compile(r"\.\w+ ?\(")
_OTHER = re.compile(r"(  \w.*\n(?:    .*\n|  (?:\);|end)\n)*)")


@dataclass(frozen=True)
class Assign:
    """`target = value`, or `target <= value` at the clock, where `rst` may make it `reset`."""

    target: str
    value: str
    reset: str = ""

    @property
    def operators(self) -> set[str]:
        """The operators of the value, `?` with its `:`."""
        return set(ATOM.sub(" ", self.value).split())


@dataclass(frozen=True)
class VerilogModule:
    """The parts of a module.

    Members
    -------
    name: of the module
    widths: of every wire, register and port, by name
    inputs, outputs: names of ports
    memories: declarations of arrays, as text
    assigns: continuous assignments
    registers: assignments at the clock
    writes: clocked blocks that write memories, as text
    instances: as text, by name of the instance
    asynchronous: whether the reset of registers does not wait for the clock
    """

    name: str
    widths: dict[str, int]
    inputs: frozenset[str]
    outputs: frozenset[str]
    memories: tuple[str, ...]
    assigns: tuple[Assign, ...]
    registers: tuple[Assign, ...]
    writes: tuple[str, ...]
    instances: dict[str, str]
    asynchronous: bool

    @property
    def statements(self) -> tuple[Assign, ...]:
        return (*self.assigns, *self.registers)

    def map(self, change: Callable[[Assign], Assign]) -> "VerilogModule":
        """The module with each assignment changed."""
        return replace(
            self,
            assigns=tuple(map(change, self.assigns)),
            registers=tuple(map(change, self.registers)),
        )

    def reads(self) -> Iterator[str]:
        """Every word that something reads, as often as it is read.

        Instances read all that is joined to their ports, whose own names are none of ours.
        """
        for statement in self.statements:
            yield from WORD.findall(statement.value)
        for text in (*self.writes, *(_PIN.sub("(", text) for text in self.instances.values())):
            yield from WORD.findall(text)

    def width(self, atom: str) -> int:
        """Width in bits of an operand."""
        if atom.startswith("{"):
            return sum(self.width(part) for part in ATOM.findall(atom[1:-1]))
        if atom.startswith("$signed"):
            return self.width(atom[len("$signed(") : -1])
        if atom[0].isdigit():
            return int(atom.partition("'")[0])
        word, _, part = atom.partition("[")
        if not part:
            return self.widths[word]
        high, _, low = part[:-1].partition(":")
        return int(high) - int(low or high) + 1

    def verilog(self, ports: Sequence[str], instances: Sequence[str]) -> str:
        """The module's text, its ports and instances in the given order of names."""
        clocked = {r.target for r in self.registers}
        declared = {a.target for a in self.assigns} & (set(self.widths) - set(ports))
        lines = [f"module {self.name} ("]
        header = [self._port(port, clocked) for port in ports]
        lines += [f"{port}," for port in header[:-1]] + [header[-1], ");"]
        words = sorted(set(self.widths) - set(ports) - declared, key=_natural)
        lines += [f"  {self._declare(word, clocked)};" for word in words]
        lines += self.memories
        for assign in self._in_order():
            whole = assign.target in declared
            target = self._declare(assign.target, set()) if whole else f"assign {assign.target}"
            lines.append(f"  {target} = {assign.value};")
        lines += self._clocked()
        lines += self.writes
        lines += [self.instances[name] for name in sorted(self.instances, key=instances.index)]
        lines.append("endmodule")
        return "".join(f"{_wrap(line)}\n" for text in lines for line in text.splitlines())

    def _clocked(self) -> Iterator[str]:
        free = [r for r in self.registers if not r.reset]
        copied = [r for r in free if COPIED.fullmatch(r.target)]
        for mark, registers in (("", [r for r in free if r not in copied]), (KEEP, copied)):
            if registers:
                yield f"  {mark}always @(posedge clk) begin"
                yield from (f"    {_loaded(r)};" for r in registers)
                yield "  end"
        controlled = [r for r in self.registers if r.reset]
        if controlled:
            edges = "posedge clk or posedge rst" if self.asynchronous else "posedge clk"
            yield f"  always @({edges})\n    if (rst) begin"
            yield from (f"      {r.target} <= {r.reset};" for r in controlled)
            yield "    end else begin"
            yield from (f"      {r.target} <= {r.value};" for r in controlled)
            yield "    end"

    def _declare(self, word: str, clocked: set[str]) -> str:
        width = self.widths[word]
        kind = "reg" if word in clocked else "wire"
        if COPIED.fullmatch(word):
            kind = f"{APART}{kind}"
        return f"{kind} [{width - 1}:0] {word}" if width > 1 else f"{kind} {word}"

    def _port(self, port: str, clocked: set[str]) -> str:
        direction = "input" if port in self.inputs else "output"
        return f"  {direction} {self._declare(port, clocked)}"

    def _in_order(self) -> Iterator[Assign]:
        """Continuous assignments, each after those of the wires that it reads."""
        by_word: dict[str, list[Assign]] = {}
        for assign in self.assigns:
            by_word.setdefault(WORD.findall(assign.target)[0], []).append(assign)
        waiting = dict.fromkeys(self.assigns)
        for first in self.assigns:
            stack = [first]
            while stack:
                assign = stack[-1]
                if assign not in waiting:
                    stack.pop()
                    continue
                needed = [a for w in WORD.findall(assign.value) for a in by_word.get(w, ())]
                needed = [a for a in needed if a in waiting and a not in stack]
                if needed:
                    stack.append(needed[0])
                else:
                    del waiting[assign]
                    yield stack.pop()


def parse(text: str) -> VerilogModule:
    """Reads one module of `write_verilog -noattr` in which no name needs an escape."""
    assert "\\" not in text, "a name is escaped"
    header, _, body = text.partition(";\n")
    name = header.split()[1].partition("(")[0]
    body = _EMPTY.sub("", body)
    declarations = _DECLARATION.findall(body)
    widths = {word: int(high or 0) + 1 for _, high, word in declarations}
    body = _DECLARATION.sub("", body).removesuffix("endmodule\n")
    memories, body = _MEMORY.findall(body), _MEMORY.sub("", body)
    assigns, body = _ASSIGN.findall(body), _ASSIGN.sub("", body)
    asynchronous = "posedge rst" in body
    registers, body = _REGISTER.findall(body), _REGISTER.sub("", body)
    others = _OTHER.findall(body)
    assert "".join(others) == body, "a statement of Yosys is of no known form"
    blocks = [text for text in others if text.startswith("  always")]
    instances = {text.split()[1]: text for text in others if not text.startswith("  always")}
    return VerilogModule(
        name=name,
        widths=widths,
        inputs=frozenset(word for kind, _, word in declarations if kind == "input"),
        outputs=frozenset(word for kind, _, word in declarations if kind == "output"),
        memories=tuple(memories),
        assigns=tuple(Assign(*pair) for pair in assigns if not _UNDEFINED.fullmatch(pair[1])),
        registers=tuple(Assign(target, value, reset) for reset, target, value in registers),
        writes=tuple(blocks),
        instances=instances,
        asynchronous=asynchronous,
    )


def _loaded(register: Assign) -> str:
    """The assignment, under a condition where the register else keeps what it has."""
    if match := re.fullmatch(rf"\((\S+)\) \? (.+) : {register.target}", register.value):
        return f"if ({match[1]}) {register.target} <= {match[2]}"
    return f"{register.target} <= {register.value}"


def _natural(word: str) -> list[tuple[int, str]]:
    """Sorts sum2 before sum10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", word)]


def _repeated(constant: re.Match[str]) -> str:
    """A wide constant of equal bits as that bit repeated: it has no end that could be wrapped."""
    width, value = int(constant[1]), int(constant[2], 16)
    if width <= WIDE_CONSTANT or value not in (0, (1 << width) - 1):
        return constant[0]
    return f"{{{width}{{1'b{value & 1}}}}}"


def _wrap(line: str) -> str:
    line = _CONSTANT.sub(_repeated, line)
    line = re.sub(r"\{ ", "{", re.sub(r" \}", "}", line))
    line = re.sub(r"([~|&^]) (?=[\w{(])(?<![\w})\]] . )", r"\1", line)
    if len(line) <= LINE:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    return "\n".join(
        textwrap.wrap(
            line.strip(),
            LINE,
            initial_indent=indent,
            subsequent_indent=indent + "    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
