"""What all records of results have in common."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Fields that are named, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)
