"""The cheapest quorum under a price for each node, and the smallest quorums and how many there are.

On an expression that reads each node once both come level by level, since what one part costs does not depend on what
another took: by sorting for equal votes, by a table over the votes still needed otherwise. Repeated nodes make it a
covering problem, and `gates.py` asks Z3.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, inf
from typing import TYPE_CHECKING, TypeVar

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.clusters.expressions import Expression, Node, Quorum, Threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

P = TypeVar("P", float, Fraction)
MOST_VOTES = 20_000  # a table over the votes still needed has a row for each


def tabulable(expression: Expression) -> bool:
    """Say whether this file's level-by-level arithmetic applies: each node read once, thresholds that fit a table."""
    return expression.reads_once and _highest(expression) <= MOST_VOTES


def _highest(expression: Expression) -> int:
    if not isinstance(expression, Threshold):
        return 1
    own = expression.needed if len(set(expression.votes)) > 1 else 1
    return max(own, *(_highest(p) for p in expression.parts))


def cheapest(expression: Expression, prices: Mapping[str, P]) -> tuple[P, Quorum]:
    """Return the least price of a quorum and one that has it; the first parts win ties.

    Requires: the expression is tabulable; no price is negative.
    """
    if isinstance(expression, Node):
        return prices[expression.name], frozenset({expression.name})
    assert isinstance(expression, Threshold)
    below = [cheapest(part, prices) for part in expression.parts]
    chosen = _cheapest_choice([cost for cost, _ in below], expression)
    quorum = frozenset[str]().union(*(below[i][1] for i in chosen))
    cost = below[chosen[0]][0]
    for i in chosen[1:]:
        cost = cost + below[i][0]
    return cost, quorum


def _alike(gate: Threshold) -> int | None:
    """Return how many parts are enough where all have the same votes, else None."""
    return -(-gate.needed // gate.votes[0]) if len(set(gate.votes)) == 1 else None


def _cheapest_choice(costs: Sequence[P], gate: Threshold) -> Sequence[int]:
    enough = _alike(gate)
    if enough is not None:
        return sorted(range(len(costs)), key=costs.__getitem__)[:enough]
    return next(_cheapest_choices(costs, gate))


def _cheapest_choices(costs: Sequence[P], gate: Threshold) -> Iterator[tuple[int, ...]]:
    """Yield the choices of parts with enough votes and the least cost, without dead ends.

    `least[i][v]` is the least cost of `v` votes from parts `i` on; a choice is followed only where it attains it.
    """
    enough = _alike(gate)
    if enough is not None and len(set(costs)) == 1:
        yield from combinations(range(len(costs)), enough)
        return
    nothing: list[P | float] = [0, *[inf] * gate.needed]  # an integer 0, so that fractions stay exact
    least = [nothing]
    for cost, votes in zip(reversed(costs), reversed(gate.votes), strict=True):
        later = least[-1]
        patience.keep()
        least.append([min(later[v], cost + later[max(0, v - votes)]) for v in range(gate.needed + 1)])
    least.reverse()

    stack: list[tuple[int, int, list[int]]] = [(0, gate.needed, [])]
    while stack:
        entry = stack.pop()
        i, needed = entry[:2]
        chosen: list[int] = entry[2]
        if needed == 0:
            yield tuple(chosen)
            continue
        after = max(0, needed - gate.votes[i])
        if least[i + 1][needed] == least[i][needed]:
            stack.append((i + 1, needed, chosen))
        if costs[i] + least[i + 1][after] == least[i][needed]:
            stack.append((i + 1, after, [*chosen, i]))


def smallest_size(expression: Expression) -> int:
    """Return the number of nodes of the smallest quorums. Requires: the expression is tabulable."""
    return len(cheapest(expression, dict.fromkeys(expression.nodes, 1.0))[1])


def smallest_quorums(expression: Expression) -> Iterator[Quorum]:
    """Yield the smallest quorums, each once. Requires: the expression is tabulable."""
    if isinstance(expression, Node):
        yield frozenset({expression.name})
        return
    assert isinstance(expression, Threshold)
    sizes = [float(smallest_size(part)) for part in expression.parts]
    for choice in _cheapest_choices(sizes, expression):
        yield from _unions([expression.parts[i] for i in choice])


def _unions(parts: Sequence[Expression]) -> Iterator[Quorum]:
    """Yield a smallest quorum of each part, joined, in every way; lazily, for there may be very many."""
    alone = frozenset(p.name for p in parts if isinstance(p, Node))
    nested = [p for p in parts if not isinstance(p, Node)]
    if not nested:
        yield alone
        return
    for first in smallest_quorums(nested[0]):
        for rest in _unions(nested[1:]):
            yield alone | first | rest


def smallest_count(expression: Expression) -> tuple[int, int]:
    """Return the size of the smallest quorums and how many there are. Requires: it is tabulable."""
    if isinstance(expression, Node):
        return 1, 1
    assert isinstance(expression, Threshold)
    enough = _alike(expression)
    if enough is not None and all(isinstance(p, Node) for p in expression.parts):
        return enough, comb(len(expression.parts), enough)
    # table[v]: the least size, and the number of choices that have it, for v votes from the parts seen so far
    table: list[tuple[float, int]] = [(0, 1)] + [(inf, 0)] * expression.needed
    for part, votes in zip(expression.parts, expression.votes, strict=True):
        size, ways = smallest_count(part)
        patience.keep()
        table = [_merged(table, v, votes, (size, ways)) for v in range(expression.needed + 1)]
    return int(table[-1][0]), table[-1][1]


def _merged(table: Sequence[tuple[float, int]], v: int, votes: int, part: tuple[int, int]) -> tuple[float, int]:
    """Return row `v` after one more part of that size and count; the last row stands for all the votes or more."""
    top = len(table) - 1
    froms = table[max(0, top - votes) : top] if v == top else table[max(0, v - votes) : max(0, v - votes + 1)]
    usable = froms if v == top or v >= votes else []
    options = [table[v], *((s + part[0], n * part[1]) for s, n in usable)]
    best = min(s for s, _ in options)
    return best, sum(n for s, n in options if s == best and s < inf)
