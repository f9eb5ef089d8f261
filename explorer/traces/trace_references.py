"""What a trace file must be beyond the types of its fields: values as they are written, names and numbers that exist.

A file that is shown without its model (`--no-replay`) is held to this much. Read next: `replay.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from quorate.language.declare import ORDERS
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Envelope, Moment, Snapshot, Trace

VERDICTS = ("violated", "found", "error", "stuck", "walked")
DEEPEST = 100  # levels of a value: types nest by hand


def wrong(at: str, says: str) -> UsageError:
    """Return the error about one place of the document."""
    return UsageError(f"this is not a trace as Quorate writes it: `{at or 'the document'}` {says}")


def is_value(value: object, depth: int = 0) -> bool:
    """Say whether this is a value as traces write it: docs/trace.schema.json."""
    if depth > DEEPEST:
        return False
    match value:
        case None | bool() | int() | str():
            return True
        case list():
            return _are_values(cast("list[object]", value), depth)
        case {"set": list(items), **rest} | {"tuple": list(items), **rest}:
            return not rest and _are_values(items, depth)
        case {"dict": list(pairs), **rest}:
            return not rest and all(isinstance(p, list) and len(p) == 2 and _are_values(p, depth) for p in pairs)
        case {"record": str(), "fields": dict(fields), **rest}:
            return not rest and all(isinstance(n, str) for n in fields) and _are_values(fields.values(), depth)
        case _:
            return False


def _are_values(items: Iterable[object], depth: int) -> bool:
    return all(is_value(item, depth + 1) for item in items)


def check_references(trace: Trace) -> None:
    """Errors: UsageError where the trace speaks of what it does not have, or what it says cannot be."""
    origin = trace.origin
    checks = {
        "verdict": (trace.verdict in VERDICTS, f"is none of {', '.join(VERDICTS)}"),
        "origin.network": (origin.network in ORDERS, f"is none of {', '.join(ORDERS)}"),
        "origin.capacity": (origin.capacity >= 1, "is less than 1"),
        "origin.sha256": (re.fullmatch("[0-9a-f]{64}", origin.sha256) is not None, "is no digest"),
        "lanes": (len({lane.label for lane in trace.lanes}) == len(trace.lanes), "names one process twice"),
        "loop": (trace.loop is None or 0 <= trace.loop <= len(trace.moments), "is no step of the trace"),
    }
    for at, (right, says) in checks.items():
        if not right:
            raise wrong(at, says)
    labels = {lane.label for lane in trace.lanes}
    if not set(trace.asked) <= labels:
        raise wrong("asked", "names a process that has no lane")
    if set(trace.initial.fields) != labels:
        raise wrong("initial.fields", "does not have the processes of the lanes")
    _check_snapshot("initial", trace.initial, trace.initial)
    known = {e.id: e for e in trace.initial.flight}
    for number, moment in enumerate(trace.moments):
        at, last = f"moments[{number}]", number == len(trace.moments) - 1
        if moment.state is None and not last:
            raise wrong(f"{at}.state", "is missing: only an error of the model at the end has none")
        _check_moment(at, moment, known, trace.initial)


def _check_moment(at: str, moment: Moment, known: dict[int, Envelope], shape: Snapshot) -> None:
    labels = set(shape.fields)
    for envelope in moment.envelopes:
        if envelope.id in known:
            raise wrong(f"{at}.envelopes", f"has message {envelope.id} a second time")
        known[envelope.id] = envelope
    _check_envelopes(f"{at}.envelopes", moment.envelopes, labels)
    received = () if moment.received is None else (moment.received,)
    for identity in (*received, *moment.sent, *moment.lost, *moment.duplicated):
        if identity not in known:
            raise wrong(at, f"speaks of message {identity}, which was never sent")
    label = moment.label
    for name, process in (("process", label.process), ("sender", label.sender)):
        if process is not None and process not in labels:
            raise wrong(f"{at}.label.{name}", f"is `{process}`, which has no lane")
    if moment.received is not None:
        taken = known[moment.received]
        if (taken.message, taken.source, taken.target) != (label.message, label.sender, label.process):
            raise wrong(f"{at}.received", f"is message {moment.received}, which is not the one that its label names")
    if moment.state is not None:
        _check_snapshot(f"{at}.state", moment.state, shape)
        for envelope in moment.state.flight:
            if known.get(envelope.id) != envelope:
                raise wrong(f"{at}.state.flight", f"has message {envelope.id} otherwise than it was sent")


def _check_snapshot(at: str, snapshot: Snapshot, shape: Snapshot) -> None:
    if set(snapshot.fields) != set(shape.fields):
        raise wrong(f"{at}.fields", "does not have the processes of the lanes")
    for label, fields in shape.fields.items():
        if set(snapshot.fields[label]) != set(fields):
            raise wrong(f"{at}.fields.{label}", "does not have the fields that it has in the beginning")
    if set(snapshot.budgets) != set(shape.budgets):
        raise wrong(f"{at}.budgets", "does not have the faults that it has in the beginning")
    labels = set(shape.fields)
    for name, found in (("down", snapshot.down), ("cut", [label for pair in snapshot.cut for label in pair])):
        for label in found:
            if label not in labels:
                raise wrong(f"{at}.{name}", f"names `{label}`, which has no lane")
    _check_envelopes(f"{at}.flight", snapshot.flight, labels)


def _check_envelopes(at: str, envelopes: Iterable[Envelope], labels: set[str]) -> None:
    for envelope in envelopes:
        for label in (envelope.source, envelope.target):
            if label not in labels:
                raise wrong(at, f"names `{label}`, which has no lane")
