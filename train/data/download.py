"""Files of public data sets, downloaded once into the user's cache and checked."""

from collections.abc import Sequence
from pathlib import Path

import pooch
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from connective.errors import InputError

COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    DownloadColumn(),
    TransferSpeedColumn(),
)
TIMEOUT_SECONDS = 30  # without a byte


class DownloadBar:
    """A bar of rich with the four names by which pooch drives one."""

    def __init__(self, progress: Progress, description: str) -> None:
        self.progress = progress
        self.task = progress.add_task(description, total=None)

    def __setattr__(self, name: str, value: object) -> None:
        if name == "total":
            assert isinstance(value, int)
            self.progress.update(self.task, total=value or None)
        else:
            super().__setattr__(name, value)

    def update(self, amount: int) -> None:
        self.progress.advance(self.task, amount)

    def reset(self) -> None:
        self.progress.reset(self.task)

    def close(self) -> None:
        self.progress.stop_task(self.task)


def download(name: str, md5: str, *, mirrors: Sequence[str], folder: Path) -> Path:
    """The place of a file in `folder`, fetched from the first mirror that gives the right bytes.

    Raises `InputError` when none does.
    """
    pooch.get_logger().setLevel("WARNING")
    failures = []
    with Progress(*COLUMNS, console=Console(stderr=True), transient=True) as progress:
        for mirror in mirrors:
            bar = DownloadBar(progress, name)
            try:
                place: str = pooch.retrieve(
                    mirror + name,
                    known_hash=f"md5:{md5}",
                    fname=name,
                    path=folder,
                    downloader=pooch.HTTPDownloader(
                        progressbar=bar, timeout=TIMEOUT_SECONDS, chunk_size=1 << 16
                    ),
                )
            except (OSError, ValueError) as error:  # no connection or disk; wrong digest
                failures.append(f"{mirror}: {error}")
            else:
                return Path(place)
    raise InputError(
        f"{name} could not be downloaded ({'; '.join(failures)}): fetch it by other means and name "
        "its folder in CONNECTIVE_DATA"
    )
