"""From the counts of a search over a marked model to its `Coverage`.

Read next: `language/loading/marks.py`, which puts the counters into the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.explorer.contract.coverage import Coverage, Decided, Ran
from quorate.explorer.reference.present import Present
from quorate.language.declare import world

if TYPE_CHECKING:
    from quorate.explorer.contract.engine import Findings
    from quorate.language.loading.marks import Fork, Marks
    from quorate.language.loading.model import Model


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
