"""A counter: `add` a number, which may be negative; `read` the sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import (
    DONE,
    Function,
    Sequential,
    a_count,
    a_number,
    always,
    done,
    never,
    nothing,
)

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def add(state: State, number: Value) -> tuple[State, Value]:
    assert isinstance(state, int)
    assert isinstance(number, int)
    return state + number, DONE


def read(state: State, _nothing: Value) -> tuple[State, Value]:
    return state, state


COUNTER = Sequential(
    "counter",
    "`read` returns the sum of all numbers given to `add`",
    {"add": Function(add, a_number, done, quiet=never), "read": Function(read, nothing, a_count, quiet=always)},
    initial=0,
    read_initial=a_number,
)
