"""Regular: a read returns what was written last before it, or anything that is being written meanwhile.

Lamport, "On Interprocess Communication, Part II" (Distributed Computing 1986), section 2, for one writer. For several it is
weak regularity of Shao, Welch, Pierce & Lee, "Multiwriter Consistency Conditions for Shared Memory Registers" (SIAM Journal on
Computing 2011): each read alone has an order of the writes, in real time, that explains it. With one writer they are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import UsageError
from quorate.properties.histories.guarantees.guarantee import Edge, Finding, Guarantee
from quorate.properties.histories.record.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.record.values import Value
    from quorate.properties.histories.search.limits import Limits


def reads_and_writes(
    operations: Sequence[Operation], target: Sequential, name: str
) -> tuple[Sequence[Operation], Sequence[Operation]]:
    """Return the reads that ended, and the writes. Errors: UsageError, for another object than a register."""
    roles = {operation.function: target.functions[operation.function].role for operation in operations}
    other = next((function for function, role in roles.items() if role == "other"), None)
    if target.shows != "newest" or other is not None:
        what = f"`{other}` is neither" if other else f"a {target.name} is no register"
        raise UsageError(f"`{name}` is about reads and writes of a register: {what}")
    reads = [o for o in operations if roles[o.function] == "read" and not o.optional]
    return reads, [o for o in operations if roles[o.function] == "write"]


def may_return(read: Operation, writes: Iterable[Operation], target: Sequential) -> set[Value]:
    """Return what a read may: what was written last before it in some order in real time, or what is being written."""
    begun = [w for w in writes if w.key == read.key and not read.before(w)]
    ended = [w for w in begun if w.before(read) and not w.optional]
    last = {w.argument for w in begun if not any(w.before(other) for other in ended)}
    return last if ended else {target.initial, *last}


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look at each read by itself."""
    limits.check()
    reads, writes = reads_and_writes(operations, target, REGULAR.name)
    right = all(read.result in may_return(read, writes, target) for read in reads)
    return Finding(Verdict.HOLDS if right else Verdict.VIOLATED, met=len(reads))


REGULAR = Guarantee(
    "regular",
    "a read returns what was written last before it began, or something whose write was not over",
    "Lamport 1986, part II; for several writers Shao et al. 2011",
    judge,
    breaks=Edge("""
        a: [write 1]
        b:           [read -> nil]
    """),
    allows=Edge("""
        a: [write              1]
        b:   [read -> 1]
        c:               [read -> nil]
    """),
    timed=True,
    local=True,
    weaker=("safe",),
)
