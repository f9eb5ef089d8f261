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
from quorate.explorer.traces.trace_references import check_references, is_value, wrong
from quorate.language.errors import UsageError, did_you_mean
from quorate.language.outside import text_of

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
    if document["version"] != VERSION or isinstance(document["version"], bool):
        found = document["version"]
        raise UsageError(f"this trace is of version {found}, and this Quorate reads version {VERSION}: save it again")
    content = {name: value for name, value in cast("dict[str, object]", document).items() if name != "version"}
    trace = _read(Trace, content, "")
    check_references(trace)
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
        document = json.loads(text_of(Path(path)), object_pairs_hook=_once)
    except OSError as error:
        raise UsageError(f"the trace `{path}` cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"`{path}` is not a trace: it is not text") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"`{path}` is not a whole trace: line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise UsageError(f"`{path}` is not a trace: it nests too deep") from None
    except ValueError as error:  # of a number too long, or of `_once`
        raise UsageError(f"`{path}` is not a trace: {error}") from None
    try:
        return from_json(document)
    except UsageError as error:
        raise UsageError(f"`{path}`: {error}") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object whose keys stand there once: JSON itself would take the last."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"`{key}` stands there twice")
        found[key] = value
    return found


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
        raise wrong(at, "is not an object")
    given = cast("dict[str, object]", value)
    hints = get_type_hints(shape, dict(vars(shapes)))
    fields = {f.name: f for f in dataclasses.fields(cast("type[Trace]", shape))}
    for name in given:
        if name not in fields:
            raise wrong(_under(at, name), f"is not part of a trace{did_you_mean(name, fields)}")
    for name, field in fields.items():
        optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if name not in given and not optional:
            raise wrong(_under(at, name), "is missing")
    return shape(**{name: _value(hints[name], item, _under(at, name)) for name, item in given.items()})


def _value(hint: object, value: object, at: str) -> object:
    """Return the value read as its annotation says."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union} and len(arguments) > 2:  # `Json`
        return value if is_value(value) else _fail(at, "is not plain data")
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
            raise wrong(at, "is not an object")
        return {str(name): _value(arguments[1], item, _under(at, str(name))) for name, item in value.items()}
    fits = isinstance(value, cast("type", hint)) and (hint is bool or not isinstance(value, bool))
    return value if fits else _fail(at, f"is not {'a number' if hint is int else 'a text'}")


def _items(arguments: tuple[object, ...], value: object, at: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise wrong(at, "is not a list")
    if len(arguments) == 2 and arguments[1] is ...:
        return tuple(_value(arguments[0], item, f"{at}[{i}]") for i, item in enumerate(value))
    if len(value) != len(arguments):
        raise wrong(at, f"does not have {len(arguments)} items")
    return tuple(_value(a, item, f"{at}[{i}]") for i, (a, item) in enumerate(zip(arguments, value, strict=True)))


def _under(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name


def _fail(at: str, says: str) -> object:
    raise wrong(at, says)
