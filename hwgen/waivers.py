"""What Verilator's linter is told to pass over in a generated design, and why."""


def waivers(top: str) -> str:
    """The text of a Verilator configuration file for the design with this top."""
    return f"""`verilator_config
// Verilog extends the narrower operand of a sum or of a bitwise operator with zeros. It is meant so
// for the last bits of a group and for an odd summand, which are not as wide as the others.
lint_off -rule WIDTHEXPAND -file "*{top}_popcount_*.v"
// The payload holds every feature whole; the network may read only some features, or some bits.
lint_off -rule UNUSEDSIGNAL -file "*{top}.v" -match "*i_payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_encoder.v" -match "*payload*"
"""
