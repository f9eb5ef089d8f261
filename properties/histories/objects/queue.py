"""A queue, first in, first out: `dequeue` returns the oldest value, or nil where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import (
    DONE,
    Function,
    Sequential,
    a_value,
    done,
    never,
    nothing,
    returned,
)
from quorate.properties.histories.record.values import Unfit, shown

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def enqueue(state: State, value: Value) -> tuple[State, Value]:
    assert isinstance(state, tuple)
    return (*state, value), DONE


def dequeue(state: State, _nothing: Value) -> tuple[State, Value]:
    assert isinstance(state, tuple)
    return (state[1:], state[0]) if state else (state, None)


def found_nothing(result: Value) -> bool:
    return result is None


def values(value: Value) -> State:
    """Read the values that are there at first, the oldest first."""
    if not isinstance(value, tuple):
        raise Unfit(f"a queue begins with a list of values, not `{shown(value)}`", "write for example [1 2]")
    return value


QUEUE = Sequential(
    "queue",
    "`dequeue` returns the value that was put in first by `enqueue` and is still there; nil where there is none",
    {"enqueue": Function(enqueue, a_value, done, quiet=never), "dequeue": Function(dequeue, nothing, returned, found_nothing)},
    initial=(),
    read_initial=values,
)
