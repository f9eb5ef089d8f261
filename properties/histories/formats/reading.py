"""Which format a recording is in, told by its first line that says something; and its events.

A format is added as one file beside this one, and one row of `FORMATS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError, UsageError, did_you_mean
from quorate.properties.histories.formats import edn, jepsen_log, json_lines, sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quorate.properties.histories.formats.lines import Lines
    from quorate.properties.histories.record.events import Event

FORMATS: dict[str, Callable[[Lines], Iterator[Event]]] = {
    "edn": edn.events,
    "log": jepsen_log.events,
    "json": json_lines.events,
    "sketch": sketch.events,
}


def format_named(name: str | None) -> str | None:
    """Return a format's name as it is, None for none. Errors: UsageError."""
    if name is not None and name not in FORMATS:
        raise UsageError(f"there is no format `{name}`{did_you_mean(name, FORMATS)}: there are {', '.join(FORMATS)}")
    return name


def events(lines: Lines, chosen: str | None = None) -> Iterator[Event]:
    """Yield the events of a recording, in the chosen format or the one that its content shows. Errors: HistoryError."""
    return FORMATS[chosen or told_apart(lines)](lines)


def told_apart(lines: Lines) -> str:
    """Return the format of a recording, which is then read from its beginning."""
    seen: list[str] = []
    found = next((name for name in map(_format, _noted(lines, seen)) if name), None)
    if found is None and seen:
        remedy = "it is EDN or JSON, one map a line, a log of Jepsen, or a sketch; `--format` insists on one"
        raise HistoryError("this is no recording that can be told", lines.place(seen[0], 1, 1), remedy)
    for line in reversed(seen):
        lines.back(line)
    return found or "edn"


def _noted(lines: Lines, seen: list[str]) -> Iterator[str]:
    for line in lines:
        seen.append(line)
        yield line


def _format(line: str) -> str | None:
    text = line.strip()
    if jepsen_log.OURS.search(line):
        return "log"
    if text.startswith("{") and text[1:].lstrip().startswith('"'):
        return "json"
    if sketch.LINE.match(line):
        return "sketch"
    return "edn" if text.startswith(("{", "[", "#", ";")) else None
