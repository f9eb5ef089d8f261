"""Causal memory: each client has one order of the writes that explains all of its reads, and keeps what came before what.

Ahamad, Neiger, Burns, Kohli & Hutto, "Causal Memory: Definitions, Implementation, and Programming" (Distributed Computing
1995); CM of Bouajjani, Enea, Guerraoui & Hamza, "On Verifying Causal Consistency" (POPL 2017), section 3.4.
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
    """Each client has one order of all writes."""
    return Rules({*in_session(versions.operations)}, grows=True)


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for an order of the writes for each client."""
    return decided(operations, target, CAUSAL_MEMORY.name, rules, limits)


CAUSAL_MEMORY = Guarantee(
    "causal-memory",
    "each client's reads and all writes can be put in one order that the object allows and that keeps what came before what",
    "Ahamad et al. 1995; Bouajjani et al. 2017, section 3.4 (CM)",
    judge,
    breaks=Edge("""
        a: [write 1] [read -> nil]
    """),
    allows=Edge("""
        a: [write 1]     [read -> 2]
        b: [write 2]     [read -> 1]
    """),
    versions=True,
    weaker=("causal", "pram"),
)
