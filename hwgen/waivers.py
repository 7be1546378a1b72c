"""What Verilator's linter is told to pass over in a generated design, and why."""


def waivers(top: str) -> str:
    """The text of a Verilator configuration file for the design with this top."""
    return f"""`verilator_config
// Verilog extends the narrower of two scores with zeros. It is meant so where classes can reach
// scores of different widths.
lint_off -rule WIDTHEXPAND -file "*{top}_argmax.v"
// The payload holds every feature whole; the network may read only some features, or some bits.
lint_off -rule UNUSEDSIGNAL -file "*{top}.v" -match "*i_payload*"
lint_off -rule UNUSEDSIGNAL -file "*{top}_encoder.v" -match "*payload*"
"""
