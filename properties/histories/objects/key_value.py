"""A key-value store, one key of it: `get`, `put`, and `append`, which puts a string behind the one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.register import read, write
from quorate.properties.histories.objects.sequential import (
    DONE,
    Function,
    Sequential,
    a_text,
    always,
    anything,
    done,
    never,
    returned,
)

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def append(state: State, text: Value) -> tuple[State, Value] | None:
    """Put the text behind what is there: nothing, or a text."""
    assert isinstance(text, str)
    if not isinstance(state, str | None):
        return None
    return (state or "") + text, DONE


def no_argument(_value: Value) -> Value:
    """Read the value of a `get`'s invocation: recorders differ in what stands there, and none of it matters."""
    return None


KEY_VALUE = Sequential(
    "key-value",
    'for each key: `get` returns what was `put` there, with all that was appended since by `append`; "" before',
    {
        "get": Function(read, no_argument, returned, quiet=always, role="read"),
        "put": Function(write, anything, done, quiet=never, role="write"),
        "append": Function(append, a_text, done, quiet=never),
    },
    initial="",
    read_initial=anything,
    shows="newest",
    needs_key=True,
)
