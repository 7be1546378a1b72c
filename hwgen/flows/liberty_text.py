"""The text of a Liberty file as groups, for what Yosys leaves out: capacitances, energies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connective.errors import InputError

TOKEN = re.compile(r'/\*.*?\*/|\\\s|"[^"]*"|[{}():;,]|[^\s{}():;,"\\]+', re.DOTALL)
PUNCTUATION = frozenset("{}():;,")
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
DEEPEST = 32  # groups within groups: real files have six


@dataclass
class Group:
    """`kind (names) { … }`: attributes by name, each a list of words, and groups within."""

    kind: str
    names: list[str]
    attributes: dict[str, list[str]] = field(default_factory=dict)
    groups: list["Group"] = field(default_factory=list)

    def all(self, kind: str) -> Iterator["Group"]:
        return (group for group in self.groups if group.kind == kind)

    def word(self, attribute: str) -> str | None:
        """The words of an attribute as one, or nothing where there is none."""
        found = self.attributes.get(attribute)
        return None if found is None else " ".join(found)

    def numbers(self, attribute: str) -> list[float]:
        """All numbers of an attribute, in their order; none where there is none."""
        words = " ".join(self.attributes.get(attribute, []))
        return [float(number) for number in NUMBER.findall(words)]


def read_liberty_text(text: str) -> Group:
    """The library in a Liberty file's text; `InputError` says what is wrong with it."""
    tokens = (match[0] for match in TOKEN.finditer(text) if not match[0].startswith(("/*", "\\")))
    root = Group("", [])
    stack = [root]
    for token in tokens:
        if token == "}" and len(stack) > 1:
            stack.pop()
        elif token not in PUNCTUATION:
            mark = next(tokens, "its end")
            if mark == ":":
                stack[-1].attributes[token] = _until(tokens, ";")
            elif mark == "(":
                _attribute_or_group(token, tokens, stack)
            else:
                raise InputError(f"Liberty has : or ( after {token!r}, not {mark!r}")
        elif token != ";":
            raise InputError(f"Liberty has a name there, not {token!r}")
    if len(stack) != 1 or [group.kind for group in root.groups] != ["library"]:
        raise InputError("it is not one whole library in Liberty")
    return root.groups[0]


def _attribute_or_group(name: str, tokens: Iterator[str], stack: list[Group]) -> None:
    """What `name (` begins."""
    words = _until(tokens, ")")
    mark = next(tokens, "its end")
    if mark == ";":
        stack[-1].attributes[name] = words
    elif mark == "{" and len(stack) < DEEPEST:
        group = Group(name, words)
        stack[-1].groups.append(group)
        stack.append(group)
    else:
        raise InputError(f"Liberty has ; or {{ after {name} ({' '.join(words)[:60]}), not {mark!r}")


def _until(tokens: Iterator[str], end: str) -> list[str]:
    """The words before a mark, without quotes and without commas."""
    words: list[str] = []
    for token in tokens:
        if token == end:
            return words
        if token != ",":
            words.append(token.strip('"'))
    raise InputError(f"Liberty has no {end!r} where the file ends")
