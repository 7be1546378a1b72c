"""What Verilator's linter is told to pass over in a generated design, and why."""


def waivers(
    top: str, *, axi_stream: bool = False, axi_lite: bool = False, margin: bool = False
) -> str:
    """The text of a Verilator configuration file for the design with this top."""
    interface = _AXI_STREAM if axi_stream else _AXI_LITE if axi_lite else _NATIVE
    more = (_MARGIN if margin else "") + interface
    return f"""`verilator_config
// Verilog extends the narrower of two scores with zeros. It is meant so where classes can reach
// scores of different widths.
lint_off -rule WIDTHEXPAND -file "*{top}_argmax.v"
// The score of a class may be known, and a comparison with it with it.
lint_off -rule UNSIGNED -file "*{top}_argmax.v"
lint_off -rule CMPCONST -file "*{top}_argmax.v"
{more.format(top=top)}"""


_MARGIN = """\
// Where scores are known, so may be bits of the best ones: their difference does not read these.
lint_off -rule UNUSEDSIGNAL -file "*{top}_argmax.v" -match "*score_*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_argmax.v" -match "*second_*"
"""

_NATIVE = """\
// The payload holds every feature whole; the network may read only some features, or some bits.
lint_off -rule UNUSEDSIGNAL -file "*{top}.v" -match "*i_payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_encoder.v" -match "*payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_inputs.v" -match "*payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_core.v" -match "*i_payload*"
// Where classes that take turns read the same bits, it does not matter which of them does.
lint_off -rule UNUSEDSIGNAL -file "*{top}_selector.v" -match "*at_c*"
"""

_AXI_STREAM = """\
// A packet holds every feature whole, and bytes that fill it up; the network may read only some.
lint_off -rule UNUSEDSIGNAL -file "*{top}.v" -match "*s_axis_tdata*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_encoder.v" -match "*payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_receiver.v" -match "*tkeep*"
// A network that reads nothing has yet a sample, of one bit, and constant gates ignore theirs.
lint_off -rule UNUSEDSIGNAL -file "*{top}_core.v" -match "*i_payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_inputs.v" -match "*payload*"
"""

_AXI_LITE = """\
// Words are 32 bits wide, so that the lowest bits of an address say nothing.
lint_off -rule UNUSEDSIGNAL -file "*{top}.v" -match "*s_axi_*addr*"
// They hold every feature whole, and bytes that fill them up; the network may read only some.
lint_off -rule UNUSEDSIGNAL -file "*{top}.v" -match "*s_axi_wdata*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_encoder.v" -match "*payload*"
// A network that reads nothing has yet a sample, of one bit, and constant gates ignore theirs.
lint_off -rule UNUSEDSIGNAL -file "*{top}_core.v" -match "*i_payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_inputs.v" -match "*payload*"
"""
