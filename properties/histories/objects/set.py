"""A set: `add`, `remove`, `contains`, and `read`, which returns all members."""

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
from quorate.properties.histories.record.values import FALSE, TRUE, Unfit, shown

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def add(state: State, value: Value) -> tuple[State, Value]:
    assert isinstance(state, frozenset)
    return state | {value}, DONE


def remove(state: State, value: Value) -> tuple[State, Value]:
    assert isinstance(state, frozenset)
    return state - {value}, DONE


def contains(state: State, value: Value) -> tuple[State, Value]:
    assert isinstance(state, frozenset)
    return state, TRUE if value in state else FALSE


def read(state: State, _nothing: Value) -> tuple[State, Value]:
    return state, state


def members(value: Value, _argument: Value = None) -> State:
    """Read a set, or a list that names each member once."""
    if not isinstance(value, tuple | frozenset):
        raise Unfit(f"a set is expected, not `{shown(value)}`", "write its members: #{1 2}, or [1 2]")
    if len(frozenset(value)) != len(value):
        raise Unfit(f"`{shown(value)}` names a member twice", "a set has each member once")
    return frozenset(value)


def a_truth(value: Value, _argument: Value) -> Value:
    if value not in {TRUE, FALSE}:
        raise Unfit(f"`contains` ends with true or false, not `{shown(value)}`", "write true or false")
    return value


SET = Sequential(
    "set",
    "`read` returns all values put in by `add` and not taken out by `remove`; `contains` says whether one is there",
    {
        "add": Function(add, a_value, done, quiet=never, role="write"),
        "remove": Function(remove, a_value, done, quiet=never),
        "contains": Function(contains, a_value, a_truth, quiet=always),
        "read": Function(read, nothing, members, quiet=always, role="read"),
    },
    initial=frozenset(),
    read_initial=members,
    shows="members",
)
