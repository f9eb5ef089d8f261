"""Is there, for each reader, an order of the writes that explains what it saw? Decided on a graph, in polynomial time.

A guarantee says which writes a read must have seen: those from which it can be reached over `visible` edges. Of a register,
whose read shows one write, all others that it saw came before that one; of a list or a set, it shows all that it saw. That puts
the writes in an order, and the guarantee holds if no order goes in a circle, in the view that it is about: each read alone,
each client, or everybody. What must be seen is the least that can be, so another choice would only add to the circles.

The patterns that are looked for are those of Bouajjani, Enea, Guerraoui & Hamza, "On Verifying Causal Consistency" (POPL 2017),
section 5; their theorems 5, 7 and 9 say that they are all there is, where no value was written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from quorate.properties.histories.search.limits import Limits
    from quorate.properties.histories.search.versions import Versions, View

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a guarantee asks for; operations by their place in the list.

    visible    who has seen the second has seen the first. (That a read has seen what it shows need not be said.)
    ordered    writes that come in this order, whoever has seen them
    view       who has one order of the writes
    grows      what comes before in a view is visible in it: a client's view is one sequence, as of a replica of its own
    own_reads  a view knows what its own reads saw, but not what those of others did
    """

    visible: Collection[Edge]
    ordered: Collection[Edge] = ()
    view: View = "client"
    grows: bool = False
    own_reads: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Edges, and of each operation what comes before it: over visible edges, and over all of them."""

    visible: set[Edge]
    order: set[Edge]
    seen: Reached
    before: Reached

    def grown(self, more: set[Edge], rules: Rules) -> Graph | None:
        """Return the graph with more of an order; None where it goes in a circle."""
        return graph(self.visible | more if rules.grows else self.visible, self.order | more)


def explained(versions: Versions, rules: Rules, limits: Limits) -> bool:
    """Say whether every view has an order. Errors: Exhausted."""
    if versions.unmade:
        return False
    shared = None if rules.own_reads else _start(versions.seen, versions, rules)
    if shared is None and not rules.own_reads:
        return False
    return all(_ordered(reads, shared, versions, rules, limits) for reads in _views(versions, rules.view))


def _start(known: Iterable[int], versions: Versions, rules: Rules) -> Graph | None:
    """Return what is known before a view's reads are looked at; None where it goes in a circle."""
    shown = {(write, read) for read in known for write in versions.seen[read]}
    return graph({*rules.visible} | shown, {*rules.ordered})


def _views(versions: Versions, view: View) -> Iterable[Sequence[int]]:
    """Return the reads of each view; where nobody reads, there is one without."""
    groups: dict[object, list[int]] = {}
    for read in versions.seen:
        whose = {"read": read, "client": versions.operations[read].client, "everybody": None}[view]
        groups.setdefault(whose, []).append(read)
    return groups.values() or [[]]


def _ordered(reads: Sequence[int], start: Graph | None, versions: Versions, rules: Rules, limits: Limits) -> bool:
    """Say whether one view has an order: what its reads show is added until nothing is new, or goes in a circle."""
    at = start or _start(reads, versions, rules)
    while at is not None:
        limits.check()
        found = _shown(reads, versions, at)
        if found is None:
            return False
        if not found:
            return True
        if not rules.grows and len({other for _, other in found}) == 1:  # what is visible stays, so nothing more follows
            return not any(at.before[one] >> other & 1 for one, other in found)
        at = at.grown(found, rules)
    return False


def _shown(reads: Sequence[int], versions: Versions, at: Graph) -> set[Edge] | None:
    """Return what the reads show of the writes' order that is new; None where one does not show what it must have seen."""
    found: set[Edge] = set()
    for read in reads:
        seen = versions.seen[read]
        missing = [w for w in versions.writes[versions.operations[read].key] if at.seen[read] >> w & 1 and w not in seen]
        if missing and (versions.shows != "newest" or not seen):
            return None
        found |= {(write, seen[0]) for write in missing}
        found |= {*pairwise(seen)} if versions.shows == "order" else set()
    return {(one, other) for one, other in found if not at.before[other] >> one & 1}


class Reached(dict[int, int]):
    """Of each operation all from which it can be reached, as a mask of bits; what no edge leads to, from nowhere."""

    def __missing__(self, i: int) -> int:
        return 0


def graph(visible: set[Edge], order: set[Edge]) -> Graph | None:
    """Return the graph of these edges; None where they go in a circle."""
    seen = _reached(visible)
    before = seen if order <= visible else _reached(visible | order)
    return None if seen is None or before is None else Graph(visible, order, seen, before)


def _reached(edges: Iterable[Edge]) -> Reached | None:
    direct: dict[int, list[int]] = {}
    for one, other in edges:
        direct.setdefault(other, []).append(one)
    before = Reached()
    try:
        for i in TopologicalSorter(direct).static_order():
            mask = 0
            for j in direct.get(i, ()):
                mask |= before[j] | 1 << j
            before[i] = mask
    except CycleError:
        return None
    return before
