"""Writes follow reads: who has seen a write has seen what its client had read before it, and in that order.

Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (PDIS 1994), section 3.3: an answer is never seen
without its question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Guarantee, decided
from quorate.properties.histories.search.versions import earlier
from quorate.properties.histories.search.visibility import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.guarantees.guarantee import Finding
    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits
    from quorate.properties.histories.search.versions import Versions


def rules(versions: Versions) -> Rules:
    """Who has seen a write has seen what its client had read."""
    before = earlier(versions.operations, versions.seen, versions.written)
    visible = {(seen, write) for read, write in before for seen in versions.seen[read]}
    return Rules(visible, versions.kept_in_order(), versions.view)


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each client."""
    return decided(operations, target, WRITES_FOLLOW_READS.name, rules, limits)


WRITES_FOLLOW_READS = Guarantee(
    "writes-follow-reads",
    "who has seen a write has seen what its client had read before it, in that order",
    "Terry et al. 1994, section 3.3",
    judge,
    breaks=Edge(
        """
        a: [append 1]
        b:            [read -> [1]] [append 2]
        c:                                     [read -> [2]]
    """,
        "list-append",
    ),
    allows=Edge(
        """
        a: [append 1]
        b:            [read -> [1]] [append 2]
        c:                                     [read -> [1 2]] [read -> []]
    """,
        "list-append",
    ),
    versions=True,
)
