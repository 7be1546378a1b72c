"""Rewrites a module as Yosys prints it into the form in which a person writes Verilog.

Yosys prints one operator a line over wires that it numbered. Here an operand gets the name of the
wire whose value it is, and a numbered wire goes into the expression that reads it where its width
leaves the meaning alone. `VerilogModule` then declares a wire with its value and after what it
reads, and collects registers without reset in one `always` block.
"""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace

from hwgen.verilog_module import ATOM, WORD, Assign, VerilogModule, parse

BITWISE = {"&", "|", "^", "~"}
COMPARE = {"==", "!=", "<", "<=", ">", ">="}
ARITHMETIC = {"+", "-"}
_NUMBERED = re.compile(r"unnamed_\d+")
_NUMBERED_PART = re.compile(r"\bunnamed_\d+\b(?:\[[\d:]+\])?")
_CONSTANT = re.compile(r"(\$signed\()?(\d+)'h([0-9a-f]+)(?(1)\))")


def polish(text: str, ports: Sequence[str], instances: Sequence[str]) -> str:
    """The same module, written differently: text of one module of `write_verilog -noattr`.

    Wires without a name of their own are called unnamed_0 and so on; the ports and the instances
    of the module will stand in the order of `ports` and of `instances`.
    """
    module = parse(text)
    steps = (_drop_numbered, _narrow, _name_operands, _size_constants, _inline)
    for step in (*steps, _take_names, _drop_unread):
        module = step(module)
    return module.verilog(ports, instances)


def _drop_numbered(module: VerilogModule) -> VerilogModule:
    """Numbered wires that nothing reads go; named ones may yet be read by their names."""
    return _drop(module, {word for word in module.widths if not _NUMBERED.fullmatch(word)})


def _drop_unread(module: VerilogModule) -> VerilogModule:
    """Wires that nothing reads go."""
    return _drop(module, module.inputs | module.outputs)


def _drop(module: VerilogModule, keep: Set[str]) -> VerilogModule:
    """Wires outside `keep` that nothing reads go, and with them what only they read."""
    while True:
        read = set(module.reads()) | keep
        assigns = tuple(a for a in module.assigns if WORD.findall(a.target)[0] in read)
        if len(assigns) == len(module.assigns):
            break
        module = replace(module, assigns=assigns)
    targets = {WORD.findall(s.target)[0] for s in module.statements}
    blocks = {word for text in module.writes for word in WORD.findall(text)}
    used = read | targets | blocks
    return replace(module, widths={w: n for w, n in module.widths.items() if w in used})


def _narrow(module: VerilogModule) -> VerilogModule:
    """Numbered wires of which only the same low bits are driven and read become as narrow."""
    parts: dict[str, set[str]] = {}
    for statement in module.statements:
        text = f"{statement.target} {statement.value}"
        for word, part in re.findall(r"\b(unnamed_\d+)\b(\[[\d:]+\])?", text):
            parts.setdefault(word, set()).add(part)
    widths, whole = dict(module.widths), {}
    for word, (part, *others) in parts.items():
        if (low := re.fullmatch(r"\[(?:(\d+):)?0\]", part)) and not others:
            widths[word] = int(low[1] or 0) + 1
            whole[word + part] = word

    def narrowed(statement: Assign) -> Assign:
        target = whole.get(statement.target, statement.target)
        value = _NUMBERED_PART.sub(lambda m: whole.get(m[0], m[0]), statement.value)
        return replace(statement, target=target, value=value)

    return replace(module, widths=widths).map(narrowed)


def _name_operands(module: VerilogModule) -> VerilogModule:
    """Operands that are the whole value of a named wire become that wire.

    Amaranth resolves such wires away, so that concatenations stand in the middle of expressions.
    """
    names: dict[str, str] = {}
    for assign in module.assigns:
        whole = WORD.fullmatch(assign.target) and not _NUMBERED.fullmatch(assign.target)
        if whole and assign.target not in module.outputs and _is_selection(assign.value):
            names.setdefault(assign.value, assign.target)

    def name(match: re.Match[str]) -> str:
        signed = re.fullmatch(r"(\$signed\()(.*)(\))", match[0]) or ("", "", match[0], "")
        return signed[1] + names.get(signed[2], signed[2]) + signed[3]

    def named(statement: Assign) -> Assign:
        if names.get(statement.value) == statement.target:
            return statement
        return replace(statement, value=ATOM.sub(name, statement.value))

    return module.map(named)


def _is_selection(value: str) -> bool:
    """Whether a value is a part of a word or a concatenation, not a word or a constant."""
    return bool(ATOM.fullmatch(value)) and value[-1] in "]}"


def _inline(module: VerilogModule) -> VerilogModule:
    """Numbered wires that are read once go into what reads them."""
    reads = Counter(module.reads())
    inner = {
        a.target: a
        for a in module.assigns
        if _NUMBERED.fullmatch(a.target) and reads[a.target] == 1 and "$" not in a.value
    }
    used: set[str] = set()

    def expanded(statement: Assign) -> Assign:
        value = statement.value
        if "$" in value or not WORD.fullmatch(statement.target):
            return statement
        width = module.widths[statement.target]
        if value in inner and module.widths[value] == width:
            used.add(value)
            return replace(statement, value=expanded(inner[value]).value)
        operators = statement.operators

        def operand(match: re.Match[str]) -> str:
            assign = inner.get(match[0])
            if assign is None:
                return match[0]
            first = match.start() == 0 and "?" in operators
            if not _may_stand_in(module, assign, operators, width, is_condition=first):
                return match[0]
            used.add(assign.target)
            text = expanded(assign).value
            unary = assign.operators == {"~"}
            last = match.end() == len(value) and "?" in operators
            return text if unary or last else f"({text})"

        return replace(statement, value=ATOM.sub(operand, value))

    outer = tuple(expanded(a) for a in module.assigns if a.target not in inner)
    registers = tuple(map(expanded, module.registers))
    kept = tuple(expanded(a) for a in inner.values() if a.target not in used)
    return replace(module, assigns=(*kept, *outer), registers=registers)


def _take_names(module: VerilogModule) -> VerilogModule:
    """Numbered wires that are the whole value of a named one become it, rather than a port."""
    names: dict[str, str] = {}
    for assign in sorted(module.assigns, key=lambda assign: assign.target in module.outputs):
        whole = _NUMBERED.fullmatch(assign.value) and WORD.fullmatch(assign.target)
        if whole and module.widths[assign.value] == module.widths[assign.target]:
            names.setdefault(assign.value, assign.target)

    def named(text: str) -> str:
        return WORD.sub(lambda match: names.get(match[0], match[0]), text)

    renamed = module.map(
        lambda statement: replace(
            statement, target=named(statement.target), value=named(statement.value)
        )
    )
    return replace(
        renamed,
        assigns=tuple(assign for assign in renamed.assigns if assign.target != assign.value),
        writes=tuple(map(named, module.writes)),
        instances={name: named(text) for name, text in module.instances.items()},
    )


def _may_stand_in(
    module: VerilogModule, assign: Assign, around: set[str], width: int, *, is_condition: bool
) -> bool:
    """Whether an expression means the same inside one with the operators `around`.

    An operand of a bitwise operator or a branch of `?` takes the width of the whole, so it must
    have had that width before; comparisons and conditions are of one bit whatever stands around.
    """
    own_width = module.widths[assign.target]
    inside = assign.operators
    if inside <= COMPARE or is_condition:
        return own_width == 1
    if around <= BITWISE:
        return own_width == width and inside <= BITWISE
    return "?" in around and own_width == width and inside <= BITWISE | ARITHMETIC | {"?", ":"}


def _size_constants(module: VerilogModule) -> VerilogModule:
    """Constants in sums and comparisons are as wide as the rest; unsigned ones are decimal."""

    def sized(statement: Assign) -> Assign:
        if not statement.operators or not statement.operators <= COMPARE | ARITHMETIC:
            return statement
        width = max(module.width(atom) for atom in ATOM.findall(statement.value))
        if statement.operators <= ARITHMETIC:
            width = max(width, module.width(statement.target))

        def constant(match: re.Match[str]) -> str:
            own, number = int(match[2]), int(match[3], 16)
            if not match[1]:
                return f"{width}'d{number}"
            extended = number - (number >> own - 1 << own) & (1 << width) - 1
            return f"$signed({width}'h{extended:x})"

        return replace(statement, value=_CONSTANT.sub(constant, statement.value))

    return module.map(sized)
