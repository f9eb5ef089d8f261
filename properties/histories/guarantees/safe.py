"""Safe: a read that no write overlaps returns what was written last; any other may return anything.

Lamport, "On Interprocess Communication, Part II" (Distributed Computing 1986), section 2. For several writers see `regular.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.guarantees.guarantee import Edge, Finding, Guarantee
from quorate.properties.histories.guarantees.regular import may_return, reads_and_writes
from quorate.properties.histories.record.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look at each read by itself."""
    limits.check()
    reads, writes = reads_and_writes(operations, target, SAFE.name)
    alone = [r for r in reads if all(w.key != r.key or r.before(w) or w.before(r) for w in writes)]
    right = all(read.result in may_return(read, writes, target) for read in alone)
    return Finding(Verdict.HOLDS if right else Verdict.VIOLATED, met=len(reads))


SAFE = Guarantee(
    "safe",
    "a read that no write overlaps returns what was written last before it; any other may return anything",
    "Lamport 1986, part II",
    judge,
    breaks=Edge("""
        a: [write 1]
        b:           [read -> nil]
    """),
    allows=Edge("""
        a: [write           1]
        b:    [read -> 7]
    """),
    timed=True,
    local=True,
)
