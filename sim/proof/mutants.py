"""Designs with one fault each, to find out who notices."""

import hashlib
import random
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from connective.design import FILE, Design
from connective.folder import RESULTS

Match = re.Match[str]


def _other(*texts: str) -> Callable[[Match, random.Random], str]:
    """One of some texts that is not what stands there."""
    return lambda match, rng: rng.choice([text for text in texts if text != match[0]])


def _unregistered(match: Match, rng: random.Random) -> str:
    """An assignment that waits for no clock edge."""
    return f"  end\n  always @*\n{match[0]}\n  always @(posedge clk) begin"


def _neighbour(match: Match, rng: random.Random) -> str:
    """The numbers that follow `[`, `:`, `s` or a base moved by one, all in one direction.

    Bits of a constant stay within its width.
    """
    step = rng.choice([-1, 1])

    def moved(number: Match) -> str:
        base, digits = number[1], number[2]
        new = int(digits, 16 if base.endswith("h") else 10) + step
        if "'" in base:
            new %= 1 << int(base.partition("'")[0])
        return f"{base}{max(new, 0):{'x' if base.endswith('h') else 'd'}}"

    return re.sub(r"(\d+'[hd]|[\[:s])([0-9a-f]+)", moved, match[0])


ITEM = r"~?\w+(?:\[\d+(?::\d+)?\])?"

KINDS: dict[str, tuple[str, Callable[[Match, random.Random], str]]] = {
    "operator": (r" [&|^] ", _other(" & ", " | ", " ^ ")),
    "inverter lost": (r"~", lambda match, rng: ""),
    "inverted bit": (r"(?<=[{ ])\w+(?=[,}])", lambda match, rng: f"~{match[0]}"),
    "another bit": (r"(?<=\w)\[\d+\]", _neighbour),
    "another slice": (r"(?<=\w)\[\d+:\d+\]", _neighbour),
    "swapped wires": (rf"({ITEM})(,\s+)({ITEM})(?=[,}}])", lambda m, rng: m[3] + m[2] + m[1]),
    "another stage": (r"\bs\d+(?=\[|\b)", _neighbour),
    "no register": (r"^    \w+ <= [^;]*;$", _unregistered),
    "comparison": (r" (>=|>|<|==|!=) ", _other(" >= ", " > ", " < ", " == ", " != ")),
    "constant": (r"\d+'[hd][0-9a-f]+", _neighbour),
    "credits": (r"(?<=credits_used )(?:!=|\+|-)\s+\d+'d\d+", _neighbour),
    "no stall": (
        r"o_valid & o_ready|i_valid & i_ready",
        lambda m, rng: rng.choice(m[0].split(" & ")),
    ),
}


@dataclass(frozen=True)
class Mutant:
    """A source in which the characters start … stop − 1 became another text."""

    kind: str
    source: str
    start: int
    stop: int
    text: str


def mutant(
    sources: Mapping[str, str], rng: random.Random, kinds: Sequence[str] = tuple(KINDS)
) -> Mutant:
    """A fault at random: of a kind at random, in a place at random of all that have that kind.

    `sources` are Verilog as `connective export` writes it, by name. Declarations of ports are left
    alone. What results may be no Verilog, or do the same.
    """
    while True:
        kind = rng.choice(kinds)
        pattern, change = KINDS[kind]
        places = [
            (name, match)
            for name, text in sources.items()
            for match in re.compile(pattern, re.MULTILINE).finditer(text, text.index(");\n"))
        ]
        if places:
            name, match = rng.choice(places)
            text = change(match, rng)
            if text != match[0]:
                return Mutant(kind, name, match.start(), match.end(), text)


def write_mutant(design_folder: Path, design: Design, mutant: Mutant, folder: Path) -> None:
    """A copy of a design with a fault, which its design.json takes for granted."""
    shutil.copytree(design_folder, folder, ignore=shutil.ignore_patterns(RESULTS))
    source = folder / mutant.source
    text = source.read_text(encoding="ascii")
    text = text[: mutant.start] + mutant.text + text[mutant.stop :]
    source.write_text(text, encoding="ascii")
    digest = hashlib.sha256(text.encode("ascii")).hexdigest()
    changed = design.model_copy(update={"sources": {**design.sources, mutant.source: digest}})
    (folder / FILE).write_text(changed.model_dump_json(), encoding="utf-8")
