"""How much of a model's steps a search ran: each statement, each way out of each condition, each message.

What was never reached is a fact about this search and its bounds, not about the protocol. Not counted: properties,
`@initial`, and the parts of one expression (`a and b`, `x if c else y`, the body of a comprehension). Read next:
`explorer/coverage.py`, which makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from quorate.explorer.contract.exploration import Cut
    from quorate.language.loading.marks import Condition

Outcome = Literal["both", "always", "never", "unreached"]


@dataclass(frozen=True, slots=True)
class Ran:
    """A statement's lines and how often it ran; runs of steps that a later guard took back count, too."""

    function: str
    file: str
    first: int
    last: int
    times: int


@dataclass(frozen=True, slots=True)
class Decided:
    """A condition, how often it was `asked`, and how often the answer was yes: a guard let pass, a loop had an item."""

    sort: Condition
    text: str
    function: str
    file: str
    line: int
    asked: int
    yes: int
    no: int

    @property
    def outcome(self) -> Outcome:
        """Say whether it went both ways; a loop counts items, so only one that never had any is told apart."""
        if not self.asked:
            return "unreached"
        if not self.yes:
            return "never"
        return "both" if self.no or self.sort == "for" else "always"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one search ran. `sources` are the texts of the files, by the name that `Ran` gives them.

    `silent` are steps and faults that never fired, `unreceived` messages that nobody ever received. `cut`: the search did not
    end, and more may be reached.
    """

    statements: tuple[Ran, ...]
    conditions: tuple[Decided, ...]
    silent: tuple[str, ...]
    unreceived: tuple[str, ...]
    sources: dict[str, str]
    cut: Cut | None

    @property
    def unreached(self) -> tuple[Ran, ...]:
        """Return the statements that never ran."""
        return tuple(s for s in self.statements if not s.times)

    @property
    def one_sided(self) -> tuple[Decided, ...]:
        """Return the conditions that were asked and went one way only; a `limit` that stopped nothing bounds nothing."""
        return tuple(c for c in self.conditions if c.outcome in {"always", "never"})
