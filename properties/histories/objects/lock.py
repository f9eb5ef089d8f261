"""A lock: `acquire` it where it is free, `release` it where it is yours.

A client that crashed is a new one afterwards, so what it held it never gives back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import DONE, Function, Sequential, a_text, anything, done, never
from quorate.properties.histories.record.values import Caller

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def acquire(state: State, client: Value) -> tuple[State, Value] | None:
    return (client, DONE) if state is None else None


def release(state: State, client: Value) -> tuple[State, Value] | None:
    return (None, DONE) if state == client else None


def holder(value: Value) -> State:
    """Read who holds the lock at first: a client's name, or nil."""
    return None if value is None else Caller(str(a_text(value)))


LOCK = Sequential(
    "lock",
    "`acquire` happens only where nobody holds it, `release` only where the caller does",
    {"acquire": Function(acquire, anything, done, quiet=never), "release": Function(release, anything, done, quiet=never)},
    initial=None,
    read_initial=holder,
    by_client=True,
)
