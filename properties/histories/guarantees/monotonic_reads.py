"""Monotonic reads: what a client has seen once it goes on seeing.

Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (PDIS 1994), section 3.2: the writes that a read has
shown are in every copy that the session reads afterwards.
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
    """A read has seen what the earlier reads of its client showed."""
    before = earlier(versions.operations, versions.seen, versions.seen)
    return Rules(
        {(write, read) for other, read in before for write in versions.seen[other]}, versions.kept_in_order(), versions.view
    )


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each client."""
    return decided(operations, target, MONOTONIC_READS.name, rules, limits)


MONOTONIC_READS = Guarantee(
    "monotonic-reads",
    "a read has seen what its client has read before: it returns that, or something newer",
    "Terry et al. 1994, section 3.2",
    judge,
    breaks=Edge("""
        a: [write 1]
        b:           [read -> 1] [read -> nil]
    """),
    allows=Edge("""
        a: [write 1] [read -> nil]
        b:                         [read -> 1] [read -> 1]
    """),
    versions=True,
)
