"""PRAM: each client sees all writes in an order of its own, in which every client's writes are as it issued them.

Lipton & Sandberg, "PRAM: A Scalable Shared Memory" (Princeton, CS-TR-180-88, 1988). It is read your writes, monotonic reads and
monotonic writes together (Brzezinski, Sobaniec & Wawrzyniak, "From Session Causality to Causal Consistency", PDP 2004).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Guarantee, decided
from quorate.properties.histories.search.versions import in_session
from quorate.properties.histories.search.visibility import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.guarantees.guarantee import Finding
    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits
    from quorate.properties.histories.search.versions import Versions


def rules(versions: Versions) -> Rules:
    """Each client has one view, in which sessions are in order."""
    return Rules({*in_session(versions.operations)}, grows=True, own_reads=True)


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each client."""
    return decided(operations, target, PRAM.name, rules, limits)


PRAM = Guarantee(
    "pram",
    "each client's reads and all writes can be put in one order that the object allows, sessions in order: one for each client",
    "Lipton & Sandberg 1988",
    judge,
    breaks=Edge("""
        a: [write 1] [write 2]
        b:                     [read -> 2] [read -> 1]
    """),
    allows=Edge("""
        a: [x.write 1]
        b:             [x.read -> 1] [y.write 2]
        c:                                       [y.read -> 2] [x.read -> nil]
    """),
    versions=True,
    weaker=("read-your-writes", "monotonic-reads", "monotonic-writes"),
)
