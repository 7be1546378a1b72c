"""What an export is asked for."""

from dataclasses import dataclass, field, replace

from connective.axi_stream import AxiStream, check_tag_width
from connective.design import Options, Target
from connective.errors import InputError
from connective.network import Network
from connective.packing import pack_features
from hwgen.axi_stream import AxiStreamAccelerator
from hwgen.combinational import Combinational
from hwgen.describe import Top
from hwgen.family import FAMILIES
from hwgen.form import Form
from hwgen.identifiers import is_identifier
from hwgen.lanes import split
from hwgen.schedule import Schedule, levels_for_latency


@dataclass(frozen=True)
class Request:
    """A core as it is asked for; what no network could have raises `InputError`.

    Members
    -------
    levels_per_stage: at most, 0 for a single stage
    latency: cycles at most, for which stages get as few levels as that allows; without either
        budget the form chooses
    target: by which sums are built
    scores: whether the scores leave the core beside the label
    margin: whether the best score less the second best does
    reject_below: the least margin of a sample that is not rejected; `None` for no such output
    tag_width: of the tag that goes with a sample through a core with streams of its own; 0 for none
    stream: of the AXI4-Stream interface, if that is asked for
    combinational: whether the core has neither registers nor handshakes
    top: name of the top module
    """

    levels_per_stage: int | None = None
    latency: int | None = None
    target: Target = "lut6"
    form: Form = field(default_factory=Form)
    scores: bool = False
    margin: bool = False
    reject_below: int | None = None
    tag_width: int = 0
    stream: AxiStream | None = None
    combinational: bool = False
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
        if self.margin or self.reject_below is not None:
            self._check_margin()
        if self.combinational:
            self._check_combinational()
        elif self.latency is not None:
            self._check_latency(self.latency)

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

    def _check_combinational(self) -> None:
        foreign = {
            f"{self.levels_per_stage} levels per stage": bool(self.levels_per_stage),
            f"latency {self.latency}": self.latency is not None,
            "the serial form": self.form.serial,
            f"input width {self.form.input_width}": self.form.input_width is not None,
            f"tag width {self.tag_width}": self.tag_width > 0,
            "AXI4-Streams": self.stream is not None,
        }
        if given := [what for what, is_given in foreign.items() if is_given]:
            raise InputError(
                f"{given[0]} and the combinational interface, which has no clock, exclude one "
                "another: leave one of them out"
            )

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
            raise InputError(f"latency is {latency}: with AXI4-Streams it is at least {least}")

    @property
    def _cycles_before_core(self) -> int:
        """The bits of a packet are stored for a cycle."""
        return int(self.stream is not None)

    def component(self, network: Network) -> Top:
        """The top component that computes a network.

        Raises `InputError` for a budget below 0, scores of a network without classes, a feature
        that no beat holds, or a form that the network does not have.
        """
        if self.combinational:
            return Combinational(self._schedule(network))
        if self.stream is None:
            return self.form.core(self._schedule(network), tag_width=self.tag_width)
        packing = pack_features(network.encoder.features, self.stream.tdata_width)
        lanes, behind = split(network, packing)
        core = self.form.core(self._schedule(behind))
        return AxiStreamAccelerator(core, lanes, packing, tag_width=self.stream.tag_width)

    def _schedule(self, network: Network) -> Schedule:
        all_in_one = Schedule(
            network,
            levels_per_stage=0,
            scores=self.scores,
            family=FAMILIES[self.target],
            margin=self.margin,
            reject_below=self.reject_below,
        )
        levels = self.levels_per_stage
        if self.latency is not None:
            levels = levels_for_latency(all_in_one, self.latency - self._cycles_before_core)
        elif levels is None:
            levels = 0 if self.combinational else self.form.levels_per_stage
        return replace(all_in_one, levels_per_stage=levels)

    def options(self, schedule: Schedule) -> Options:
        """What design.json says of the request, as the schedule meets it."""
        return Options(
            levels_per_stage=schedule.levels_per_stage,
            target=self.target,
            scores=schedule.scores,
            margin=self.margin,
            reject_below=self.reject_below,
            form=self.form.name,
            bits_per_cycle=self.form.bits_per_cycle,
        )
