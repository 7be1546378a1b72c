"""JSON from anyone as a Pydantic model, its size and its version looked at first."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from connective.errors import InputError
from connective.sentence import first_error, refuse_newer

MAX_BYTES = 1 << 24
MAX_NESTED = 1 << 20  # objects and lists; each takes Pydantic's parser some 500 bytes


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


AnyModel = TypeVar("AnyModel", bound=BaseModel)


class _Version(BaseModel):
    version: int


def parse_record(
    path: Path, content: bytes, model: type[AnyModel], *, version: int | None = None, of: str = ""
) -> AnyModel:
    """The model in a file's content, or in its part `of`; what does not fit: `InputError`.

    With `version`, the content has one, and a greater one is refused.
    """
    place = f"{path}: {of}: " if of else f"{path}: "
    nested = content.count(b"{") + content.count(b"[")
    if len(content) > MAX_BYTES or nested > MAX_NESTED:
        raise InputError(
            f"{place}{len(content)} bytes with {nested} objects and lists are more than the "
            f"{MAX_BYTES} and {MAX_NESTED} that are read"
        )
    try:
        if version is not None:
            refuse_newer(path, _Version.model_validate_json(content).version, version)
        return model.model_validate_json(content)
    except ValidationError as error:
        sentence = first_error(error).removeprefix(": ")  # a field's name may be anything
        shown = "".join(c if c.isprintable() else repr(c)[1:-1] for c in sentence)
        raise InputError(f"{place}{shown}") from None
