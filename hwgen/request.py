"""What an export is asked for."""

from dataclasses import dataclass, field, replace

from connective.axi_stream import AxiStream, check_tag_width
from connective.design import Options, Reset, Target
from connective.errors import InputError
from connective.network import Network
from connective.packing import Packing, pack_features
from hwgen.axi_lite import AxiLiteAccelerator
from hwgen.axi_stream import AxiStreamAccelerator
from hwgen.clock import Clock
from hwgen.combinational import Combinational
from hwgen.describe import Top
from hwgen.family import FAMILIES
from hwgen.form import Form
from hwgen.identifiers import is_identifier
from hwgen.lanes import Lanes, split
from hwgen.register_map import WORD_WIDTH
from hwgen.schedule import Schedule, levels_for_latency
from hwgen.surroundings import NATIVE, Surroundings


@dataclass(frozen=True)
class Request:
    """A core as it is asked for; what no network could have raises `InputError`.

    Members
    -------
    levels_per_stage: at most, 0 for a single stage
    latency: cycles at most, for which stages get as few levels as that allows; without any budget
        the form chooses
    clock: in MHz, for which stages hold what the target's delays let them
    max_fanout: readers that a register of a node may have; `None` for any number
    target: by which sums are built
    scores: whether the scores leave the core beside the label
    margin: whether the best score less the second best does
    reject_below: the least margin of a sample that is not rejected; `None` for no such output
    best: how many of the best classes leave the core; `None` for none
    tag_width: of the tag that goes with a sample through a core with streams of its own; 0 for none
    stream: of the AXI4-Stream interface, if that is asked for
    axi_lite: whether it has registers on AXI4-Lite
    combinational: whether the core has neither registers nor handshakes
    reset: `None` for what the interface has: of AXI active low and synchronous, else active high
        and synchronous
    top: name of the top module
    """

    levels_per_stage: int | None = None
    latency: int | None = None
    clock: float | None = None
    max_fanout: int | None = None
    target: Target = "lut6"
    form: Form = field(default_factory=Form)
    scores: bool = False
    margin: bool = False
    reject_below: int | None = None
    best: int | None = None
    tag_width: int = 0
    stream: AxiStream | None = None
    axi_lite: bool = False
    combinational: bool = False
    reset: Reset | None = None
    top: str = "accelerator"

    def __post_init__(self) -> None:
        if not is_identifier(self.top):
            raise InputError(
                "top must be a Verilog identifier that is no keyword, such as accelerator, not "
                f"{self.top!r}"
            )
        if self.target not in FAMILIES:
            raise InputError(f"target must be one of {', '.join(FAMILIES)}, not {self.target!r}")
        if self.form.input_width is not None and self.stream is not None:
            raise InputError(
                f"input width {self.form.input_width} and AXI4-Streams exclude one another: choose "
                "the bits of a beat instead"
            )
        check_tag_width(self.tag_width)
        if self.tag_width and self.stream is not None:
            raise InputError(
                f"tag width {self.tag_width} is of the native interface: AXI4-Streams have one of "
                "their own"
            )
        if self.axi_lite:
            self._check_axi_lite()
        if self.is_axi and self.reset in ("sync-high", "async-high"):
            raise InputError(
                f"reset {self.reset} is not of AXI, whose aresetn is active low: use sync-low or "
                "async-low"
            )
        if self.margin or self.reject_below is not None:
            self._check_margin()
        if self.best is not None:
            self._check_best(self.best)
        if self.combinational:
            self._check_combinational()
        elif self.latency is not None:
            self._check_latency(self.latency)
        if self.clock is not None:
            self._check_clock(self.clock)
        if self.max_fanout is not None and self.form.serial:
            raise InputError(
                f"a fan-out of {self.max_fanout} and the serial form, which has no stages to speak "
                "of, exclude one another: leave one of them out"
            )

    def _check_margin(self) -> None:
        if self.reject_below is not None and self.reject_below < 1:
            raise InputError(
                f"reject below {self.reject_below} rejects nothing, as no margin is less than 0: "
                "ask for 1 or more"
            )
        if self.form.serial:
            raise InputError(
                "a margin and the serial form, which keeps only the best score, exclude one "
                "another: leave one of them out"
            )

    def _check_best(self, best: int) -> None:
        if best < 2:
            raise InputError(
                f"the best {best} are no classes in an order: ask for 2 or more, as the label is "
                "the best one"
            )
        if self.form.serial:
            raise InputError(
                f"the best {best} and the serial form, which keeps only the best score, exclude "
                "one another: leave one of them out"
            )

    def _check_axi_lite(self) -> None:
        foreign = {
            f"input width {self.form.input_width}": self.form.input_width is not None,
            f"tag width {self.tag_width}": self.tag_width > 0,
            "AXI4-Streams": self.stream is not None,
            "the combinational interface": self.combinational,
        }
        _exclude(foreign, f"AXI4-Lite, which has registers of {WORD_WIDTH} bits,")

    def _check_combinational(self) -> None:
        foreign = {
            f"{self.levels_per_stage} levels per stage": bool(self.levels_per_stage),
            f"latency {self.latency}": self.latency is not None,
            f"reset {self.reset}": self.reset is not None,
            "the serial form": self.form.serial,
            "clock gating": self.form.clock_gating,
            f"a fan-out of {self.max_fanout}": self.max_fanout is not None,
            f"input width {self.form.input_width}": self.form.input_width is not None,
            f"tag width {self.tag_width}": self.tag_width > 0,
            "AXI4-Streams": self.stream is not None,
        }
        _exclude(foreign, "the combinational interface, which has no clock,")

    def _check_latency(self, latency: int) -> None:
        if self.levels_per_stage is not None:
            raise InputError(
                f"latency {latency} and {self.levels_per_stage} levels per stage exclude one "
                "another: give one of them"
            )
        if self.form.serial:
            raise InputError(
                f"latency {latency} and the serial form exclude one another: leave it out"
            )
        if latency <= self._cycles_before_core:
            least = 1 + self._cycles_before_core
            interface = "AXI4-Lite" if self.axi_lite else "AXI4-Streams"
            raise InputError(f"latency is {latency}: with {interface} it is at least {least}")

    def _check_clock(self, clock: float) -> None:
        foreign = {
            f"{self.levels_per_stage} levels per stage": self.levels_per_stage is not None,
            f"latency {self.latency}": self.latency is not None,
            "the serial form": self.form.serial,
            "the combinational interface": self.combinational,
        }
        _exclude(foreign, f"a clock of {clock:g} MHz, which decides what a stage holds,")
        assert self._clock, "a clock that cannot be is refused"

    @property
    def is_axi(self) -> bool:
        return self.stream is not None or self.axi_lite

    @property
    def reset_built(self) -> Reset | None:
        """The reset that the core has, if it has registers."""
        if self.combinational:
            return None
        return self.reset or ("sync-low" if self.is_axi else "sync-high")

    @property
    def _cycles_before_core(self) -> int:
        """The bits of a packet, or of the words written, are stored for a cycle."""
        return int(self.is_axi)

    def component(self, network: Network, *, digest: str) -> Top:
        """The top component that computes a network, and that software knows by a digest.

        Raises `InputError` for a budget below 0, scores of a network without classes, a feature
        that no beat holds, or a form that the network does not have.
        """
        if self.combinational:
            return Combinational(self.schedule(network))
        if not self.is_axi:
            return self.form.core(self.schedule(network), tag_width=self.tag_width)
        packing, lanes, behind = self.received(network)
        around = Surroundings.of(lanes, packing, axi_lite=self.axi_lite)
        core = self.form.core(self.schedule(behind, around))
        asynchronous = self.reset_built == "async-low"
        if self.stream is None:
            return AxiLiteAccelerator(
                core, lanes, packing, digest=digest, asynchronous=asynchronous
            )
        tag_width = self.stream.tag_width
        return AxiStreamAccelerator(
            core, lanes, packing, tag_width=tag_width, asynchronous=asynchronous
        )

    def received(self, network: Network) -> tuple[Packing, Lanes, Network]:
        """With AXI: how a sample comes, what is kept of it, and the network of that alone."""
        tdata_width = self.stream.tdata_width if self.stream else WORD_WIDTH
        packing = pack_features(network.encoder.features, tdata_width)
        return packing, *split(network, packing, in_order=not self.axi_lite)

    def schedule(self, network: Network, around: Surroundings = NATIVE) -> Schedule:
        """The stages of a network's operations, before a form is chosen.

        A clock that they, or what is around them, cannot meet raises `InputError`.
        """
        all_in_one = Schedule(
            network,
            budget=0,
            max_fanout=self.max_fanout,
            scores=self.scores,
            family=FAMILIES[self.target],
            margin=self.margin,
            reject_below=self.reject_below,
            best=self.best,
        )
        if self._clock:
            return self._clock.schedule(all_in_one, around)
        levels = self.levels_per_stage
        if self.latency is not None:
            levels = levels_for_latency(all_in_one, self.latency - self._cycles_before_core)
        elif levels is None:
            levels = 0 if self.combinational else self.form.levels_per_stage
        return replace(all_in_one, budget=levels)

    def options(self, schedule: Schedule) -> Options:
        """What design.json says of the request, as the schedule meets it."""
        return Options(
            levels_per_stage=schedule.levels_per_stage,
            clock=self._clock.option if self._clock else None,
            max_fanout=self.max_fanout,
            target=self.target,
            scores=schedule.scores,
            margin=self.margin,
            reject_below=self.reject_below,
            best=self.best,
            form=self.form.name,
            bits_per_cycle=self.form.bits_per_cycle,
            clock_gating=self.form.clock_gating,
            reset=self.reset_built,
        )

    @property
    def _clock(self) -> Clock | None:
        return None if self.clock is None else Clock(self.clock, self.target)


def _exclude(foreign: dict[str, bool], interface: str) -> None:
    """`InputError` for the first of what an interface does not have that is given with it."""
    if given := [what for what, is_given in foreign.items() if is_given]:
        raise InputError(f"{given[0]} and {interface} exclude one another: leave one of them out")
