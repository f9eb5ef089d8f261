"""Causal convergence: there is one order of all writes, the same for everybody, that explains each read by what came before it.

Bouajjani, Enea, Guerraoui & Hamza, "On Verifying Causal Consistency" (POPL 2017), section 3.3 (CCv); causal+ of Lloyd,
Freedman, Kaminsky & Andersen, "Don't Settle for Eventual" (SOSP 2011).
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
    """Everybody has the same order of the writes."""
    return Rules({*in_session(versions.operations)}, view="everybody")


def judge(operations: Sequence[Operation], target: Sequential, limits: Limits) -> Finding:
    """Look for one order of the writes."""
    return decided(operations, target, CAUSAL_CONVERGENCE.name, rules, limits)


CAUSAL_CONVERGENCE = Guarantee(
    "causal-convergence",
    "all writes can be put in one order so that each read returns the last of those that came before it",
    "Bouajjani et al. 2017, section 3.3 (CCv)",
    judge,
    breaks=Edge("""
        a: [write 1] [read -> nil]
    """),
    allows=Edge("""
        a: [z.write 1] [x.write 1] [y.write 1]
        b: [x.write 2] [z.read -> nil]         [y.read -> 1] [x.read -> 2]
    """),
    versions=True,
    weaker=("causal",),
)
