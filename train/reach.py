"""Which nodes of a network its answers depend on."""

import numpy as np
from numpy.typing import NDArray

from connective.network import Network


def used_nodes(network: Network) -> NDArray[np.bool_]:
    """The nodes that are summed, or that such a node reads by way of gates, (nodes,)."""
    used = np.zeros(network.n_nodes, dtype=bool)
    used[network.outputs] = True
    level = network.level[network.n_inputs :]
    constant = (network.table == 0) | (network.table == 2 ** (2**network.k) - 1)
    for number in range(network.depth, 0, -1):
        gates = (level == number) & used[network.n_inputs :] & ~constant
        used[network.fanin[gates]] = True
    return used


def unused_gates(network: Network) -> int:
    """Gates that no output depends on."""
    return int((~used_nodes(network)[network.n_inputs :]).sum())
