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


def explained(versions: Versions, rules: Rules, limits: Limits) -> bool:
    """Say whether every view has an order. Errors: Exhausted."""
    return not versions.unmade and all(_ordered(reads, versions, rules, limits) for reads in _views(versions, rules.view))


def _views(versions: Versions, view: View) -> Iterable[Sequence[int]]:
    """Return the reads of each view; where nobody reads, there is one without."""
    groups: dict[object, list[int]] = {}
    for read in versions.seen:
        whose = {"read": read, "client": versions.operations[read].client, "everybody": None}[view]
        groups.setdefault(whose, []).append(read)
    return groups.values() or [[]]


def _ordered(reads: Sequence[int], versions: Versions, rules: Rules, limits: Limits) -> bool:
    """Say whether one view has an order: what its reads show is added until nothing is new, or goes in a circle."""
    known = reads if rules.own_reads else versions.seen
    visible = {*rules.visible, *((write, read) for read in known for write in versions.seen[read])}
    order: set[Edge] = {*rules.ordered}
    while True:
        limits.check()
        before = _before(visible)
        found = None if before is None else _shown(reads, versions, before)
        if found is None or _before(visible | order | found) is None:
            return False
        if found <= order:
            return True
        order |= found
        visible |= found if rules.grows else set()


def _shown(reads: Sequence[int], versions: Versions, before: dict[int, int]) -> set[Edge] | None:
    """Return in what order the reads show the writes; None where one does not show what it must have seen."""
    found: set[Edge] = set()
    for read in reads:
        seen = versions.seen[read]
        missing = [w for w in versions.writes[versions.operations[read].key] if before[read] >> w & 1 and w not in seen]
        if missing and (versions.shows != "newest" or not seen):
            return None
        found |= {(write, seen[0]) for write in missing}
        found |= {*pairwise(seen)} if versions.shows == "order" else set()
    return found


def _before(edges: Iterable[Edge]) -> dict[int, int] | None:
    """Return, of each operation, all from which it can be reached, as a mask of bits; None where one reaches itself."""
    direct: dict[int, list[int]] = {}
    for one, other in edges:
        direct.setdefault(other, []).append(one)
    before: dict[int, int] = {}
    try:
        for i in TopologicalSorter(direct).static_order():
            mask = 0
            for j in direct.get(i, ()):
                mask |= before[j] | 1 << j
            before[i] = mask
    except CycleError:
        return None
    return Reached(before)


class Reached(dict[int, int]):
    """Masks of bits; what no edge leads to is reached from nowhere."""

    def __missing__(self, i: int) -> int:
        return 0
