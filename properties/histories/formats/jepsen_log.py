"""The lines that Jepsen logs: `INFO  jepsen.util - PROCESS  :invoke  :write  3`, among others that are no operation's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError
from quorate.properties.histories.formats.edn import Reader, tokens_of
from quorate.properties.histories.formats.lines import fields_of
from quorate.properties.histories.record.events import event
from quorate.properties.histories.record.values import Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.language.errors import Place
    from quorate.properties.histories.formats.lines import Lines
    from quorate.properties.histories.record.events import Event
    from quorate.properties.histories.record.values import Value

OURS = re.compile(r"\bjepsen\.util(?: -|:)\s")
FIELDS = ("process", "type", "f", "value", "error")
EXPECTED = "write PROCESS, :invoke or how it ended, the function, and the value"


def events(lines: Lines) -> Iterator[Event]:
    """Yield the events of a log; lines of other loggers are passed over. Errors: HistoryError."""
    for line in lines:
        begins = OURS.search(line)
        found = _event(line, begins.end(), lines) if begins else None
        if found is not None:
            yield found


def _event(line: str, column: int, lines: Lines) -> Event | None:
    """Return the event of a line. `:info` carries why nobody knows in place of a value."""
    start = lines.place(line, column + 1)
    reader = Reader(tokens_of(line, lines, column))
    fields: dict[str, Value] = {}
    at: dict[str, Place] = {}
    while (token := reader.next()) is not None:
        if len(fields) == len(FIELDS):
            raise HistoryError("there is more after the end of the operation", token.where, EXPECTED)
        at[FIELDS[len(fields)]] = token.where
        fields[FIELDS[len(fields)]] = reader.value(token)
    if fields.get("process") == Word(":nemesis"):
        return None
    if len(fields) < len(FIELDS) - 1:
        raise HistoryError(f"an operation has a {FIELDS[len(fields)]} here, which is missing", start, EXPECTED)
    with fields_of(start, at):
        return event(fields, start, at)
