"""A register with compare-and-set: `cas [old new]` writes `new` if `old` is there, and says whether it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.objects.register import READ, WRITE
from quorate.properties.histories.objects.sequential import Function, Sequential, anything, truth
from quorate.properties.histories.record.values import FALSE, TRUE, Unfit, shown

if TYPE_CHECKING:
    from quorate.properties.histories.objects.sequential import State
    from quorate.properties.histories.record.values import Value


def cas(state: State, pair: Value) -> tuple[State, Value]:
    assert isinstance(pair, tuple)
    old, new = pair
    return (new, TRUE) if state == old else (state, FALSE)


def a_pair(value: Value) -> Value:
    """Read `[old new]`."""
    if not isinstance(value, tuple) or len(value) != 2:
        raise Unfit(f"`cas` takes the old and the new value, not `{shown(value)}`", "write [old new]")
    return value


def without_effect(result: Value) -> bool:
    return result == FALSE


CAS = Function(cas, a_pair, truth, quiet=without_effect, failed=FALSE)

CAS_REGISTER = Sequential(
    "cas-register",
    "a register with `cas [old new]`; one that fails says that something else was there",
    {"read": READ, "write": WRITE, "cas": CAS},
    initial=None,
    read_initial=anything,
    shows="newest",
)
