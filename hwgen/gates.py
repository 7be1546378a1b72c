"""A network's encoder and logic levels, put into the component that holds them."""

import numpy as np
from amaranth.hdl import Module, Signal, Value

from hwgen.block import place
from hwgen.encoder import InputEncoder, select
from hwgen.logic import LogicLevel
from hwgen.pipe import Part, Timed, bits, join
from hwgen.schedule import Schedule
from hwgen.wiring import Wiring

Board = dict[Timed, Part]
"""What is read from a block, by node and stage."""


def place_gates(
    m: Module,
    platform: object,
    schedule: Schedule,
    wiring: Wiring,
    payload: Value,
    *,
    moves: Value | None = None,
) -> Board:
    """Place encoder and levels, which read the feature words in `payload`.

    Where it is told which stages hold a sample, `moves`, registers load only behind these.
    """
    board = _encoder(m, platform, schedule, wiring, payload, moves)
    for number in range(len(schedule.levels)):
        board |= _level(m, platform, schedule, wiring, number, board, moves)
    return board


def _encoder(
    m: Module,
    platform: object,
    schedule: Schedule,
    wiring: Wiring,
    payload: Value,
    moves: Value | None,
) -> Board:
    encoder, gives = schedule.network.encoder, wiring.encoder_gives
    if not schedule.encodes and all(stage == 0 for _, stage in gives):
        rows = np.array([row for row, _ in gives], dtype=np.int64)
        return dict(zip(gives, select(encoder, rows, payload), strict=True))
    n_rows = schedule.network.n_inputs
    copies = schedule.copies.of(range(n_rows))
    stage = {row: int(schedule.node_stage[row]) for row, _ in gives if row < n_rows}
    outputs = Signal(len(gives), name="encoded")
    block = InputEncoder(encoder, stage, gives=gives, gated=moves is not None, copies=copies)
    name = "encoder" if schedule.encodes else "inputs"
    ports = {"payload": payload, "o": outputs}
    place(m, platform, name, block, ports | block.moving(moves))
    return dict(zip(gives, bits(outputs), strict=True))


def _level(
    m: Module,
    platform: object,
    schedule: Schedule,
    wiring: Wiring,
    number: int,
    board: Board,
    moves: Value | None,
) -> Board:
    network, gates = schedule.network, schedule.levels[number]
    reads, gives = wiring.level_reads[number], wiring.level_gives[number]
    index = gates - network.n_inputs
    block = LogicLevel(
        gates,
        schedule.node_stage[gates],
        schedule.fanin[index],
        network.table[index],
        reads=reads,
        gives=gives,
        gated=moves is not None,
        copies=schedule.copies.of(gates.tolist()),
    )
    outputs = Signal(len(gives), name=f"level{number}")
    ports = {"i": join(board[timed] for timed in reads), "o": outputs}
    place(m, platform, f"level_{number}", block, ports | block.moving(moves))
    return dict(zip(gives, bits(outputs), strict=True))
