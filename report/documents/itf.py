"""A trace in the Informal Trace Format of Apalache and Quint, for their viewers and for model-based testing.

Source: Apalache, ADR-015 "Informal Trace Format in JSON". A field of a kind of processes is a variable `Kind_field`: a map from
a process's label to its value. `down`, `cut` and `flight` are the surroundings, `step` says what led to the state. None and the
sorts of messages are tagged as Quint's sum types are; an optional value that is there stands as itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Envelope, Json, Lane, Snapshot, Trace


def itf(trace: Trace) -> dict[str, Json]:
    """Return the trace as an ITF document."""
    snapshots = [trace.initial, *(m.state for m in trace.moments if m.state)]
    steps = ["init", *(m.text for m in trace.moments)]
    states = [
        _state(number, snapshot, step, trace) for number, (snapshot, step) in enumerate(zip(snapshots, steps, strict=False))
    ]
    meta: dict[str, Json] = {
        "format": "ITF",
        "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
        "source": trace.origin.path,
        "description": f"{trace.name}: {trace.verdict}",
    }
    document: dict[str, Json] = {"#meta": meta, "vars": [name for name in states[0] if name != "#meta"], "states": [*states]}
    return document if trace.loop is None else {**document, "loop": trace.loop}


def value(plain: Json) -> Json:
    """Return one value of a trace in ITF."""
    match plain:
        case bool() | str():
            return plain
        case int():
            return {"#bigint": str(plain)}
        case None:
            return {"tag": "None", "value": {"#tup": []}}
        case {"record": str(), "fields": dict(fields)}:
            return {name: value(item) for name, item in fields.items()}
        case {"set": list(items)}:
            return {"#set": [value(i) for i in items]}
        case {"tuple": list(items)}:
            return {"#tup": [value(i) for i in items]}
        case {"dict": list(pairs)}:
            return {"#map": [[value(part) for part in pair] for pair in pairs if isinstance(pair, list)]}
        case list():
            return [value(i) for i in plain]
        case _:
            return str(plain)


def _state(number: int, snapshot: Snapshot, step: str, trace: Trace) -> dict[str, Json]:
    state: dict[str, Json] = {"#meta": {"index": number}, "step": step}
    for lane in trace.lanes:
        _fields(state, lane, snapshot)
    state["down"] = {"#set": [*snapshot.down]}
    state["cut"] = {"#set": [{"#tup": [*pair]} for pair in snapshot.cut]}
    state["flight"] = [_message(envelope) for envelope in snapshot.flight]
    return state


def _fields(state: dict[str, Json], lane: Lane, snapshot: Snapshot) -> None:
    """Add a lane's fields: shared state's as they are, a process's to the map of its kind."""
    for name, plain in snapshot.fields[lane.label].items():
        variable = f"{lane.kind}_{name}"
        if lane.shared:
            state[variable] = value(plain)
            continue
        entries = state.setdefault(variable, {"#map": []})
        assert isinstance(entries, dict)
        pairs = entries["#map"]
        assert isinstance(pairs, list)
        pairs.append([lane.label, value(plain)])


def _message(envelope: Envelope) -> Json:
    name = envelope.message["record"] if isinstance(envelope.message, dict) else ""
    tagged: Json = {"tag": name, "value": value(envelope.message)}
    return {"source": envelope.source, "target": envelope.target, "message": tagged}
