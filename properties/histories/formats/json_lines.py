"""JSON, one object a line: `{"process": 0, "type": "invoke", "f": "write", "value": 3}` (docs/history.schema.json)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError, did_you_mean
from quorate.properties.histories.formats.lines import fields_of
from quorate.properties.histories.record.events import FIELDS, event
from quorate.properties.histories.record.values import FALSE, TRUE, Inexact, Unfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.language.errors import Place
    from quorate.properties.histories.formats.lines import Lines
    from quorate.properties.histories.record.events import Event
    from quorate.properties.histories.record.values import Value

EXAMPLE = 'write {"process": 0, "type": "invoke", "f": "read", "value": null}'
DEEPEST = 50


class Members(tuple[tuple[str, object], ...]):
    """An object of JSON as it stands: its members in order, also those that come twice."""

    __slots__ = ()


def events(lines: Lines) -> Iterator[Event]:
    """Yield the events of a file of JSON lines. Errors: HistoryError."""
    for line in lines:
        if line.strip():
            found = _event(line, lines)
            if found is not None:
                yield found


def _event(line: str, lines: Lines) -> Event | None:
    start = lines.place(line, len(line) - len(line.lstrip()) + 1)
    try:
        found: object = json.loads(line, object_pairs_hook=Members)
    except json.JSONDecodeError as error:
        what = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise HistoryError(what, lines.place(line, error.colno), EXAMPLE) from None
    except (RecursionError, ValueError):
        raise HistoryError("a number is too long, or brackets are nested too deeply", start, "no history needs that") from None
    if not isinstance(found, Members):
        raise HistoryError("an entry is an object", start, EXAMPLE)
    at = {name: _place(line, name, lines) for name, _ in found}
    fields: dict[str, Value] = {}
    with fields_of(start, at):
        for name, value in found:
            if name not in FIELDS:
                raise Unfit(name, f"an entry has no `{name}`{did_you_mean(name, FIELDS)}: it has {', '.join(FIELDS)}")
            if name in fields:
                raise Unfit(name, f"`{name}` is given twice: give it once")
            fields[name] = _value(name, value)
        return event(fields, start, at)


def _place(line: str, name: str, lines: Lines) -> Place:
    """Return where a field's name stands, as near as a search for it tells."""
    return lines.place(line, max(line.find(f'"{name}"'), 0) + 1)


def _value(name: str, value: object, depth: int = 0) -> Value:
    if depth > DEEPEST:
        raise Unfit(name, f"brackets are nested deeper than {DEEPEST}: no history needs that")
    match value:
        case bool():
            return TRUE if value else FALSE
        case float():
            return Inexact(value)
        case None | int() | str():
            return value
        case Members():
            raise Unfit(name, "a value is a number, a string, truth, null, or an array of these, not an object")
        case list():
            return tuple(_value(name, item, depth + 1) for item in value)
        case _:
            raise Unfit(name, "a value is a number, a string, truth, null, or an array of these")
