"""What is wrong with a file, as the one clear sentence that a user gets."""

import json
from pathlib import Path

from pydantic import ValidationError

from connective.errors import InputError


def refuse_newer(path: Path, version: object, known: int) -> None:
    """Raise `InputError` for a format's version that is greater than the one that is known."""
    if isinstance(version, int) and version > known:
        raise InputError(
            f"{path}: version {version} is newer than {known}, which this Connective reads: "
            "update Connective"
        )


def first_error(error: ValidationError) -> str:
    """Pydantic's first finding as `field: what is wrong, not value`, the field's path dotted."""
    finding = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in finding["loc"])
    message = finding["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if finding["type"] == "extra_forbidden":
        return f"{field}: there is no such field"
    if finding["type"] == "missing":
        return f"{field}: is missing"
    if finding["type"] == "value_error":
        return f"{field}: {message}" if field else message
    try:
        value = json.dumps(finding["input"])
    except (TypeError, ValueError):
        value = str(finding["input"])
    shown = value if len(value) <= 60 else value[:57] + "..."
    return f"{field}: {message}, not {shown}"
