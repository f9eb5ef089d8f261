"""The one way in: a history, an object and a guarantee; a verdict, and why."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quorate.properties.histories.contradiction import contradiction
from quorate.properties.histories.formats.lines import opened
from quorate.properties.histories.formats.reading import events
from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.pairing import history_of
from quorate.properties.histories.record.history import PENDING
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import Exhausted, Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.contradiction import Contradiction
    from quorate.properties.histories.guarantees.guarantee import Guarantee
    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import History, Operation
    from quorate.properties.histories.record.values import Value

SHRINKING = 10.0  # seconds for finding the fewest operations
UNSEEN = "no operation returned anything that tells of the object"


@dataclass(frozen=True, slots=True)
class Part:
    """The answer about one key, or about the whole history, whose key is None."""

    key: Value
    verdict: Verdict
    because: str
    met: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of a history. `seconds` are those of the search alone; `why` is there where it is violated."""

    history: History
    target: Sequential
    guarantee: Guarantee
    parts: tuple[Part, ...]
    seconds: float
    why: Contradiction | None = None

    @property
    def verdict(self) -> Verdict:
        """Return one word for all parts: violated if one is, held only if all are."""
        words = {part.verdict for part in self.parts}
        order = (Verdict.VIOLATED, Verdict.UNKNOWN, Verdict.HOLDS, Verdict.VACUOUS)
        return next(word for word in order if word in words)

    @property
    def because(self) -> str:
        return next((part.because for part in self.parts if part.verdict is self.verdict and part.because), "")

    @property
    def met(self) -> int:
        return sum(part.met for part in self.parts)


def read(file: str, target: Sequential, chosen: str | None = None, *, keyed: bool = False) -> History:
    """Read a recording of operations on the object. Errors: HistoryError, UsageError."""
    with opened(file) as lines:
        return history_of(file, events(lines, chosen), target, keyed=keyed)


def judge(history: History, target: Sequential, guarantee: Guarantee, limits: Limits) -> Judgement:
    """Judge a history. A limit gives `unknown`, never a pass. Errors: UsageError, for what the guarantee is not about."""
    started = time.perf_counter()
    pieces = _pieces(history, guarantee)
    parts = tuple(_part(key, operations, target, guarantee, limits) for key, operations in pieces.items())
    seconds = time.perf_counter() - started
    if not _observed(history, target):
        parts = tuple(replace(p, verdict=Verdict.VACUOUS, because=UNSEEN) if p.verdict is Verdict.HOLDS else p for p in parts)
    broken = [pieces[part.key] for part in parts if part.verdict is Verdict.VIOLATED]
    reasons = [contradiction(operations, target, guarantee, limits.within(SHRINKING)) for operations in broken[:1]]
    return Judgement(history, target, guarantee, parts, seconds, reasons[0] if reasons else None)


def _observed(history: History, target: Sequential) -> bool:
    """Say whether any operation shows something of the object: its result, or, of a lock, that it happened."""
    return target.by_client or any(o.result not in {DONE, PENDING} for o in history.operations)


def _pieces(history: History, guarantee: Guarantee) -> dict[Value, Sequence[Operation]]:
    """Return what is judged apart: each key where the guarantee is local, or all together."""
    if not guarantee.local:
        return {None: history.operations}
    pieces: dict[Value, list[Operation]] = {key: [] for key in history.keys}
    for operation in history.operations:
        pieces[operation.key].append(operation)
    return {**pieces}


def _part(key: Value, operations: Sequence[Operation], target: Sequential, guarantee: Guarantee, limits: Limits) -> Part:
    try:
        found = guarantee.judge(operations, target, limits)
    except Exhausted as limit:
        return Part(key, Verdict.UNKNOWN, str(limit), 0)
    return Part(key, found.verdict, found.because, found.met)
