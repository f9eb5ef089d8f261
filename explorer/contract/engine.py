"""What both engines offer: the full search, and the second one that guides to the simplest trace.

`reference.py` and `native.py` implement it; `check.py` uses it; `story.py` follows a guide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.exploration import Exploration
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.liveness import Runs
    from quorate.language.values.state import Global

ERROR = "(error)"  # the target of a trace that ends in an error of the model
STUCK = "(stuck)"  # the target of a trace to a terminal state with messages in flight to live processes
WALKED = "(walked)"  # the target of a trace that was walked by hand: it ends where the walk does

Target = str  # a property's name, or one of the three above


@dataclass(frozen=True, slots=True)
class Limits:
    """What stops a search early: None is no limit. `first` stops at the first violation."""

    states: int | None = None
    depth: int | None = None
    seconds: float | None = None
    memory: int | None = None  # bytes
    first: bool = False


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running search is."""

    states: int
    edges: int
    depth: int
    queue: int
    seconds: float
    bytes: int


Observer = Callable[
    [Progress], None
]  # called about ten times a second; KeyboardInterrupt raised in it stops the search cleanly


@dataclass(frozen=True, slots=True)
class Findings:
    """What the full search saw.

    violated    always, never, step, final properties that some state or edge makes false
    found       `sometimes` properties that some state satisfies
    exercised   for each property the quantifier sites (see `ir.Comprehension.site`) that had an item to range over
    evaluated   properties that were evaluated at least once (a `final` may never be)
    marks       how often each mark was passed, where the engine counts them itself (`language/loading/marks.py`)
    error       some step, property or initial state is an error of the model
    sample      states of every level, as the native engine packs them, where some were asked for
    """

    exploration: Exploration
    violated: frozenset[str]
    found: frozenset[str]
    exercised: dict[str, frozenset[int]]
    evaluated: frozenset[str]
    error: bool
    marks: tuple[int, ...] = ()
    sample: tuple[tuple[int, ...], ...] = ()


class Guide(Protocol):
    """The cheapest way to a target, fewest faults and then fewest steps, without its labels.

    `admits(state, faults, steps)`: whether the state lies, at exactly that cost from the start, on some cheapest way. The last
    state of the way violates (or witnesses) the target itself; where the target is an edge (a `step` property, an error)
    the last admitted states are those that the edge leaves, and `faults`, `steps` count that edge too.
    """

    @property
    def faults(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def edge(self) -> bool: ...

    def admits(self, state: Global, faults: int, steps: int) -> bool: ...


class Engine(Protocol):
    def explore(self, limits: Limits, observer: Observer | None = None) -> Findings: ...

    def shortest(self, targets: Sequence[Target], limits: Limits, observer: Observer | None = None) -> dict[Target, Guide]:
        """Return a guide for each target that was reached; one is missing only if a limit stopped the search."""
        ...

    def runs(self, fairness: Fairness, limits: Limits, observer: Observer | None = None) -> Runs:
        """Return the whole runs, for properties of them. Requires: a full search that was not cut, and met no error."""
        ...
