"""What a guarantee is: a question about operations and an object, and the two smallest histories on its edge.

Read next: `linearizable.py`, the strongest; `../catalogue.py`, all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quorate.properties.histories.objects.sequential import Sequential
from quorate.properties.histories.record.history import Operation
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import Limits
from quorate.properties.histories.search.versions import Ambiguous, Versions, versions_of
from quorate.properties.histories.search.visibility import Rules, explained


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of some operations. `because` says why nothing can be claimed, where that is so.

    met  how many configurations, or operations, were looked at
    """

    verdict: Verdict
    because: str = ""
    met: int = 0


Judge = Callable[[Sequence[Operation], Sequential, Limits], Finding]


@dataclass(frozen=True, slots=True)
class Edge:
    """A small history, drawn as `formats/sketch.py` reads it, and the object that it is of."""

    drawn: str
    of: str = "register"


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A guarantee.

    statement  the definition, in a sentence or two
    source     the paper, and the section
    judge      decides it. Requires: operations in the order in which they begin. Errors: Exhausted; UsageError, where
               the object or the history does not have what the guarantee needs
    timed      real time counts: what ended before another began
    local      a history has it if and only if it has it at each key
    versions   it needs to know which write a read saw: every write has a value of its own
    breaks     the smallest history that does not have it
    allows     one that just has it: the next stronger guarantee forbids it
    weaker     guarantees that it implies, for every object that both are about
    """

    name: str
    statement: str
    source: str
    judge: Judge
    breaks: Edge
    allows: Edge
    timed: bool = False
    local: bool = False
    versions: bool = False
    weaker: tuple[str, ...] = ()


def decided(
    operations: Sequence[Operation], target: Sequential, name: str, rules: Callable[[Versions], Rules], limits: Limits
) -> Finding:
    """Decide a guarantee about what reads have seen; unknown where that cannot be told. Errors: Exhausted, UsageError."""
    try:
        versions = versions_of(operations, target, name)
    except Ambiguous as why:
        return Finding(Verdict.UNKNOWN, str(why))
    asked = rules(versions)
    if not explained(versions, asked, limits):
        return Finding(Verdict.VIOLATED, met=len(operations))
    if not (asked.visible and versions.seen):
        return Finding(Verdict.VACUOUS, f"no client reads after what `{name}` is about", len(operations))
    return Finding(Verdict.HOLDS, met=len(operations))
