"""Guarantees by brute force: every subset of what may have happened, in every order. Nothing of the searches is used.

It is written from the definitions, for histories of a few operations. `step` of the objects is all that it shares.
"""

from __future__ import annotations

from itertools import chain, combinations, permutations
from typing import TYPE_CHECKING

from quorate.properties.histories.record.history import PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation

Comes = "Callable[[Operation, Operation], bool]"


def orders(operations: Sequence[Operation], comes: Callable[[Operation, Operation], bool]) -> Iterator[Sequence[Operation]]:
    """Yield every order of all that happened and some of what may have, in which what `comes` before another does."""
    certain = [o for o in operations if not o.optional]
    perhaps = [o for o in operations if o.optional]
    for some in chain.from_iterable(combinations(perhaps, n) for n in range(len(perhaps) + 1)):
        for order in permutations([*certain, *some]):
            if not any(comes(later, earlier) for i, later in enumerate(order) for earlier in order[:i]):
                yield order


def legal(order: Sequence[Operation], target: Sequential) -> bool:
    """Say whether the object, one for each key, answers as was recorded."""
    states = {operation.key: target.initial for operation in order}
    for operation in order:
        taken = target.functions[operation.function].step(states[operation.key], operation.argument)
        if taken is None or operation.result not in (PENDING, taken[1]):
            return False
        states[operation.key] = taken[0]
    return True


def in_real_time(one: Operation, other: Operation) -> bool:
    return one.ends is not None and one.ends < other.begins


def in_its_session(one: Operation, other: Operation) -> bool:
    return one.client == other.client and one.begins < other.begins


def linearizable(operations: Sequence[Operation], target: Sequential) -> bool:
    return any(legal(order, target) for order in orders(operations, in_real_time))


def sequential(operations: Sequence[Operation], target: Sequential) -> bool:
    return any(legal(order, target) for order in orders(operations, in_its_session))
