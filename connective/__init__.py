"""Logic gate networks with learned connections: what a network is, and what it answers."""

from connective._version import VERSION as __version__
from connective.canonical import canonicalize
from connective.encoder import Encoder, Feature, fixed_point, one_hot, raw, thermometer
from connective.errors import InputError, ToolError
from connective.network import Network

__all__ = [
    "Encoder",
    "Feature",
    "InputError",
    "Network",
    "ToolError",
    "__version__",
    "canonicalize",
    "fixed_point",
    "one_hot",
    "raw",
    "thermometer",
]
