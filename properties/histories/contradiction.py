"""Why a history is false: the fewest of its operations that contradict each other, whatever the others did.

An operation is forgotten, not erased: one that only observed is gone; of one that may have changed something it is no longer
known that it did, nor what it returned. It may have taken effect in its time, or never. So what remains contradicts itself
because of what it says, and not because a write that somebody read was taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quorate.properties.histories.record.history import PENDING, Operation
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.search.limits import Exhausted, Limits

if TYPE_CHECKING:
    from quorate.properties.histories.guarantees.guarantee import Guarantee
    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.values import Value

A_LOOK = 1.0  # seconds for one question while operations are being forgotten


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Operations that contradict each other; and, for the picture, the others that wrote what these read.

    least: leaving any one of them out leaves no contradiction. Where the time was up before that was known it is False.
    """

    operations: tuple[Operation, ...]
    origins: tuple[Operation, ...]
    least: bool


@dataclass
class Shrinking:
    """The question whether some operations, the others forgotten, contradict each other."""

    operations: Sequence[Operation]
    target: Sequential
    guarantee: Guarantee
    limits: Limits
    out_of_time: bool = False

    def contradict(self, kept: Sequence[Operation]) -> bool:
        """Say whether these still do; where it is not found out in time, they are taken not to."""
        numbers = {operation.number for operation in kept}
        left = [o if o.number in numbers else forgotten(o, self.target) for o in self.operations]
        try:
            limits = self.limits.within(A_LOOK)
            limits.check()
            return self.guarantee.judge([o for o in left if o is not None], self.target, limits).verdict is Verdict.VIOLATED
        except Exhausted:
            self.out_of_time = True
            return False


def contradiction(operations: Sequence[Operation], target: Sequential, guarantee: Guarantee, limits: Limits) -> Contradiction:
    """Return as few operations as suffice. Requires: the history is violated; operations in the order in which they begin."""
    shrinking = Shrinking(operations, target, guarantee, limits)
    by_end = sorted((o for o in operations if not o.optional), key=Operation.deadline)
    kept = _first_that_suffice(by_end, shrinking.contradict)
    kept = _first_that_suffice(kept[::-1], shrinking.contradict)[::-1]
    kept = sorted(_fewest(kept, shrinking.contradict), key=lambda o: o.begins)
    return Contradiction(tuple(kept), _origins(kept, operations), least=not shrinking.out_of_time)


def forgotten(operation: Operation, target: Sequential) -> Operation | None:
    """Return what remains of an operation of which nothing is known but that it began; None where it only observed."""
    if target.is_quiet(operation.function, operation.result):
        return None
    return replace(operation, result=PENDING)


Question = Callable[[Sequence[Operation]], bool]


def _first_that_suffice(operations: Sequence[Operation], contradict: Question) -> Sequence[Operation]:
    """Return the shortest beginning of the list that contradicts itself: a longer one does, too."""
    low, high = 0, len(operations)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if contradict(operations[:middle]) else (middle + 1, high)
    return operations[:high]


def _fewest(operations: Sequence[Operation], contradict: Question) -> list[Operation]:
    """Leave out pieces, large ones first, then each operation alone, until none can be left out (Zeller's ddmin, 2002)."""
    kept = list(operations)
    size = max(1, len(kept) // 2)
    while True:
        before = len(kept)
        for start in range(len(kept) - 1 - (len(kept) - 1) % size, -1, -size):
            rest = kept[:start] + kept[start + size :]
            if rest and contradict(rest):
                kept = rest
        if size == 1 and len(kept) == before:
            return kept
        size = size if len(kept) < before and size == 1 else max(1, size // 2)


def _origins(kept: Sequence[Operation], operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return, for each value that these saw and did not write, the last of the others that may have, before it was seen."""
    wrote = {(o.key, o.argument) for o in kept}
    asked = [(read, (read.key, value)) for read in kept for value in seen(read)]
    found = {
        version: other
        for read, version in asked
        for other in operations
        if version not in wrote and (other.key, other.argument) == version and other.begins < read.deadline()
    }
    return tuple(sorted(set(found.values()), key=lambda o: o.begins))


def seen(read: Operation) -> Sequence[Value]:
    """Return the values that an operation saw: what it returned, or all that stand in what it returned."""
    return [*read.result] if isinstance(read.result, tuple | frozenset) else [read.result]
