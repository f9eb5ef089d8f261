"""Small clusters by table: one bit for each set of nodes, set where the set holds a quorum; a table is one whole number.

Bit S of a table of n nodes stands for the set whose members are the bits of S, so `and`, `or` and shifts of whole numbers
decide all 2^n sets at once: 512 for 9 nodes, a million for 20. What is asked of an expression with repeated nodes, which
level-by-level arithmetic (`cover.py`) cannot answer, is then counted rather than searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

from quorate.properties.quorum.clusters.expressions import Expression, Node, Quorum, Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_NODES = 20
MOST_BITS = 1 << 33  # of all the tables that are made on the way: about half a second


def fits(*expressions: Expression) -> bool:
    """Say whether the expressions are small enough, together, for tables over all their nodes."""
    nodes = len({name for e in expressions for name in e.nodes})
    return nodes <= MOST_NODES and sum(_steps(e) for e in expressions) << nodes <= MOST_BITS


def _steps(expression: Expression) -> int:
    if not isinstance(expression, Threshold):
        return 1
    needed, votes = _reduced(expression)
    own = 1 if needed in {1, sum(votes)} else needed
    return own * len(votes) + sum(_steps(p) for p in expression.parts)


def _reduced(gate: Threshold) -> tuple[int, list[int]]:
    """Return the threshold and the votes, divided by what all the votes share."""
    shared = gcd(*gate.votes)
    return -(-gate.needed // shared), [v // shared for v in gate.votes]


@dataclass(frozen=True)
class Frame:
    """The nodes in their order, and the tables of "has node i": what every table over them is made of."""

    nodes: tuple[str, ...]
    having: tuple[int, ...]
    whole: int  # the table of all sets

    def names(self, members: int) -> Quorum:
        """Return the nodes of the set with these bits."""
        return frozenset(name for i, name in enumerate(self.nodes) if members >> i & 1)

    def free(self, table: int, i: int) -> int:
        """Return the sets that are in a growing table once node i is added to them."""
        return table | (table & self.having[i]) >> (1 << i)

    def complements(self, table: int) -> int:
        """Return the sets whose complement is in the table."""
        for i, having in enumerate(self.having):
            step = 1 << i
            table = (table & having) >> step | (table & ~having) << step
        return table

    def surviving(self, table: int) -> int:
        """Return the sets that are in a growing table with any one member left out."""
        found = table
        for i, having in enumerate(self.having):
            found &= (table & ~having) << (1 << i) | self.whole & ~having
        return found

    def minimal(self, table: int) -> int:
        """Return the sets of a growing table that are in it no more with any member left out."""
        larger = 0
        for i, having in enumerate(self.having):
            larger |= (table & ~having) << (1 << i)
        return table & ~larger


@lru_cache(maxsize=8)
def frame(nodes: tuple[str, ...]) -> Frame:
    """Return the frame of tables over these nodes."""
    size = 1 << len(nodes)
    having: list[int] = []
    for i in range(len(nodes)):
        step = 1 << i
        pattern, width = ((1 << step) - 1) << step, 2 * step
        while width < size:
            pattern |= pattern << width
            width *= 2
        having.append(pattern)
    return Frame(nodes, tuple(having), (1 << size) - 1)


@lru_cache(maxsize=8)
def layers(count: int) -> tuple[int, ...]:
    """Return, for each size from 0 to `count`, the table of the sets of that size."""
    found = [1]
    for i in range(count):
        step = 1 << i
        bare, grown = [*found, 0], [0, *(layer << step for layer in found)]
        found = [a | b for a, b in zip(bare, grown, strict=True)]
    return tuple(found)


def accepted(expression: Expression, within: Frame) -> int:
    """Return the table of the sets that hold a quorum. Requires: the expression `fits`, its nodes are in the frame."""
    if isinstance(expression, Node):
        return within.having[within.nodes.index(expression.name)]
    assert isinstance(expression, Threshold)
    parts = [accepted(part, within) for part in expression.parts]
    needed, votes = _reduced(expression)
    if needed == sum(votes):
        return _all(parts, within)
    # reached[v]: the sets in which the parts seen so far have at least v votes
    reached = [within.whole, *[0] * needed]
    for table, vote in zip(parts, votes, strict=True):
        for v in range(needed, 0, -1):
            reached[v] |= reached[max(0, v - vote)] & table
    return reached[needed]


def _all(parts: Sequence[int], within: Frame) -> int:
    found = within.whole
    for table in parts:
        found &= table
    return found


def members(table: int) -> Iterator[int]:
    """Yield the sets of a table, each as the whole number of its bits, the smallest numbers first."""
    for at, byte in enumerate(table.to_bytes((table.bit_length() + 7) // 8, "little")):
        if byte:
            yield from (8 * at + i for i in range(8) if byte >> i & 1)


@lru_cache(maxsize=64)
def minimal_quorums(expression: Expression) -> tuple[Quorum, ...]:
    """Return every minimal quorum, the smallest first. Requires: the expression `fits`."""
    within = frame(tuple(sorted(expression.nodes)))
    found = members(within.minimal(accepted(expression, within)))
    return tuple(sorted((within.names(bits) for bits in found), key=lambda q: (len(q), sorted(q))))


def smallest(expression: Expression, show: int) -> tuple[int, int, tuple[Quorum, ...]]:
    """Return the size of the smallest quorums, how many there are, and the first few. Requires: the expression `fits`."""
    within = frame(expression.nodes)
    table = accepted(expression, within)
    size, layer = next((k, found) for k, every in enumerate(layers(len(within.nodes))) if (found := table & every))
    shown = (within.names(bits) for _, bits in zip(range(show), members(layer), strict=False))
    return size, layer.bit_count(), tuple(shown)


def least_common(left: Expression, right: Expression, counted: Quorum) -> tuple[int, Quorum, Quorum]:
    """Return how many counted nodes a set that `left` accepts shares at least with one that `right` does, and two such sets.

    Requires: both `fit` together.
    """
    within = frame(tuple(dict.fromkeys((*left.nodes, *right.nodes))))
    one, other = accepted(left, within), accepted(right, within)
    counting = [i for i, name in enumerate(within.nodes) if name in counted]
    for i in set(range(len(within.nodes))) - set(counting):
        one, other = within.free(one, i), within.free(other, i)
    # lent[j]: the sets that `right` accepts once j counted nodes more are lent to them
    lent = [other]
    while not (found := one & within.complements(lent[-1])):
        lent.append(_lent(lent[-1], counting, within))
    alone = (found & -found).bit_length() - 1
    rest = (1 << len(within.nodes)) - 1 - alone
    for table in reversed(lent[:-1]):
        rest |= next(1 << i for i in counting if not rest >> i & 1 and table >> (rest | 1 << i) & 1)
    idle = frozenset(within.nodes) - counted
    return len(lent) - 1, within.names(alone) | idle, within.names(rest) | idle


def _lent(table: int, counting: Sequence[int], within: Frame) -> int:
    grown = table
    for i in counting:
        grown |= within.free(table, i)
    return grown
