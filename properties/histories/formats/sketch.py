"""A history drawn by hand: a line a client, an operation a pair of brackets, time to the right.

    a: [write 1]
    b:       [read -> 1] [cas [1 2] -> false]
    a:                       [x.write 2 ...]        of key x; nobody saw it end

Brackets that overlap from line to line are concurrent. It is for small histories: those of the guarantees are written so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError
from quorate.properties.histories.formats.edn import Reader, tokens_of
from quorate.properties.histories.record.events import Event
from quorate.properties.histories.record.values import Word, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.properties.histories.formats.edn import Token
    from quorate.properties.histories.formats.lines import Lines
    from quorate.properties.histories.record.events import Kind
    from quorate.properties.histories.record.values import Value

LINE = re.compile(r"\s*(?P<client>\w+):(?=\s*(\[|$))")
RETURNS, OPEN = Word("->"), Word("...")
EXPECTED = "draw an operation as [write 1], [read -> 1], or, where nobody saw it end, [write 1 ...]"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An event and the column that it is at."""

    column: int
    event: Event


def events(lines: Lines) -> Iterator[Event]:
    """Yield the events of a drawing, from left to right. Errors: HistoryError."""
    drawn: list[Drawn] = []
    for line in lines:
        if line.strip() and not line.lstrip().startswith(";"):
            drawn += _line(line, lines)
    return (one.event for one in sorted(drawn, key=lambda one: (one.column, one.event.kind != "invoke")))


def _line(line: str, lines: Lines) -> Iterator[Drawn]:
    matched = LINE.match(line)
    if matched is None:
        raise HistoryError("a line begins with a client's name and a colon", lines.place(line, 1), EXPECTED)
    reader = Reader(tokens_of(line, lines, matched.end()))
    while (token := reader.next()) is not None:
        if token.text != "[":
            raise HistoryError(f"an operation is expected, not `{token.text}`", token.where, EXPECTED)
        yield from _operation(matched.group("client"), token, reader)


def _operation(client: str, opened: Token, reader: Reader) -> Iterator[Drawn]:
    items = reader.value(opened)
    assert isinstance(items, tuple)
    assert reader.last is not None
    name, *rest = items or (None,)
    if not isinstance(name, Word):
        raise HistoryError("an operation begins with a function's name", opened.where, EXPECTED)
    key, dot, function = name.name.rpartition(".")
    where = opened.where
    pending = rest[-1:] == [OPEN]
    arguments, results = _parts(rest[:-1] if pending else rest)
    if len(arguments) > 1 or len(results) > 1:
        raise HistoryError(f"`{shown(items)}` has more than one argument or result", where, EXPECTED)

    def event(kind: Kind, values: list[Value]) -> Event:
        value = values[0] if values else None
        return Event(
            client,
            kind,
            function,
            value,
            kind == "ok" and not values,
            key or None,
            bool(dot),
            None,
            None,
            where,
            {"value": where},
        )

    yield Drawn(where.column, event("invoke", arguments))
    if not pending:
        yield Drawn(reader.last.where.column, event("ok", results))


def _parts(items: list[Value]) -> tuple[list[Value], list[Value]]:
    if RETURNS not in items:
        return items, []
    at = items.index(RETURNS)
    return items[:at], items[at + 1 :]
