"""Truth tables as two-input ANDs and inverters, equal ones built once."""

from collections.abc import Sequence

from connective.network import Network


class AndGraph:
    """ANDs on literals: 0 and 1 are constants, 2v is variable v and 2v + 1 its inverse.

    Variables are numbered from 1, inputs first. `ands` holds the two literals of each AND, the
    greater first.
    """

    def __init__(self, n_inputs: int) -> None:
        self.ands: list[tuple[int, int]] = []
        self.n_inputs = n_inputs
        self._known: dict[tuple[int, int], int] = {}

    @classmethod
    def of(cls, network: Network) -> tuple["AndGraph", list[int]]:
        """The gates of a network, and the literals of its outputs."""
        graph = cls(network.n_inputs)
        literal = [2 * (i + 1) for i in range(network.n_inputs)]
        for fanin, table in zip(network.fanin.tolist(), network.table.tolist(), strict=True):
            literal.append(graph.function(table, [literal[node] for node in fanin]))
        return graph, [literal[node] for node in network.outputs.tolist()]

    def function(self, table: int, inputs: Sequence[int]) -> int:
        """The literal of a table of the input literals, by Shannon from the last input."""
        ones = (1 << (1 << len(inputs))) - 1
        if table in (0, ones):
            return int(table == ones)
        half = 1 << len(inputs) - 1
        *others, last = inputs
        low, high = table & (1 << half) - 1, table >> half
        if low == high:
            return self.function(low, others)
        if_low = self.function(low, others)
        if low ^ high == (1 << half) - 1:
            return self._multiplexer(last, if_low ^ 1, if_low)
        return self._multiplexer(last, self.function(high, others), if_low)

    def _multiplexer(self, choice: int, high: int, low: int) -> int:
        if high == 1:
            return self.conjunction(choice ^ 1, low ^ 1) ^ 1
        if low == 1:
            return self.conjunction(choice, high ^ 1) ^ 1
        if_high, if_low = self.conjunction(choice, high), self.conjunction(choice ^ 1, low)
        return self.conjunction(if_high ^ 1, if_low ^ 1) ^ 1

    def conjunction(self, a: int, b: int) -> int:
        """The literal of both."""
        a, b = max(a, b), min(a, b)
        if b == 0 or a == b ^ 1:
            return 0
        if b == 1 or a == b:
            return a
        if (a, b) not in self._known:
            self.ands.append((a, b))
            self._known[a, b] = 2 * (self.n_inputs + len(self.ands))
        return self._known[a, b]
