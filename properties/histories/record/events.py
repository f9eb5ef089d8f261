"""What every format is read as: one event after another, each with its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from quorate.properties.histories.record.values import Inexact, Unfit, Value, Word, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quorate.language.errors import Place

Kind = Literal["invoke", "ok", "fail", "info"]
KINDS: tuple[Kind, ...] = ("invoke", "ok", "fail", "info")
FIELDS = ("process", "type", "f", "value", "key", "time", "index", "error")  # what is read of an entry
NEMESIS = (Word(":nemesis"), "nemesis")


@dataclass(frozen=True, slots=True)
class Event:
    """An operation begins, or ends: it succeeded, it failed and did not happen, or nobody knows (`info`).

    `absent`: the entry has no value at all. `at`: the place of each field that it has.
    """

    process: str
    kind: Kind
    function: str | None
    value: Value
    absent: bool
    key: Value
    keyed: bool
    error: Value
    time: float | None
    where: Place
    at: Mapping[str, Place]
    unread: tuple[str, ...] = ()  # names of fields that mean nothing here

    def of_key(self, key: Value, value: Value) -> Event:
        """Return the same event about one key."""
        return replace(self, key=key, value=value, keyed=True)


def event(fields: Mapping[str, Value], where: Place, at: Mapping[str, Place], unread: tuple[str, ...] = ()) -> Event | None:
    """Return what an entry says; None for one of the nemesis, which is no client. Errors: Unfit, with the field first."""
    process = fields.get("process")
    if process in NEMESIS:
        return None
    if not isinstance(process, int | str) or "'" in str(process):
        raise Unfit("process", f"a process is a number, or a name without `'`; not `{shown(process)}`")
    kind = _name(fields.get("type"))
    known = next((k for k in KINDS if k == kind), None)
    if known is None:
        raise Unfit(
            "type", f"an entry's type is one of {', '.join(f'`{k}`' for k in KINDS)}, not `{shown(fields.get('type'))}`"
        )
    function = _name(fields["f"]) if "f" in fields else None
    if function is None and ("f" in fields or known == "invoke"):
        raise Unfit("f", f"`f` is a function's name, not `{shown(fields.get('f'))}`")
    return Event(
        str(process),
        known,
        function,
        fields.get("value"),
        "value" not in fields,
        fields.get("key"),
        "key" in fields,
        fields.get("error"),
        _time(fields.get("time")),
        where,
        at,
        unread,
    )


def _name(value: Value) -> str | None:
    if isinstance(value, Word):
        return value.name.removeprefix(":")
    return value if isinstance(value, str) else None


def _time(value: Value) -> float | None:
    match value:
        case None:
            return None
        case int():
            return value
        case Inexact(number):
            return number
        case _:
            raise Unfit("time", f"a time is a number, not `{shown(value)}`")
