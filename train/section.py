"""A section of the configuration, as pydantic checks it."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Values are never converted to another type, and an unknown key is an error.

    The text under a field is its description, of which docs/configuration.md is made.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )
