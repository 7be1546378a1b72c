"""design.json: what a generated design is, for every tool that reads it. docs/design-json.md."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from connective.errors import InputError
from connective.network import Network
from connective.network_file import read_network
from connective.sentence import first_error, refuse_newer

VERSION = 1
FILE = "design.json"

# Names go into commands of Yosys and into files for Verilator.
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Port(_Record):
    name: Identifier
    direction: Literal["in", "out"]
    width: PositiveInt
    signed: bool


class PayloadFeature(_Record):
    """A feature's word in a sample, as `i_payload` has it: bits offset … offset + width − 1."""

    name: str
    offset: NonNegativeInt
    width: PositiveInt
    signed: bool


class Scores(_Record):
    """How scores lie in `o_scores`: class c in bits c·width … c·width + width − 1."""

    classes: PositiveInt
    width: PositiveInt
    signed: bool


class PacketField(_Record):
    """`connective.packing.Place` of a word in a packet."""

    name: str
    beat: NonNegativeInt
    offset: NonNegativeInt
    width: PositiveInt
    container: PositiveInt
    signed: bool


class NativeProtocol(_Record):
    """Valid/ready streams: a sample in `beats` transfers, low bits first, a result in one.

    With a `tag_width` a tag goes in with a sample's last beat, and out with its result.
    """

    kind: Literal["native"] = "native"
    beats: PositiveInt = 1
    tag_width: NonNegativeInt = 0


class CombinationalProtocol(_Record):
    """No clock and no handshake: the outputs show the result of the sample on `i_payload`."""

    kind: Literal["combinational"] = "combinational"
    beats: Literal[1] = 1


class AxiStreamProtocol(_Record):
    """A sample in a packet of AXI4-Stream, and a result in a packet of one beat.

    `tdata_width` and `result_width` are of `s_axis_tdata` and `m_axis_tdata`; a packet has
    `beats`, and `bytes` of TDATA that belong to it. Bit `error_bit` of `m_axis_tuser` says that the
    packet had the wrong length, the tag begins with bit `tag_offset`.
    """

    kind: Literal["axi-stream"] = "axi-stream"
    tdata_width: PositiveInt
    beats: PositiveInt
    bytes: PositiveInt
    features: list[PacketField]
    result_width: PositiveInt
    results: list[PacketField]
    error_bit: NonNegativeInt
    tag_offset: PositiveInt
    tag_width: NonNegativeInt


class AxiLiteProtocol(_Record):
    """Registers on AXI4-Lite with words of 32 bits: docs/hardware.md says what they do.

    `registers` has the address of each, or of its first word. A sample has `beats` words, and
    `bytes` that belong to it; `features` have the numbers of their words as `beat`. A result has
    `result_width` bits, in as many words as hold them, and `results` are parts of these bits.
    """

    kind: Literal["axi-lite"] = "axi-lite"
    address_width: PositiveInt
    registers: dict[Identifier, NonNegativeInt]
    beats: PositiveInt
    bytes: PositiveInt
    features: list[PacketField]
    result_width: PositiveInt
    results: list[PacketField]

    @property
    def tdata_width(self) -> int:
        """Bits of a word."""
        return 32


Protocol = NativeProtocol | CombinationalProtocol | AxiStreamProtocol | AxiLiteProtocol
"""What the ports of a top carry."""

Target = Literal["lut6", "lut4", "asic", "xilinx7", "ice40", "ecp5", "gowin", "sky130", "sg13g2"]
"""A family of chips, for which sums are built; of some the delays are known."""

Reset = Literal["sync-high", "sync-low", "async-high", "async-low"]
"""Whether a reset waits for the clock, and the level at which it acts."""

CLOCKS = ("clk", "aclk")
"""The name of a clock's port, without and with AXI."""


class Clock(_Record):
    """The clock for which the stages were made: its period is overhead, budget and what is spare.

    `overhead` and `budget` of a stage are in ps: from register to register, and what is left of the
    period for its operations.
    """

    mhz: PositiveFloat
    overhead: NonNegativeInt
    budget: PositiveInt


class Options(_Record):
    levels_per_stage: NonNegativeInt | None
    clock: Clock | None = None
    max_fanout: PositiveInt | None = None
    target: Target
    scores: bool
    margin: bool = False
    reject_below: PositiveInt | None = None
    best: PositiveInt | None = None
    form: Literal["pipelined", "serial"] = "pipelined"
    bits_per_cycle: PositiveInt | None = None
    clock_gating: bool = False
    reset: Reset | None = "sync-high"


class Fanout(_Record):
    """How many gate inputs and summed bits read a node of the network that was built.

    `loads` is how many read the gate or the register of it that most read, and `limited` how many
    do with copies of registers.
    """

    node: NonNegativeInt
    block: Identifier
    readers: PositiveInt
    loads: PositiveInt | None = None
    limited: PositiveInt | None = None


class NetworkReference(_Record):
    """The network that the design computes: a file in the folder, and `Network.sha256`."""

    file: str
    sha256: str


class SimplifiedReference(NetworkReference):
    """The network that was built, and the file that certifies that it answers as the other."""

    certificate: str


class Design(_Record):
    """A generated design. `sources` maps each Verilog file to its SHA-256, `latency` is in cycles.

    A combinational design has latency 0. `blocks` are the instances of the top module, and of its
    instance `core` if there is one, in the order of the data. `interface` is Amaranth's own
    description of the top component, `protocol` says what its ports carry.
    """

    format: Literal["connective.design"] = "connective.design"
    version: int = VERSION
    generator: str
    top: Identifier
    sources: dict[str, str]
    waivers: str
    network: NetworkReference
    simplified: SimplifiedReference | None = None
    head: Literal["class", "scores", "bits"]
    latency: NonNegativeInt
    initiation_interval: PositiveInt
    options: Options
    ports: list[Port]
    features: list[PayloadFeature]
    scores: Scores | None
    protocol: Protocol = Field(NativeProtocol(), discriminator="kind")
    blocks: list[Identifier]
    register_bits: NonNegativeInt
    least_register_bits: NonNegativeInt
    fanouts: list[Fanout]
    interface: dict[str, Any]

    @property
    def sha256(self) -> str:
        """Digest of the Verilog: of the names and digests of its files."""
        return hashlib.sha256(json.dumps(sorted(self.sources.items())).encode()).hexdigest()


def read_design(folder: Path) -> Design:
    """The design in `folder`, its Verilog unchanged since export; otherwise `InputError`."""
    path = folder / FILE
    try:
        content = path.read_bytes()
        version = json.loads(content).get("version")
    except FileNotFoundError:
        raise InputError(
            f"{folder} has no {FILE}, so it is not a design: make one with "
            "connective export NETWORK --out DESIGN"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, AttributeError, RecursionError):
        raise InputError(f"{path}: not a JSON object: export the design again") from None
    refuse_newer(path, version, VERSION)
    try:
        design = Design.model_validate_json(content)
    except ValidationError as error:
        raise InputError(f"{path}: {first_error(error)}") from None
    files = [*design.sources, design.waivers, design.network.file]
    if design.simplified:
        files += [design.simplified.file, design.simplified.certificate]
    for name in files:
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            raise InputError(f"{path}: {name!r} lies outside the design")
    for name, digest in design.sources.items():
        _check_source(folder / name, digest)
    return design


def _check_source(source: Path, digest: str) -> None:
    try:
        found = hashlib.sha256(source.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"{source}: cannot be read ({error.strerror}): export the design again"
        ) from None
    if found != digest:
        raise InputError(
            f"{source}: its SHA-256 is {found[:12]}…, not {digest[:12]}… as {FILE} says: "
            "it was edited; export the design again"
        )


def read_built(folder: Path, design: Design) -> Network:
    """The network of which the Verilog of the design in `folder` was made."""
    return read_network(folder / (design.simplified or design.network).file)[0]
