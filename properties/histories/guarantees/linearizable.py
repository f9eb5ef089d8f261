"""Linearizability: each operation takes effect at one moment between its beginning and its end.

Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects" (TOPLAS 1990), section 2. It is local (their
theorem 1): a history of several objects is linearizable if and only if it is at each of them, so keys are judged apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Finding, Guarantee
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.orders import RealTime
from quorate.properties.histories.search.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of all operations, in real time, that the object allows."""
    search = Search(RealTime(operations), target, limits)
    found = search.run()
    return Finding(Verdict.VIOLATED if found is None else Verdict.HOLDS, met=search.met)


LINEARIZABLE = Guarantee(
    "linearizable",
    "the operations can be put in one order that the object allows, in which what ended before another began comes first",
    "Herlihy & Wing 1990, section 2",
    judge,
    breaks=Edge("""
        a: [write 1]
        b:           [read -> nil]
    """),
    allows=Edge("""
        a: [write     1]
        b:   [read -> 1]
        c:                [read -> 1]
    """),
    timed=True,
    local=True,
    weaker=("sequential", "regular"),
)
