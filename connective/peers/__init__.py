"""Networks that were trained elsewhere: torchlogix, difflogic and DWN."""

from connective.peers.hyperparameters import Hyperparameters
from connective.peers.importing import imported, read_circuit, read_state_dict

__all__ = ["Hyperparameters", "imported", "read_circuit", "read_state_dict"]
