"""What stands in the place of a part that a page does not have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Missing:
    """Why a part of a page is not there, in a sentence that names the remedy.

    `stale`: there is something, but of another network.
    """

    why: str
    stale: bool = False
