"""Causal consistency, the weakest of those that bear the name: what a read returns is right for what came before it.

Bouajjani, Enea, Guerraoui & Hamza, "On Verifying Causal Consistency" (POPL 2017), section 3.2 (CC): an operation comes before
another if its client issued it earlier, or the other read what it wrote, and so on. Each read has an order of what came before
it that explains it; another read may have another. `causal-memory` and `causal-convergence` ask for more.
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
    """Each read has an order of what came before it."""
    return Rules({*in_session(versions.operations)}, view="read")


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each read."""
    return decided(operations, target, CAUSAL.name, rules, limits)


CAUSAL = Guarantee(
    "causal",
    "for each read, what came before it can be put in an order that explains it; before is: in its session, or read, and so on",
    "Bouajjani et al. 2017, section 3.2 (CC)",
    judge,
    breaks=Edge("""
        a: [write 1] [read -> nil]
    """),
    allows=Edge("""
        a: [write 1]
        b:           [write 2]     [read -> 1] [read -> 2]
    """),
    versions=True,
    weaker=("read-your-writes", "monotonic-writes", "writes-follow-reads"),
)
