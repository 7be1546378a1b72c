"""A design's Verilog as a function of samples."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from connective.errors import InputError, ToolError
from sim.compiled import compiled
from sim.protocols import CoreAnswers, streams_of
from sim.reference import read_reference
from sim.stream import stream


class Core:
    """The Verilog in a design's folder, compiled by Verilator, to be called with samples.

    It is compiled when this is made, unless the cache has it (`sim.compiled.cache_folder`), and
    runs in a process of its own, for at most `timeout` seconds a call. `design` and `network` are
    what the folder says; answers come from the Verilog alone. Raises `InputError` for a folder
    that is not as it was exported, `ToolError` if Verilator or its compiler is missing or fails.
    """

    def __init__(self, folder: Path | str, *, timeout: float = 3600) -> None:
        self.design, self.network = read_reference(Path(folder))
        self._timeout = timeout
        self._streams = streams_of(self.design, self.network)
        self._program = compiled(Path(folder), self.design, self._streams, timeout=timeout).program

    def predict(self, samples: NDArray[np.integer]) -> NDArray[np.int64]:
        """Labels (samples,) of words (samples, features), as `Network.predict` gives them.

        Raises what `run` does, and `InputError` for a core with head `bits`.
        """
        if self.design.head == "bits":
            raise InputError("a core with head 'bits' has no classes: run gives its output bits")
        labels = self.run(samples).labels
        assert labels is not None
        return labels

    def run(self, samples: NDArray[np.integer]) -> CoreAnswers:
        """All that the core's ports show for words (samples, features).

        Raises `InputError` for a word outside its feature's range, and `ToolError` if the program
        fails or does not give one result a sample.
        """
        self.network.encoder.words(samples)  # refuses before anything runs
        run = stream(
            self._program,
            self.design,
            self._streams,
            samples,
            log=self._program.with_name("run.log"),
            timeout=self._timeout,
        )
        if len(run.results) != len(samples):
            more = "more than one result a sample"
            fewer = f"{len(run.results)} results for {len(samples)} samples"
            raise ToolError(f"the core gave {more if len(run.results) > len(samples) else fewer}")
        return self._streams.answers(run.results)
