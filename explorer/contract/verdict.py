"""What a check answers: a verdict for each property, the counts, the limits, and the exit code they add up to.

Read next: `check.py`, which makes it; `report/`, which shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.coverage import Coverage
    from quorate.language.declare import Modality


class Verdict(Enum):
    """The one answer to one property."""

    HOLDS = "holds"  # every state within the printed limits was visited
    PROVED = "proved"  # for any size
    VIOLATED = "violated"  # with a trace (a witness of `@sometimes`: none exists)
    VACUOUS = "vacuous"  # nothing exercised it
    PROBABLE = "probable"  # compact store: holds but for the stated odds
    CUT = "cut"  # a resource ran out, or the search was stopped: nothing is claimed
    UNKNOWN = "unknown"  # a solver gave up
    ERROR = "error"  # of the model

    @property
    def decided(self) -> bool:
        return self in {Verdict.HOLDS, Verdict.PROVED, Verdict.VIOLATED}


Expectation = Literal["holds", "violated"]
Cut = Literal["states", "depth", "time", "memory", "interrupted", "first"]  # what stopped a search before its end


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one property. `because` explains in one sentence what the verdict's word does not."""

    name: str
    modality: Modality
    statement: str  # the property's docstring
    verdict: Verdict
    expected: Expectation = "holds"
    trace: Trace | None = None  # of a violation, or of a witness
    because: str = ""
    notes: tuple[str, ...] = ()

    @property
    def as_expected(self) -> bool:
        return self.verdict is (Verdict.VIOLATED if self.expected == "violated" else Verdict.HOLDS)


@dataclass(frozen=True, slots=True)
class Stopped:
    """How often a `limit` stopped a step."""

    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Exploration:
    """The counts of one full breadth-first search. `odds` is the chance that the compact store missed a state."""

    states: int
    edges: int
    depth: int
    terminal: int
    stuck: int
    fired: dict[str, int]  # edges by step, faults included
    limits: tuple[Stopped, ...]
    cut: Cut | None
    seconds: float
    peak_bytes: int
    engine: Literal["native", "reference"]
    threads: int = 1
    store: Literal["exact", "compact"] = "exact"
    odds: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """A whole check: one configuration of one model. `surprises` are differences from the preset's pinned numbers."""

    model: str
    preset: str | None
    parameters: dict[str, object]
    faults: dict[str, str]
    network: str
    capacity: int
    exploration: Exploration
    answers: tuple[Answer, ...]
    error: str = ""  # of the model, with its place
    error_trace: Trace | None = None
    stuck_trace: Trace | None = None
    surprises: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # why the reference engine ran, steps that never fired ...
    accept_odds: bool = False  # the compact store's `probable` counts as decided
    coverage: Coverage | None = None

    @property
    def exit_code(self) -> int:
        """Return 0 as expected, 1 an unexpected answer, 2 an error of the model, 3 undecided or without any property."""
        if self.error:
            return 2
        if self.surprises or any(not a.as_expected for a in self.answers if a.verdict.decided):
            return 1
        decided = all(a.as_expected or self._accepted(a) for a in self.answers)
        return 0 if self.answers and decided and self.exploration.cut is None else 3

    def _accepted(self, answer: Answer) -> bool:
        return self.accept_odds and answer.verdict is Verdict.PROBABLE and answer.expected == "holds"
