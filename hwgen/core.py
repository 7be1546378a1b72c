"""What all forms of a core have in common: a network between two streams."""

from amaranth.lib.wiring import In, Out

from hwgen.block import Block
from hwgen.results import result_widths
from hwgen.schedule import Schedule


class Core(Block):
    """A network's ports, whichever way it computes; its software twin is `Network`.

    Members
    -------
    i_payload: feature words, feature 0 in the lowest bits, the lowest bits first in several beats
    i_valid, i_ready: a beat is taken in each cycle in which both are 1
    o_label: the class; with head `class` or `scores`
    o_scores: class 0 in the lowest bits, `Schedule.score_width` each; if the schedule has scores
    o_margin: the best score less the second best; if the schedule has it
    o_reject: 1 where that is too small; if the schedule says when
    o_best: labels of the best classes, the best in the lowest bits; if the schedule has them
    o_bits: the output bits, bit 0 lowest; with head `bits`
    i_tag, o_tag: goes with a sample, taken with its last beat; if there is a `tag_width`
    o_valid, o_ready: a result is taken in each cycle in which both are 1; until then it holds
    schedule: what is asked for; only a pipeline is built in its stages
    results: width of each port that shows a result, by name
    beats: transfers that make a sample
    latency: cycles from the first that offers a sample's last beat to the first that offers its
        result, through an idle core
    initiation_interval: cycles from sample to sample where neither side stalls
    depth: samples whose results are not there yet, at full rate
    register_bits: of the data, without those of the flow control
    least_register_bits: a lower bound of them for this form, latency and budget
    """

    clocked = True
    resets = True

    beats: int = 1
    latency: int
    initiation_interval: int
    register_bits: int
    least_register_bits: int

    @property
    def depth(self) -> int:
        return -(-self.latency // self.initiation_interval)

    def __init__(
        self, schedule: Schedule, *, beat_width: int | None = None, tag_width: int = 0
    ) -> None:
        self.schedule, self.tag_width = schedule, tag_width
        self.results = result_widths(schedule)
        super().__init__(
            {
                "i_payload": In(beat_width or schedule.network.encoder.payload_width),
                **({"i_tag": In(tag_width)} if tag_width else {}),
                "i_valid": In(1),
                "i_ready": Out(1),
                **{name: Out(width) for name, width in self.results.items()},
                **({"o_tag": Out(tag_width)} if tag_width else {}),
                "o_valid": Out(1),
                "o_ready": In(1),
            }
        )
