"""Packets of a wrong length among those of samples."""

import numpy as np

from connective.design import AxiStreamProtocol
from sim.proof.transfer_bench import Transfers
from sim.protocols import Rows, bytes_of

WRONG_SHARE = 0.3
KINDS = ("short", "long", "longer", "lacking")


def with_wrong_packets(
    transfers: Transfers, protocol: AxiStreamProtocol, rng: np.random.Generator
) -> Transfers:
    """Some packets end too early or too late, or lack their first byte, and are to be flagged.

    TUSER of beats before the last is another, as it means nothing there.
    """
    keep = protocol.tdata_width // 8
    last = keep + bytes_of(keep)
    packets = transfers.rows.copy().reshape(len(transfers.results), protocol.beats, -1)
    results = transfers.results.copy()
    rows: list[Rows] = []
    packets[:, :-1, last + 1 :] ^= 1
    for number, packet in enumerate(packets):
        if rng.random() >= WRONG_SHARE:
            rows.append(packet)
            continue
        rows.append(_spoilt(packet, str(rng.choice(KINDS)), keep, last))
        results[number, : protocol.result_width // 8] = 0
        results[number, protocol.result_width // 8] |= 1 << protocol.error_bit
    return Transfers(np.concatenate(rows), np.cumsum([len(own) for own in rows]), results)


def _spoilt(packet: Rows, kind: str, keep: int, last: int) -> Rows:
    """A packet of bytes (beats, bytes) with TKEEP and TLAST from some on."""
    if kind == "short" and len(packet) > 1:
        packet = np.concatenate([packet[:-2], packet[-1:]])
    elif kind.startswith("long"):
        # a counter of beats that wraps around is where it was
        surplus = 1 if kind == "long" else 1 << (len(packet) - 1).bit_length()
        packet = np.concatenate([packet, packet[-1:].repeat(surplus, axis=0)])
        packet[:-1, last] = 0
    else:
        packet = packet.copy()
        packet[0, keep] &= 0xFE
    return packet
