"""Sequential consistency: one order of all operations, in which each client's are in its own.

Lamport, "How to Make a Multiprocessor Computer That Correctly Executes Multiprocess Programs" (IEEE Transactions on Computers,
1979). It is not local: two registers that have it each need not have it together (Herlihy & Wing 1990, section 3.2), so keys
are judged together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Finding, Guarantee
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import Exhausted
from quorate.properties.histories.search.orders import RealTime, Sessions
from quorate.properties.histories.search.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits

A_MOMENT = 1.0  # seconds for a short question


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of all operations, each client's as it issued them, that the object allows.

    Two shorter questions come first, for a moment each: an order in real time of each key is one (a history that is
    linearizable is sequential); and what has none at one key has none at all.
    """
    whole = Search(Sessions(operations), target, limits)
    pieces = [[o for o in operations if o.key == key] for key in whole.machine.places]
    if _quick([Search(RealTime(piece), target, limits.within(A_MOMENT)) for piece in pieces]) is True:
        return Finding(Verdict.HOLDS, met=len(operations))
    if _quick([Search(Sessions(piece), target, limits.within(A_MOMENT)) for piece in pieces]) is False:
        return Finding(Verdict.VIOLATED, met=len(operations))
    found = whole.run()
    return Finding(Verdict.VIOLATED if found is None else Verdict.HOLDS, met=whole.met)


def _quick(searches: Sequence[Search]) -> bool | None:
    """Say whether each search finds an order: False where one finds none, None where it takes too long to say."""
    found: bool | None = True
    for search in searches:
        try:
            if search.run() is None:
                return False
        except Exhausted:
            found = None
    return found


SEQUENTIAL = Guarantee(
    "sequential",
    "the operations can be put in one order that the object allows, in which each client's come as it issued them",
    "Lamport 1979",
    judge,
    breaks=Edge("""
        a: [write 1] [read -> nil]
    """),
    allows=Edge("""
        a: [write 1]
        b:           [read -> nil]
    """),
    weaker=("causal-memory", "causal-convergence"),
)
