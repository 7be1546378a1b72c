"""The lemmas of the proof of one design."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from connective.certificate import check
from connective.certificate_file import read_certificate
from connective.design import CLOCKS, Design
from connective.folder import RESULTS
from connective.network import Network
from connective.network_file import read_network
from sim.proof import data_path, gating, netlist, serial, stream
from sim.proof.data_path import DataPath
from sim.proof.induction import Reset
from sim.proof.interfaces.beats import Beats
from sim.proof.interfaces.boundary import CORE, Boundary
from sim.proof.interfaces.packets import Packets
from sim.proof.interfaces.software import Software
from sim.proof.lemma import Gap, Lemma, stated, timed
from sim.proof.serial import Turns, Unrolled
from sim.proof.stream import Streams
from sim.proof.verilog import Bit, Hierarchy, read_verilog

RESETS = ("rst", "rst_n", "aresetn")


class DesignProof:
    """The proof of one design.

    Members
    -------
    built: the network that the Verilog was made of: the design's, or its simplified one
    """

    def __init__(self, folder: Path, design: Design, network: Network, timeout: float) -> None:
        self.folder, self.design, self.network, self.timeout = folder, design, network, timeout
        self.built = network
        if design.simplified:
            self.built, _ = read_network(folder / design.simplified.file)
        self.sources = [folder / name for name in design.sources]
        self.log = folder / RESULTS / "prove.log"
        self._boundary: Boundary | None = None
        self.combinational = design.protocol.kind == "combinational"

    @cached_property
    def verilog(self) -> Hierarchy:
        return read_verilog(self.sources, self.design.top, log=self.log, timeout=self.timeout)

    def lemmas(self) -> Iterator[Lemma]:
        """All lemmas in turn; where one cannot be stated, the rest of its kind is left out."""
        if self.design.simplified:
            yield self._certified()
        yield from stated(self._data_path(self.verilog))
        if not self.combinational:
            yield from stated(self._over_time(self.verilog))
        self.log.unlink(missing_ok=True)

    def _certified(self) -> Lemma:
        assert self.design.simplified
        claim = "the simplified network answers as the trained one"
        with timed(Lemma(claim, "its certificate, each claim by SAT")) as lemma:
            file = self.folder / self.design.simplified.certificate
            certificate = read_certificate(file)
            lemma.why = check(certificate, self.network, self.built)
            shows_scores = self.design.options.scores
            if shows_scores and "scores" not in (certificate.keep, self.network.head):
                lemma.why = "the certificate leaves scores open, and the core shows them"
            lemma.holds = None if lemma.why else True
        return lemma

    def _data_path(self, verilog: Hierarchy) -> Iterator[Lemma]:
        for lemma in self.boundary(verilog).stored():
            yield lemma
            if not lemma.holds:
                return
        if self.design.options.clock_gating:
            yield (lemma := self._moving(verilog))
            if not lemma.holds:
                return
        path = self.path(verilog)
        if self.is_serial:
            yield from serial.prove(path, self._turns(path), timeout=self.timeout)
        else:
            yield from data_path.prove(path, timeout=self.timeout)

    def _moving(self, verilog: Hierarchy) -> Lemma:
        boundary = self.boundary(verilog)
        core, _ = boundary.sample
        shown = _before_flow(core, boundary.results)
        targets = [(bit, 0) for bits in shown.values() for bit in bits]
        return gating.moving(core, targets, boundary.core_latency)

    def _over_time(self, verilog: Hierarchy) -> Iterator[Lemma]:
        boundary = self.boundary(verilog)
        yield from stated(boundary.lemmas())
        if self.is_serial:
            yield serial.rules(boundary, self._turns(self.path(verilog)))
        else:
            yield stream.prove(self.streams(verilog), log=self.log, timeout=self.timeout)

    def boundary(self, verilog: Hierarchy) -> Boundary:
        """What stands around the core in the Verilog, or `Gap`."""
        if self._boundary is None or self._boundary.top is not verilog:
            self._boundary = self._around(verilog)
        return self._boundary

    def _around(self, verilog: Hierarchy) -> Boundary:
        core = verilog.inner(CORE) if CORE in verilog.instances else verilog
        kinds: dict[str, type[Boundary]] = {"axi-stream": Packets, "axi-lite": Software}
        kind = kinds.get(self.design.protocol.kind, Boundary)
        if kind is Boundary and self.design.protocol.beats > 1:
            kind = Beats
        reset = self._reset(verilog)
        return kind(self.design, self.built, verilog, core, reset, self.log, self.timeout)

    def path(self, verilog: Hierarchy) -> DataPath:
        """Where samples and results are in the Verilog, or `Gap`."""
        boundary = self.boundary(verilog)
        core, sample = boundary.sample
        if self.design.options.clock_gating:
            core = gating.ungated(core)
        results = boundary.results
        if not self.combinational and not self.is_serial:
            results = _before_flow(core, results)
        width = len(results["scores"]) // self.built.n_classes if "scores" in results else None
        age = 0 if self.combinational or self.is_serial else boundary.core_latency - 1
        reject_below = self.design.options.reject_below
        return DataPath(core, self.built, sample, age, results, width, reject_below)

    def unrolled(self, verilog: Hierarchy) -> DataPath:
        """As `path`, where results are gates over samples, behind registers that hold nothing."""
        path = self.path(verilog)
        return Unrolled(path, self._turns(path)).path() if self.is_serial else path

    def _turns(self, path: DataPath) -> Turns:
        latency = self.boundary(self.verilog).core_latency
        return serial.turns(path.verilog, self.built, latency)

    def streams(self, verilog: Hierarchy) -> Streams:
        """Where the streams of the core are in the Verilog, or `Gap`."""
        boundary = self.boundary(verilog)
        core = boundary.core.flat
        data, payload = core.net("flow.data"), core.net("flow.o_payload")
        return Streams(core, boundary.reset, boundary.core_latency, data, payload)

    def _reset(self, verilog: Hierarchy) -> Reset:
        if self.combinational:
            return Reset(0, active_low=False)
        (bit,) = verilog.flat.net(self._reset_port)
        return Reset(bit, active_low=self._reset_port != "rst")

    @property
    def _holding(self) -> set[str]:
        """Blocks of the data path whose registers do not take their input in every cycle."""
        if self.is_serial:
            return {"argmax"}
        return set(self.design.blocks) if self.design.options.clock_gating else set()

    @property
    def _reset_port(self) -> str:
        (port,) = (port.name for port in self.design.ports if port.name in RESETS)
        return port

    def netlist_lemmas(self, file: Path) -> Iterator[Lemma]:
        """That a netlist does what the Verilog does."""
        design = self.design
        read = read_verilog([file], design.top, has_cells=True, log=self.log, timeout=self.timeout)
        yield netlist.prove(
            self.verilog.flat,
            read.flat,
            inputs=[p.name for p in design.ports if p.direction == "in" and p.name not in CLOCKS],
            outputs=[port.name for port in design.ports if port.direction == "out"],
            reset=self._reset_port if (design.options.reset or "").startswith("async") else None,
            holding=self._holding,
            timeout=self.timeout,
        )
        self.log.unlink(missing_ok=True)

    @property
    def is_serial(self) -> bool:
        return self.design.options.form == "serial"

    @property
    def has_plain_streams(self) -> bool:
        """Or no streams at all."""
        protocol, options = self.design.protocol, self.design.options
        plain = protocol.kind == "native" and protocol.beats == 1 and not protocol.tag_width
        plain = plain and options.reset == "sync-high" and not self.is_serial
        return plain or self.combinational


def _before_flow(core: Hierarchy, results: dict[str, list[Bit]]) -> dict[str, list[Bit]]:
    """The bits that the flow is given, in the place of those that it delivers."""
    payload = core.flat.net("flow.o_payload")
    delivered = dict(zip(payload, core.flat.net("flow.data"), strict=True))
    for name, bits in results.items():
        if any(bit not in delivered for bit in bits):
            raise Gap(f"o_{name} does not come from flow.o_payload")
    return {name: [delivered[bit] for bit in bits] for name, bits in results.items()}
