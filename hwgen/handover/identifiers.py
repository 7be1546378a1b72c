"""A top module's name as other languages take it."""

import re

VHDL_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
    abs access after alias all and architecture array assert assume assume_guarantee attribute
    begin block body buffer bus case component configuration constant context cover default
    disconnect downto else elsif end entity exit fairness file for force function generate generic
    group guarded if impure in inertial inout is label library linkage literal loop map mod nand
    new next nor not null of on open or others out package parameter port postponed procedure
    process property protected pure range record register reject release rem report restrict
    restrict_guarantee return rol ror select sequence severity signal shared sla sll sra srl strong
    subtype then to transport type unaffected units until use variable vmode vprop vunit wait when
    while with xnor xor
        """,
    )
)
"""Reserved words of IEEE 1076-2008."""


def vhdl_name(name: str) -> str:
    """The name itself, or between backslashes where VHDL takes it only so."""
    plain = re.fullmatch(r"[A-Za-z](_?[A-Za-z0-9])*", name)
    return name if plain and name.lower() not in VHDL_KEYWORDS else f"\\{name}\\"


def python_class(name: str) -> str:
    """The name in the style of a class: yin_yang becomes YinYang."""
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    return joined if joined[:1].isalpha() else f"Core{joined}"
