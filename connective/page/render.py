"""A template becomes one file: style and script inside it, and a policy that lets nothing out."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from connective.page import words
from connective.page.missing import Missing

PACKAGE = "connective.page"
STYLE = ("page.css", "circuit.css")


def render(template: str, *, scripts: Sequence[str] = (), **values: Any) -> bytes:
    """The page that a template of `templates/` gives, with the scripts of `assets/` in this order.

    All values are escaped. The browser runs and applies what has the digest of our script and style
    alone, loads pictures from the page alone, and connects to nothing.
    """
    environment = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= words.FILTERS
    environment.tests["missing"] = lambda value: isinstance(value, Missing)
    style = _assets(STYLE)
    script = f'"use strict";\n(() => {{\n{_assets(scripts)}}})();\n' if scripts else ""
    page = environment.get_template(template).render(
        style=Markup(style), script=Markup(script), policy=_policy(style, script), **values
    )
    return page.encode()


def _assets(names: Sequence[str]) -> str:
    folder = files(PACKAGE) / "assets"
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy of a page with this style and script, each in one element."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_source(style)}",
            f"script-src {_source(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _source(text: str) -> str:
    if not text:
        return "'none'"
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
