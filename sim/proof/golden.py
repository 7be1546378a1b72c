"""What a network means, as an AND graph: the side that no Verilog is read for."""

from collections.abc import Sequence
from itertools import combinations

from connective.bitblast import bitblast_encoder
from connective.formats.and_graph import AndGraph
from connective.network import Network

AND, OR, XOR, MULTIPLEXER = 0b1000, 0b1110, 0b0110, 0b11001010  # the last of low, high, choice
GREATER = 0b10110010  # of a, b and what the lower bits say: a > b
XOR3, MAJORITY = 0b10010110, 0b11101000
BORROW = 0b11010100  # of a, b and the borrow of the lower bits, for a − b

Word = list[int]
"""Literals, the lowest bit first."""


def output_literals(graph: AndGraph, network: Network, payload: Word) -> Word:
    """The literals of the nodes that are summed, or are the output bits, given the words' bits."""
    blasted, _ = bitblast_encoder(network)
    literal = list(payload)
    for fanin, table in zip(blasted.fanin.tolist(), blasted.table.tolist(), strict=True):
        reads = list(dict.fromkeys(fanin))  # the last is repeated where a gate needs fewer
        cases = (1 << (1 << len(reads))) - 1
        literal.append(graph.function(table & cases, [literal[node] for node in reads]))
    return [literal[node] for node in blasted.outputs.tolist()]


def constant(value: int, width: int) -> Word:
    """A number in two's complement."""
    return [value >> bit & 1 for bit in range(width)]


def plus(graph: AndGraph, word: Word, value: int) -> Word:
    """The sum of a word and a number, both in two's complement, in as many bits."""
    carry, result = 0, []
    for a, b in zip(word, constant(value, len(word)), strict=True):
        result.append(graph.function(XOR3, [a, b, carry]))
        carry = graph.function(MAJORITY, [a, b, carry])
    return result


def greater(graph: AndGraph, a: Word, b: Word) -> int:
    """Whether a > b, both in two's complement and as wide."""
    result = 0
    for low, other in zip(a[:-1], b[:-1], strict=True):
        result = graph.function(GREATER, [low, other, result])
    return graph.function(GREATER, [b[-1], a[-1], result])  # the sign bit counts negative


def padded(word: Word, width: int) -> Word:
    """A number without sign in more bits."""
    return word + [0] * (width - len(word))


def label(graph: AndGraph, scores: Sequence[Word]) -> Word:
    """The class of the greatest score, the lowest one of equals; scores are of one width."""
    best = scores[0]
    width = max((len(scores) - 1).bit_length(), 1)
    result = constant(0, width)
    for c, score in enumerate(scores[1:], 1):
        wins = greater(graph, score, best)
        best = _chosen(graph, best, score, wins)
        result = _chosen(graph, result, constant(c, width), wins)
    return result


def margin(graph: AndGraph, scores: Sequence[Word]) -> Word:
    """The best score less the second best, without sign; two scores or more, of one width."""
    first, second, *others = scores
    best, runner_up = _sorted(graph, first, second)
    for score in others:
        best, loser = _sorted(graph, best, score)
        runner_up, _ = _sorted(graph, runner_up, loser)
    borrow, result = 0, []
    for a, b in zip(best, runner_up, strict=True):
        result.append(graph.function(XOR3, [a, b, borrow]))
        borrow = graph.function(BORROW, [a, b, borrow])
    return result


def best(graph: AndGraph, scores: Sequence[Word], count: int) -> list[Word]:
    """The labels of the greatest scores: that at place p is of the class which p others beat."""
    classes, width = range(len(scores)), (len(scores) - 1).bit_length()
    greater_than = {
        (a, b): greater(graph, scores[b], scores[a]) for a, b in combinations(classes, 2)
    }
    labels = [constant(0, width) for _ in range(count)]
    for c in classes:
        beaten = [greater_than[o, c] ^ 1 for o in classes[:c]]
        beaten += [greater_than[c, o] for o in classes[c + 1 :]]
        at = [1] + [0] * (count - 1)  # whether so many of those seen beat the class
        for one in beaten:
            at = [_chosen(graph, [a], [b], one)[0] for a, b in zip(at, [0, *at], strict=False)]
        for place, here in enumerate(at):
            labels[place] = [
                graph.conjunction(bit ^ 1, (here if c >> n & 1 else 0) ^ 1) ^ 1
                for n, bit in enumerate(labels[place])
            ]
    return labels


def below(graph: AndGraph, word: Word, value: int) -> int:
    """Whether a word without sign is less than a number that is not negative."""
    width = max(len(word), value.bit_length()) + 1
    return greater(graph, constant(value, width), padded(word, width))


def _sorted(graph: AndGraph, a: Word, b: Word) -> tuple[Word, Word]:
    """The greater of two words in two's complement, then the other."""
    swapped = greater(graph, b, a)
    return _chosen(graph, a, b, swapped), _chosen(graph, b, a, swapped)


def _chosen(graph: AndGraph, low: Word, high: Word, choice: int) -> Word:
    pairs = zip(low, high, strict=True)
    return [graph.function(MULTIPLEXER, [a, b, choice]) for a, b in pairs]


def within(graph: AndGraph, word: Word, low: int, high: int) -> int:
    """Whether a word in two's complement is low … high."""
    below = greater(graph, constant(low, len(word)), word)
    above = greater(graph, word, constant(high, len(word)))
    return graph.conjunction(below ^ 1, above ^ 1)
