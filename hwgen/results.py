"""The results of a network in stages: label and scores, or output bits, of a sample's words."""

from amaranth.hdl import Cat, Const, Module, Signal, Value

from hwgen.argmax import Argmax, extended, label_width, lead_widths
from hwgen.block import place
from hwgen.gates import Board, place_gates
from hwgen.pipe import join
from hwgen.popcount import Popcount
from hwgen.schedule import Schedule
from hwgen.wiring import Wiring


def result_widths(schedule: Schedule) -> dict[str, int]:
    """Width of each port that shows a result, by name, in their order."""
    network = schedule.network
    if network.head == "bits":
        return {"o_bits": len(network.outputs)}
    widths = {"o_label": label_width(network.n_classes)}
    if schedule.scores:
        widths["o_scores"] = network.n_classes * schedule.score_width
    if margin := schedule.operations.margin:
        widths |= {f"o_{name}": width for name, width in lead_widths(margin).items()}
    if ranking := schedule.operations.ranking:
        widths["o_best"] = ranking.width
    return widths


def place_network(
    m: Module,
    platform: object,
    schedule: Schedule,
    payload: Value,
    *,
    moves: Value | None = None,
) -> list[Value]:
    """Place the blocks that compute a schedule's network of the feature words in `payload`.

    What they give, in the last stage, fills the ports of `result_widths` one after another. Where
    they are told which stages hold a sample, `moves`, registers load only behind these.
    """
    wiring = Wiring(schedule)
    board = place_gates(m, platform, schedule, wiring, payload, moves=moves)
    if schedule.network.head == "bits":
        return [join(board[timed] for timed in wiring.result)]
    return _classes(m, platform, schedule, wiring, board, moves)


def _classes(
    m: Module,
    platform: object,
    schedule: Schedule,
    wiring: Wiring,
    board: Board,
    moves: Value | None,
) -> list[Value]:
    """Label and, if asked for, scores, margin, whether that is too small, and the best classes."""
    operations = schedule.operations
    entrants = operations.scores
    sums: list[Value] = []
    for c, (staged, reads) in enumerate(zip(schedule.trees, wiring.popcount_reads, strict=True)):
        if entrants[c].is_constant:
            sums.append(Const(entrants[c].low, entrants[c].score_width))
            continue
        block = Popcount(staged, gated=moves is not None)
        score = Signal(len(block.o), name=f"score{c}")
        ports = {"i": join(board[timed] for timed in reads), "o": score}
        place(m, platform, f"popcount_{c}", block, ports | block.moving(moves))
        sums.append(score)
    if not operations.matches:
        return [Const(0, label_width(1)), *_padded(schedule, sums)]
    ranking = operations.ranking
    ranked = [*(duel.operation for duel in ranking.duels), ranking.operation] if ranking else []
    argmax = Argmax(
        entrants,
        operations.matches,
        [int(schedule.stage[match.operation]) for match in operations.matches],
        end=schedule.last_stage,
        keep_scores=schedule.scores,
        margin=operations.margin,
        margin_stage=int(schedule.stage[operations.margin.operation]) if operations.margin else 0,
        ranking=ranking,
        ranking_stage=[int(schedule.stage[operation]) for operation in ranked],
        gated=moves is not None,
    )
    label = Signal(len(argmax.label), name="label")
    varying = [s for s, e in zip(sums, entrants, strict=True) if not e.is_constant]
    ports = {"i": Cat(varying), "label": label}
    if schedule.scores:
        scores = Signal(len(argmax.scores), name="scores")
        ports["scores"] = scores
        start, sums = 0, []
        for entrant in entrants:
            sums.append(scores[start : start + entrant.score_width])
            start += entrant.score_width
    lead = [Signal(width, name=name) for name, width in argmax.lead.items()]
    ports |= dict(zip(argmax.lead, lead, strict=True))
    if ranking:
        lead.append(Signal(ranking.width, name="best"))
        ports["best"] = lead[-1]
    place(m, platform, "argmax", argmax, ports | argmax.moving(moves))
    return [label, *(_padded(schedule, sums) if schedule.scores else []), *lead]


def _padded(schedule: Schedule, sums: list[Value]) -> list[Value]:
    """The scores, each as wide as the widest."""
    entrants, width = schedule.operations.scores, schedule.score_width
    return [
        extended(s, entrant.score_width, width, signed=entrant.signed)
        for s, entrant in zip(sums, entrants, strict=True)
    ]
