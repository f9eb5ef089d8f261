"""The values of a recorded history, in whatever format it was written: plain, hashable, equal only where they are the same.

None, int, str, tuple and frozenset are Python's own. Truth is a word, since Python's `True == 1` would let a read of `true`
pass for a read of 1; for the same reason a number is whole.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

Value = Hashable


@dataclass(frozen=True, slots=True)
class Word:
    """A value that is a name: `true`, `false`, or a keyword of EDN with its colon."""

    name: str


TRUE, FALSE = Word("true"), Word("false")
ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class Inexact:
    """A number that is not whole: it may stand where no value does, as a time."""

    number: float


@dataclass(frozen=True, slots=True)
class Caller:
    """The client that calls, as an argument: of a lock, say. It goes without saying."""

    client: str


class Unfit(Exception):  # it never leaves the reader: the place is added there
    """A value that cannot be what it stands for; `remedy` says what could stand there."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def shown(value: Value) -> str:
    """Return a value as people write it: `nil`, `3`, `"a"`, `[1 2]`, `#{1 2}`."""
    match value:
        case None:
            return "nil"
        case Caller(client):
            return f"client {client}"
        case Word(name):
            return name
        case Inexact(number):
            return str(number)
        case str():
            return '"' + "".join(ESCAPED.get(c, c if c.isprintable() else f"\\u{ord(c):04x}") for c in value) + '"'
        case tuple():
            return f"[{' '.join(map(shown, value))}]"
        case frozenset():
            return f"#{{{' '.join(sorted(map(shown, value)))}}}"
        case _:
            return str(value)


def short(value: Value, room: int = 24) -> str:
    """Return a value in at most `room` characters; of a long one its end, where what was appended last stands."""
    text = shown(value)
    return text if len(text) <= room else f"{text[:4]}…{text[5 - room :]}"


def plain(value: Value) -> object:
    """Return a value as JSON has it; a set is a sorted array, a keyword is its text."""
    match value:
        case Caller(client):
            return client
        case Word(name):
            return {"true": True, "false": False}.get(name, name)
        case Inexact(number):
            return number
        case tuple():
            return [plain(item) for item in value]
        case frozenset():
            return [plain(item) for item in sorted(value, key=shown)]
        case _:
            return value


def exact(value: Value) -> Value:
    """Return the value. Errors: Unfit, for a number that is not whole."""
    if isinstance(value, Inexact):
        raise Unfit(
            f"`{shown(value)}` is not a whole number", "write it as a string: inexact numbers are not the same everywhere"
        )
    if isinstance(value, tuple | frozenset):
        for item in value:
            exact(item)
    return value
