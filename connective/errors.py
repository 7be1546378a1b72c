"""What can go wrong outside the program, as sentences for its user."""


class InputError(ValueError):
    """A user's mistake: one sentence that names the file, the field, the value and the remedy."""


class ToolError(RuntimeError):
    """An external program is missing, too old, too slow or failed; says where its log is."""


class OutOfTimeError(ToolError):
    """An external program was stopped at its time limit."""
