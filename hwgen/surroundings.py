"""What has to fit into a cycle beside the stages of a core, by its interface."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connective.encoder import OPS
from connective.packing import BYTE, Packing
from hwgen.delays import Kind
from hwgen.lanes import Lanes

Part = tuple[Kind, int]
"""The kind, and the size as `hwgen.delays` measures it."""


@dataclass(frozen=True)
class Surroundings:
    """Parts of a kind and a size, by what a user knows them as.

    Members
    -------
    flow: the kind of the flow control, whose size only the stages of the core decide
    parts: all others
    """

    flow: Kind = "flow"
    parts: Mapping[str, Part] = field(default_factory=dict)

    @staticmethod
    def of(lanes: Lanes, packing: Packing, *, axi_lite: bool) -> "Surroundings":
        """Of AXI4-Streams, or of AXI4-Lite."""
        size, compared = _size(lanes, packing), _comparison(lanes)
        if axi_lite:
            registers: Part = ("registers", size)
            return Surroundings("bus flow", {"the registers of a sample": registers, **compared})
        receiver: Part = ("receiver", size)
        return Surroundings("stream flow", {"the receiver of packets": receiver, **compared})


NATIVE = Surroundings()


def _size(lanes: Lanes, packing: Packing) -> int:
    """Bits of the number of bits that are kept of a packet, or of its bytes if these are more."""
    n_bytes = packing.n_beats * packing.tdata_width // BYTE
    return max(lanes.register_bits, n_bytes).bit_length()


def _comparison(lanes: Lanes) -> dict[str, Part]:
    """The widest of the comparisons before the core, if there are any."""
    encoder = lanes.encoder
    features = set(encoder.feature[encoder.op != OPS.index("bit")].tolist())
    width = max((encoder.features[feature].width for feature in features), default=0)
    return {"the comparisons before the core": ("comparison", width)} if width else {}
