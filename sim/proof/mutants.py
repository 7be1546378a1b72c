"""Designs with one fault each, to find out who notices."""

import hashlib
import random
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from connective.design import FILE, Design
from connective.folder import RESULTS

Match = re.Match[str]


def _other(*texts: str) -> Callable[[Match, random.Random], str]:
    """One of some texts that is not what stands there."""
    return lambda match, rng: rng.choice([text for text in texts if text != match[0]])


def _neighbour(match: Match, rng: random.Random) -> str:
    """A number one more or less; bits of a constant stay within its width."""
    value, base = int(match[2], 16 if match[1].endswith("h") else 10), match[1]
    new = value + rng.choice([-1, 1])
    if "'" in base:
        new %= 1 << int(base.partition("'")[0])
    return f"{base}{max(new, 0):{'x' if base.endswith('h') else 'd'}}{match[3]}"


KINDS: dict[str, tuple[str, Callable[[Match, random.Random], str]]] = {
    "operator": (r" [&|^] ", _other(" & ", " | ", " ^ ")),
    "inverter": (r"~", lambda match, rng: ""),
    "wire": (r"(\[)(\d+)(\])", _neighbour),
    "stage": (r"(\bs)(\d+)(\[|\b)", _neighbour),
    "comparison": (r" (>=|>|<|==|!=) ", _other(" >= ", " > ", " < ", " == ", " != ")),
    "constant": (r"(\d+'[hd])([0-9a-f]+)()", _neighbour),
    "stall": (r"o_valid & o_ready", _other("o_valid", "o_ready")),
}


@dataclass(frozen=True)
class Mutant:
    """A source in which the characters start … stop − 1 became another text."""

    kind: str
    source: str
    start: int
    stop: int
    text: str


def mutant(sources: Mapping[str, str], rng: random.Random) -> Mutant:
    """A fault at random: of a kind at random, in a place at random of all that have that kind.

    `sources` are Verilog as `connective export` writes it, by name. Declarations of ports are left
    alone. What results may be no Verilog, or do the same.
    """
    while True:
        kind = rng.choice(list(KINDS))
        pattern, change = KINDS[kind]
        places = [
            (name, match)
            for name, text in sources.items()
            for match in re.compile(pattern).finditer(text, text.index(");\n"))
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
