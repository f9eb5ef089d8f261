"""Writes histories down again, in other formats than they were recorded in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from quorate.properties.histories.objects.sequential import DONE
from quorate.properties.histories.record.values import FALSE, TRUE, plain, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.properties.histories.record.history import History
    from quorate.properties.histories.record.values import Value

Entry = tuple[str, str, str, "Value", "Value"]


def entries(history: History) -> Iterator[Entry]:
    """Yield process, type, function, key and value of each event; processes that crashed have a name of their own."""
    found: list[tuple[int, Entry]] = []
    for o in history.operations:
        found.append((o.begins, (o.client, "invoke", o.function, o.key, o.argument)))
        if o.ends is not None:
            kind = "fail" if o.result == FALSE else "ok"
            value = o.argument if o.result in {DONE, TRUE, FALSE} else o.result
            found.append((o.ends, (o.client, kind, o.function, o.key, value)))
    found.sort(key=lambda one: one[0])
    numbered: list[int] = []
    for number, entry in found:
        while len(numbered) < number:  # an event that said that nobody knows, or that nothing happened
            numbered.append(len(numbered))
            yield ("-", "", "", None, None)
        numbered.append(number)
        yield entry


def as_edn(history: History) -> str:
    """Return the history as one vector of maps, over several lines."""
    return f"[{chr(10).join(map(_edn, entries(history)))}]\n"


def _edn(entry: Entry) -> str:
    process, kind, function, key, value = entry
    if process == "-":
        return "{:process :nemesis, :type :info, :f :start, :value [:isolated #{:n1}]}"
    about = "" if key is None else f", :key {shown(key)}"
    return f"{{:process {json.dumps(process)}, :type :{kind}, :f :{function}{about}, :value {shown(value)} :time 0.5}}"


def as_json(history: History) -> str:
    """Return the history as JSON lines."""
    return "\n".join(map(_json, entries(history)))


def _json(entry: Entry) -> str:
    process, kind, function, key, value = entry
    if process == "-":
        return json.dumps({"process": "nemesis", "type": "info", "f": "start", "value": None})
    about = {} if key is None else {"key": plain(key)}
    return json.dumps({"process": process, "type": kind, "f": function, **about, "value": plain(value)})
