"""An append-only list: `append` a value, `read` the whole list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import (
    DONE,
    Function,
    Sequential,
    a_value,
    always,
    done,
    never,
    nothing,
)
from quorate.properties.histories.record.values import Unfit, shown

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def append(state: State, value: Value) -> tuple[State, Value]:
    assert isinstance(state, tuple)
    return (*state, value), DONE


def read(state: State, _nothing: Value) -> tuple[State, Value]:
    return state, state


def a_list(value: Value, _argument: Value = None) -> State:
    """Read a list; nil is the empty one."""
    if value is None:
        return ()
    if not isinstance(value, tuple):
        raise Unfit(f"a list is expected, not `{shown(value)}`", "write its values: [1 2]")
    return value


LIST_APPEND = Sequential(
    "list-append",
    "`read` returns all values given to `append`, in order",
    {
        "append": Function(append, a_value, done, quiet=never, role="write"),
        "read": Function(read, nothing, a_list, quiet=always, role="read"),
    },
    initial=(),
    read_initial=a_list,
    shows="order",
)
