"""Read your writes: a client's read has seen all that the client has written before.

Terry, Demers, Petersen, Spreitzer, Theimer & Welch, "Session Guarantees for Weakly Consistent Replicated Data" (PDIS 1994),
section 3.1: a write that precedes a read in a session is in the copy that is read.
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
    """A read has seen the earlier writes of its client."""
    return Rules({*earlier(versions.operations, versions.written, versions.seen)}, versions.kept_in_order(), versions.view)


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each client."""
    return decided(operations, target, READ_YOUR_WRITES.name, rules, limits)


READ_YOUR_WRITES = Guarantee(
    "read-your-writes",
    "a read has seen what its client has written before: it returns that, or something newer",
    "Terry et al. 1994, section 3.1",
    judge,
    breaks=Edge("""
        a: [write 1] [read -> nil]
    """),
    allows=Edge("""
        a: [write 1] [read -> 1]
        b:           [read -> 1] [read -> nil]
    """),
    versions=True,
)
