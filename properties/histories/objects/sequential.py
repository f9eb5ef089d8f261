"""What an object is: an initial state, and functions from a state and an argument to a new state and a result.

This is the sequential specification of Herlihy & Wing 1990, section 2.2: the object as one client alone would see it. It knows
nothing of recordings, but for what arguments and results look like there. Read next: `register.py`, the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from quorate.properties.histories.record.values import FALSE, TRUE, Unfit, Value, exact, shown

State = Value
Step = Callable[[State, Value], tuple[State, Value] | None]
DONE = "ok"  # the result of a call that says only that it happened

Role = Literal["read", "write", "other"]
Shows = Literal["newest", "order", "members", "nothing"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function of an object.

    step      what it does; None where it cannot happen in that state, as taking a lock that is held
    argument  reads the value of its invocation. Errors: Unfit
    result    reads the value of its completion, given the argument; errors likewise
    quiet     says whether a call with this result leaves every state as it is: then it only observes
    failed    the result that a recorded failure stands for; None where a failure only means that it did not happen
    role      `read` returns what is there, `write` puts its argument there: what guarantees about versions need
    """

    step: Step
    argument: Callable[[Value], Value]
    result: Callable[[Value, Value], Value]
    quiet: Callable[[Value], bool]
    failed: Value = None
    role: Role = "other"


@dataclass(frozen=True, slots=True)
class Sequential:
    """An object. `by_client`: the argument of its functions is the client that calls them.

    shows  what a read tells of the writes so far: the newest one, all in order, all as a set, or nothing that tells them apart
    """

    name: str
    statement: str
    functions: Mapping[str, Function]
    initial: State
    read_initial: Callable[[Value], State]
    shows: Shows = "nothing"
    by_client: bool = False
    needs_key: bool = False

    def starting(self, initial: Value) -> Sequential:
        """Return the object with another initial state. Errors: Unfit."""
        return replace(self, initial=self.read_initial(exact(initial)))

    def is_quiet(self, function: str, result: Value) -> bool:
        return self.functions[function].quiet(result)


# -- what values look like in a recording -------------------------------------------------------------------------------


def nothing(value: Value) -> Value:
    """Read the value of a call that takes none."""
    if value is not None:
        raise Unfit(f"it takes no value, but here is `{shown(value)}`", "write nil (JSON: null), or leave the value out")
    return None


def anything(value: Value) -> Value:
    """Read any value."""
    return value


def a_value(value: Value) -> Value:
    """Read a value that is there: nil says that there is none."""
    if value is None:
        raise Unfit("it takes a value, but here is none", "write the value that is meant")
    return value


def a_number(value: Value) -> Value:
    """Read a whole number."""
    if not isinstance(value, int):
        raise Unfit(f"a number is expected, not `{shown(value)}`", "write a whole number")
    return value


def a_text(value: Value) -> Value:
    """Read a string."""
    if not isinstance(value, str):
        raise Unfit(f"a string is expected, not `{shown(value)}`", 'write it in quotes: "a"')
    return value


def returned(value: Value, _argument: Value) -> Value:
    """Read a result that is the value itself."""
    return value


def a_count(value: Value, _argument: Value) -> Value:
    """Read a result that is a number."""
    return a_number(value)


def done(value: Value, argument: Value) -> Value:
    """Read the completion of a call that returns nothing: its value is left out, or repeats the argument."""
    if value not in {None, argument}:
        raise Unfit(f"it ends with `{shown(value)}`, but began with `{shown(argument)}`", "repeat the value, or write nil")
    return DONE


def truth(value: Value, argument: Value) -> Value:
    """Read the completion of a call that says whether it did it: true where the value only repeats the argument."""
    if value in {TRUE, FALSE}:
        return value
    done(value, argument)
    return TRUE


def always(_result: Value) -> bool:
    return True


def never(_result: Value) -> bool:
    return False
