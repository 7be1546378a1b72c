"""The pass that removes what no output depends on."""

from dataclasses import replace

import numpy as np

from connective.encoder import Encoder
from connective.network import Network
from connective.simplify.literal import literals, nodes
from connective.simplify.step import FATES, Step, selection


def prune(network: Network) -> Step:
    """Remove gates and encoder rows that no output depends on; the features stay as they are.

    An encoder has at least one row, so its first stays where nothing is read.
    """
    read = network.used.copy()
    rows = read[: network.n_inputs]
    rows[0] |= not rows.any()
    place = selection(network, read)
    gates = read[network.n_inputs :]
    fanin = nodes(place[network.fanin[gates]])
    encoder = network.encoder
    after = replace(
        network,
        encoder=Encoder(
            encoder.features, encoder.feature[rows], encoder.op[rows], encoder.value[rows]
        ),
        fanin=np.where(network.constant[gates, None], 0, fanin).astype(np.uint32),
        table=network.table[gates],
        outputs=nodes(place[network.outputs]).astype(np.uint32),
    )
    fate = np.where(read, FATES.index("kept"), FATES.index("unread")).astype(np.uint8)
    own = literals(np.arange(network.n_nodes))
    return Step(network, after, own, place, own[read], fate)
