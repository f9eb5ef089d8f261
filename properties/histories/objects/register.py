"""A register: a read returns what was written last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import (
    DONE,
    Function,
    Sequential,
    always,
    anything,
    done,
    never,
    nothing,
    returned,
)

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def read(state: State, _nothing: Value) -> tuple[State, Value]:
    return state, state


def write(_state: State, value: Value) -> tuple[State, Value]:
    return value, DONE


READ = Function(read, nothing, returned, quiet=always, role="read")
WRITE = Function(write, anything, done, quiet=never, role="write")

REGISTER = Sequential(
    "register",
    "`read` returns the value of the last `write`; nil before the first",
    {"read": READ, "write": WRITE},
    initial=None,
    read_initial=anything,
    shows="newest",
)
