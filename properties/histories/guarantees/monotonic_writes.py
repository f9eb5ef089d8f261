"""Monotonic writes: who has seen a write has seen the earlier ones of the same client, and in that order.

Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (PDIS 1994), section 3.4. A read of a register shows
one write, so no history of a register can break it: `vacuous`. A list, or a set, shows whether one is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Finding, Guarantee, decided
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.visibility import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits
    from quorate.properties.histories.search.versions import Versions


def rules(versions: Versions) -> Rules:
    """Who has seen a write has seen its client's earlier ones."""
    return Rules(versions.by_client(), view=versions.view)


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each read."""
    found = decided(operations, target, MONOTONIC_WRITES.name, rules, limits)
    if target.shows == "newest" and found.verdict is Verdict.HOLDS:
        because = "a read shows one write, so by itself nothing can break this: record a list-append, or ask for `pram`"
        return Finding(Verdict.VACUOUS, because)
    return found


MONOTONIC_WRITES = Guarantee(
    "monotonic-writes",
    "who has seen a write has seen the earlier writes of its client, in their order",
    "Terry et al. 1994, section 3.4",
    judge,
    breaks=Edge(
        """
        a: [append 1] [append 2]
        b:                       [read -> [2]]
    """,
        "list-append",
    ),
    allows=Edge(
        """
        a: [append 1] [append 2]
        b:                       [read -> [1 2]] [read -> []]
    """,
        "list-append",
    ),
    versions=True,
)
