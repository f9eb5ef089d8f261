"""What a strategy may choose from: the minimal quorums of reads and writes, such that any f of their nodes may fail.

Nodes that can change places, with the same speed and latency, carry the same load in some best strategy: a choice is how
many nodes of each class it takes, any of them alike. A quorum is f-resilient if it holds a quorum without any f of its nodes
(Whittaker et al., "Read-Write Quorum Systems Made Practical", PaPoC 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.clusters import gates, table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from quorate.properties.quorum.clusters.expressions import Expression

Counts = tuple[int, ...]
MOST_VECTORS = 100_000  # counts that are tried one by one, where a table of all sets would be larger
MOST_CHOICES = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """So many nodes of each class, and how long their answer takes: until those that are there are a quorum."""

    counts: Counts
    latency: Fraction

    @property
    def size(self) -> int:
        return sum(self.counts)


def choices(
    expression: Expression, among: Sequence[gates.Class], latencies: Mapping[str, Fraction], failures: int = 0
) -> tuple[Choice, ...]:
    """Return the minimal quorums that survive so many failures among their nodes, the smallest first; none if there are none.

    Errors: UsageError where there are too many to list, OutOfTimeError.
    """
    patience.keep()
    found = _vectors(expression, among, failures)
    if len(found) > MOST_CHOICES:
        raise UsageError(f"there are {len(found)} quorums, all different, to choose from: give at most {MOST_CHOICES}")
    found.sort(key=lambda v: (sum(v), tuple(-k for k in v)))
    waits = [latencies[c[0]] for c in among]
    if not failures:  # a minimal quorum waits for all its nodes
        return tuple(Choice(v, max(wait for wait, taken in zip(waits, v, strict=True) if taken)) for v in found)
    order = sorted(range(len(among)), key=waits.__getitem__)
    return tuple(Choice(v, _latency(expression, among, waits, v, order)) for v in found)


def _vectors(expression: Expression, among: Sequence[gates.Class], failures: int) -> list[Counts]:
    fits = table.fits(expression)
    vectors = prod(len(c) + 1 for c in among)
    if vectors <= MOST_VECTORS and not (fits and 1 << len(expression.nodes) <= 4 * vectors):
        return _by_counting(expression, among, failures)
    if not fits:
        raise UsageError(
            f"a strategy for these {len(expression.nodes)} nodes, of {len(among)} kinds, has too many quorums to choose from: "
            f"give at most {table.MOST_NODES} nodes, or nodes that are alike"
        )
    within = table.frame(expression.nodes)
    alive = table.accepted(expression, within)
    for _ in range(failures):
        patience.keep()
        alive = within.surviving(alive)
    place = {name: c for c, names in enumerate(among) for name in names}
    sets = (within.names(members) for members in table.members(within.minimal(alive)))
    return list({tuple(_count(place, len(among), names)) for names in sets})


def _count(place: Mapping[str, int], classes: int, names: frozenset[str]) -> list[int]:
    counts = [0] * classes
    for name in names:
        counts[place[name]] += 1
    return counts


def _by_counting(expression: Expression, among: Sequence[gates.Class], failures: int) -> list[Counts]:
    @cache
    def survives(counts: Counts, lost: int) -> bool:
        if lost:
            fewer = (_less(counts, c) for c, taken in enumerate(counts) if taken)
            return any(counts) and all(survives(less, lost - 1) for less in fewer)
        patience.keep()
        return expression.accepts(frozenset(name for c, k in zip(among, counts, strict=True) for name in c[:k]))

    vectors = product(*(range(len(c) + 1) for c in among))
    holding = (v for v in vectors if survives(v, failures))
    return [v for v in holding if not any(survives(_less(v, c), failures) for c, taken in enumerate(v) if taken)]


def _less(counts: Counts, c: int) -> Counts:
    return (*counts[:c], counts[c] - 1, *counts[c + 1 :])


def _latency(
    expression: Expression, among: Sequence[gates.Class], waits: Sequence[Fraction], counts: Counts, order: Sequence[int]
) -> Fraction:
    """Return when the nodes that have answered are a quorum, the fastest answering first."""
    answered: set[str] = set()
    for c in order:
        for name in among[c][: counts[c]]:
            answered.add(name)
            if expression.accepts(frozenset(answered)):
                return waits[c]
    raise AssertionError("a choice is a quorum")
