"""How much of a model's steps a search ran: each statement, each way out of each condition, each message.

What was never reached is a fact about this search and its bounds, not about the protocol. Not counted: properties,
`@initial`, and the parts of one expression (`a and b`, `x if c else y`, the body of a comprehension). Read next:
`language/loading/marks.py`, which puts the counters into the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quorate.explorer.reference.present import Present
from quorate.language.declare import world

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Findings
    from quorate.explorer.contract.verdict import Cut
    from quorate.language.loading.marks import Condition, Fork, Marks
    from quorate.language.loading.model import Model

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


def stepping() -> bool:
    """Say whether what runs now is a step: not a property, nor what makes first values."""
    present = world()
    return isinstance(present, Present) and present.mode in {"own", "all"}


def covered(model: Model, marks: Marks, findings: Findings) -> Coverage:
    """Return what a search of the marked model ran; the reference engine's counts are in the marks themselves."""
    counts = findings.marks or tuple(marks.counts)
    fired = findings.exploration.fired
    handlers = {m.name: [s.name for s in model.steps if s.message and s.message.name == m.name] for m in model.messages}
    return Coverage(
        tuple(Ran(s.function, s.file, s.first, s.last, counts[s.mark]) for s in marks.statements),
        tuple(_decided(fork, counts) for fork in marks.forks),
        tuple(name for name, times in fired.items() if not times),
        tuple(name for name, steps in handlers.items() if not any(fired.get(s) for s in steps)),
        {s.shown: s.text for s in model.sources},
        findings.exploration.cut,
    )


def _decided(fork: Fork, counts: tuple[int, ...]) -> Decided:
    asked, yes = counts[fork.reached], counts[fork.taken]
    no = max(asked - yes, 0) if fork.refused is None else counts[fork.refused]
    return Decided(fork.sort, fork.text, fork.function, fork.file, fork.line, asked, yes, no)
