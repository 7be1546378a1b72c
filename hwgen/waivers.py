"""What Verilator's linter is told to pass over in a generated design, and why."""

WAIVERS = """`verilator_config
"""


def waivers(top: str) -> str:
    return WAIVERS
