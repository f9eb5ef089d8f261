"""What a check answers: a verdict for each property, the counts, the limits, and the exit code they add up to.

Read next: `check.py`, which makes it; `report/`, which shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.contract.coverage import Coverage
    from quorate.explorer.contract.exploration import Cut, Exploration
    from quorate.explorer.contract.setup import Setup
    from quorate.explorer.contract.trace import Trace
    from quorate.language.declare import Modality


class Verdict(Enum):
    """The one answer to one property."""

    HOLDS = "holds"  # every state within the printed limits was visited
    PROVED = "proved"  # for any size
    VIOLATED = "violated"  # with a trace (a witness of `@sometimes`: none exists)
    VACUOUS = "vacuous"  # nothing exercised it
    PROBABLE = "probable"  # compact store: holds, or a witness has none, but for the stated odds
    CUT = "cut"  # a resource ran out, or the search was stopped: nothing is claimed
    UNKNOWN = "unknown"  # a solver gave up
    ERROR = "error"  # of the model

    @property
    def decided(self) -> bool:
        return self in {Verdict.HOLDS, Verdict.PROVED, Verdict.VIOLATED}


Expectation = Literal["holds", "violated"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one property. `because` explains in one sentence what the verdict's word does not.

    `claimed`: somebody says what it should be. A preset that lists properties claims nothing of the others, but that they
    are not violated.
    """

    name: str
    modality: Modality
    statement: str  # the property's docstring
    verdict: Verdict
    expected: Expectation = "holds"
    trace: Trace | None = None  # of a violation, or of a witness
    because: str = ""
    notes: tuple[str, ...] = ()
    claimed: bool = True

    @property
    def as_expected(self) -> bool:
        return self.verdict is (Verdict.VIOLATED if self.expected == "violated" else Verdict.HOLDS)

    @property
    def as_probable(self) -> bool:
        """Say whether what the compact store leaves to its odds is what is expected: it holds, or it has no witness."""
        probable = "violated" if self.modality == "sometimes" else "holds"
        return self.verdict is Verdict.PROBABLE and self.expected == probable


@dataclass(frozen=True, slots=True)
class Result:
    """A whole check: one configuration of one model. `surprises` are differences from the preset's pinned numbers, `confirmed`
    how many numbers are as it pins them.
    """

    setup: Setup
    exploration: Exploration
    answers: tuple[Answer, ...]
    error: str = ""  # of the model, with its place
    error_trace: Trace | None = None
    stuck_trace: Trace | None = None
    surprises: tuple[str, ...] = ()
    confirmed: int = 0
    notes: tuple[str, ...] = ()  # why the reference engine ran, steps that never fired ...
    accept_odds: bool = False  # the compact store's `probable` counts as decided
    coverage: Coverage | None = None
    compared: int = 0  # in how many states the native engine was held against the reference engine

    @property
    def exit_code(self) -> int:
        return exit_code(
            self.answers,
            error=bool(self.error),
            surprises=len(self.surprises),
            confirmed=self.confirmed,
            cut=self.exploration.cut,
            idle=self.exploration.idle,
            accept_odds=self.accept_odds,
        )

    @property
    def outcome(self) -> str:
        """Return the whole result in a word. What is no longer its preset's is not said to be expected."""
        words = ("holds", "violated") if self.setup.overridden else ("expected", "unexpected")
        return (*words, "error", "undecided")[self.exit_code]


# -- the exit code, as docs/semantics.md has it in a table --------------------------------------------------------------

AS_EXPECTED, SURPRISING, WRONG, UNDECIDED = 0, 1, 2, 3
WORST = (SURPRISING, WRONG, UNDECIDED, AS_EXPECTED)  # of several exit codes the first of these counts


def exit_code(
    answers: Sequence[Answer],
    *,
    error: bool = False,
    surprises: int = 0,
    confirmed: int = 0,
    cut: Cut | None = None,
    idle: bool = False,
    accept_odds: bool = False,
) -> int:
    """Return the exit code of a search.

    error       the model has an error
    surprises   numbers that differ from what the preset pins
    confirmed   numbers that are as the preset pins them
    cut         what stopped the search; `--first` only decides what it left undecided
    idle        no step of the protocol was ever taken: nothing is claimed of it
    """
    if error:
        return WRONG
    words = [_word(answer, accept_odds=accept_odds) for answer in answers]
    if surprises or SURPRISING in words:
        return SURPRISING
    if idle or UNDECIDED in words or cut not in {None, "first"}:
        return UNDECIDED
    return AS_EXPECTED if confirmed or AS_EXPECTED in words else UNDECIDED


def _word(answer: Answer, *, accept_odds: bool) -> int | None:
    """Return what one answer adds; None for one that adds nothing."""
    if answer.verdict.decided or (accept_odds and answer.verdict is Verdict.PROBABLE):
        return AS_EXPECTED if answer.as_expected or answer.as_probable else SURPRISING
    return None if answer.verdict is Verdict.VACUOUS and not answer.claimed else UNDECIDED


def worst(codes: Iterable[int]) -> int:
    """Return the one exit code of several results."""
    found = set(codes)
    return next(code for code in WORST if code in found)
