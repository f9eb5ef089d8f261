"""What both engines say of whole runs: whether a property of them holds, and the way to a run that breaks it.

A run goes on for ever, or ends in a state from which no step of the protocol leads on. One that breaks a property is a
*stem*, from a first state, and then a *loop* that is taken for ever and keeps the fairness that is assumed; or a stem alone,
where the run ends. docs/liveness.md has the definitions. Read next: `reference/liveness.py`, which is small and plainly right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.contract.fairness import Turn
    from quorate.language.loading.model import Asked, Model
    from quorate.language.values.state import Global


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a piece of the loop has to reach: one of these turns taken, or a state in which it cannot be (`weak`), a state that
    does not satisfy the property (`bad`), or this state again.
    """

    taken: frozenset[Turn] = frozenset()
    absent: frozenset[Turn] = frozenset()
    bad: bool = False
    home: Global | None = None


class Halted(Exception):
    """The search for a run to show was stopped: that there is one is known all the same."""


class Way(Protocol):
    """Cheapest ways, by fewest faults and then fewest steps. `phase` is 1 from where the property's promise is owed on."""

    @property
    def faults(self) -> int: ...
    @property
    def steps(self) -> int: ...

    def admits(self, state: Global, phase: int, faults: int, steps: int) -> bool:
        """Say whether the state lies, at exactly that cost, on a cheapest way. Its last edge is not asked about."""
        ...


class Lasso(Protocol):
    """The runs that break a property: the cheapest stems to where they loop or end, and pieces of loops from there."""

    @property
    def stem(self) -> Way: ...

    def ends(self, state: Global) -> bool:
        """Say whether a run ends here, for good (of `possible`: whether what it asks for cannot be reached any more)."""
        ...

    def joined(self, state: Global, home: Global) -> bool:
        """Say whether two states lie in the same loops; of one state twice, whether it lies in any."""
        ...

    def piece(self, start: Global, wanted: Wanted) -> Way | None:
        """Return the cheapest ways, of at least one step within the loops of `start`, to what is wanted; None where none is."""
        ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What an engine says of one property, asked of some processes.

    limited   a run that a `limit` stopped, or that is fair only as a `limit` stopped a step, might break it
    cut       the judging itself was stopped
    """

    says: Literal["holds", "violated", "limited", "cut"]
    lasso: Lasso | None = None
    cut: Cut | None = None


class Runs(Protocol):
    """The runs of one configuration. What `judge` returns is to be used before it is called again."""

    def judge(self, asked: Asked) -> Judged: ...


def banned(model: Model, asked: Asked) -> Collection[str]:
    """Return the steps that no loop that breaks the property takes: those of `progress`, by default the protocol's."""
    if asked.prop.modality != "progress":
        return ()
    every = [s for s in model.steps if s.role != "initial"]
    named = [s.name for s in every if {s.name, s.function.__qualname__} & set(asked.prop.steps)]
    return named if asked.prop.steps else [s.name for s in every]
