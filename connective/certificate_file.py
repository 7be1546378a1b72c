"""A certificate as NumPy arrays and a JSON header. docs/simplification.md specifies it."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from connective.archive import open_archive, write_archive
from connective.certificate import Certificate, Keep

FORMAT = "connective.certificate"
VERSION = 1


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    format: Literal["connective.certificate"]
    version: int
    keep: Keep
    before: str
    after: str


def write_certificate(path: Path, certificate: Certificate) -> None:
    """Write `path`, the same bytes for the same certificate."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "keep": certificate.keep,
        "before": certificate.before,
        "after": certificate.after,
    }
    write_archive(path, header, {"equal": certificate.equal, "origin": certificate.origin})


def read_certificate(path: Path) -> Certificate:
    """The certificate in a file; a damaged, foreign or newer one raises `InputError`."""
    with open_archive(path, what="certificate", remedy="simplify the network again") as archive:
        header = archive.header(_Header, version=VERSION)
        equal, origin = archive.array("equal"), archive.array("origin")
    return Certificate(header.before, header.after, header.keep, equal, origin)
