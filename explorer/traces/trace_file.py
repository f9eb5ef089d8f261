"""Traces as files: JSON, versioned, described by docs/trace.schema.json; whatever is read is checked first.

The check is by hand, so that a wrong file gets one sentence that says where: `moments[3].sent is missing`.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from quorate.explorer.contract import trace as shapes
from quorate.explorer.contract.trace import VERSION, Json, Trace
from quorate.language.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


def to_json(trace: Trace) -> dict[str, Json]:
    """Return the trace as plain data, with the version of the format first."""
    return {"version": VERSION, **cast("dict[str, Json]", _plain(trace))}


def from_json(document: object) -> Trace:
    """Return the trace that a document holds. Errors: UsageError for another version, or with the place that is wrong."""
    if not isinstance(document, dict) or "version" not in document:
        raise UsageError("this is not a trace: it has no `version`")
    if document["version"] != VERSION:
        found = document["version"]
        raise UsageError(f"this trace is of version {found}, and this Quorate reads version {VERSION}: save it again")
    content = {name: value for name, value in cast("dict[str, object]", document).items() if name != "version"}
    trace = _read(Trace, content, "")
    _check_references(trace)
    return trace


def write_trace(trace: Trace, path: str | Path) -> None:
    """Save the trace. Errors: UsageError where the file cannot be written."""
    text = json.dumps(to_json(trace), indent=1, ensure_ascii=False)
    try:
        Path(path).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the trace cannot be saved to `{path}`: {error.strerror}") from None


def read_trace(path: str | Path) -> Trace:
    """Return the trace in a file. Errors: UsageError where there is none, or it is truncated or not a trace."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"the trace `{path}` cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{path}` is not a trace: it is not text") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"`{path}` is not a whole trace: line {error.lineno}: {error.msg}") from None
    try:
        return from_json(document)
    except UsageError as error:
        raise UsageError(f"`{path}`: {error}") from None


# -- plain data from dataclasses and back -----------------------------------------------------------------------------


def _plain(value: object) -> Json:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in cast("Sequence[object]", value)]
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in cast("dict[str, object]", value).items()}
    return cast("Json", value)


def _read(shape: type[T], value: object, at: str) -> T:
    """Return the dataclass of this shape that the value writes down. `at` is where it stands in the document."""
    if not isinstance(value, dict):
        raise _wrong(at, "is not an object")
    given = cast("dict[str, object]", value)
    hints = get_type_hints(shape, dict(vars(shapes)))
    fields = {f.name: f for f in dataclasses.fields(cast("type[Trace]", shape))}
    for name in given:
        if name not in fields:
            raise _wrong(_under(at, name), "is not part of a trace")
    for name, field in fields.items():
        optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if name not in given and not optional:
            raise _wrong(_under(at, name), "is missing")
    return shape(**{name: _value(hints[name], item, _under(at, name)) for name, item in given.items()})


def _value(hint: object, value: object, at: str) -> object:
    """Return the value read as its annotation says."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union} and len(arguments) > 2:  # `Json`
        return value if _is_json(value) else _fail(at, "is not plain data")
    if origin in {types.UnionType, Union}:
        return None if value is None else _value(next(a for a in arguments if a is not type(None)), value, at)
    if dataclasses.is_dataclass(hint):
        return _read(cast("type[Trace]", hint), value, at)
    if origin is Literal:
        return value if value in arguments else _fail(at, f"is none of {', '.join(map(str, arguments))}")
    if origin is tuple:
        return _items(arguments, value, at)
    if origin is dict and len(arguments) == 2:
        if not isinstance(value, Mapping):
            raise _wrong(at, "is not an object")
        return {str(name): _value(arguments[1], item, _under(at, str(name))) for name, item in value.items()}
    fits = isinstance(value, cast("type", hint)) and (hint is bool or not isinstance(value, bool))
    return value if fits else _fail(at, f"is not {'a number' if hint is int else 'a text'}")


def _items(arguments: tuple[object, ...], value: object, at: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _wrong(at, "is not a list")
    if len(arguments) == 2 and arguments[1] is ...:
        return tuple(_value(arguments[0], item, f"{at}[{i}]") for i, item in enumerate(value))
    if len(value) != len(arguments):
        raise _wrong(at, f"does not have {len(arguments)} items")
    return tuple(_value(a, item, f"{at}[{i}]") for i, (a, item) in enumerate(zip(arguments, value, strict=True)))


def _is_json(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_json(item) for name, item in value.items())
    return value is None or isinstance(value, (bool, int, str))


def _check_references(trace: Trace) -> None:
    """Errors: UsageError where the trace speaks of a process or message that it does not have."""
    labels = {lane.label for lane in trace.lanes}
    known = {e.id for e in trace.initial.flight}
    for number, moment in enumerate(trace.moments):
        at = f"moments[{number}]"
        known |= {e.id for e in moment.envelopes}
        received = () if moment.received is None else (moment.received,)
        for identity in (*received, *moment.sent, *moment.lost, *moment.duplicated):
            if identity not in known:
                raise _wrong(at, f"speaks of message {identity}, which was never sent")
        if moment.label.process is not None and moment.label.process not in labels:
            raise _wrong(f"{at}.label.process", f"is `{moment.label.process}`, which has no lane")
    later = [(f"moments[{n}].state", m.state) for n, m in enumerate(trace.moments)]
    for name, snapshot in [("initial", trace.initial), *later]:
        if snapshot and set(snapshot.fields) != labels:
            raise _wrong(f"{name}.fields", "does not have the processes of the lanes")
    if trace.loop is not None and not 0 <= trace.loop <= len(trace.moments):
        raise _wrong("loop", "is no step of the trace")


def _under(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _wrong(at: str, says: str) -> UsageError:
    return UsageError(f"this is not a trace as Quorate writes it: `{at or 'the document'}` {says}")


def _fail(at: str, says: str) -> object:
    raise _wrong(at, says)
