"""Parameters of a model: found in the source without running it, and given values from the command line or from Python."""

from __future__ import annotations

import ast
import math
from enum import Enum
from typing import TYPE_CHECKING, cast

from quorate.language.errors import UsageError, did_you_mean
from quorate.language.values.values import LARGEST, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


PARAMETERS = "a number, a truth value, a text, a member of an enum, or a tuple or frozenset of such"


class WrongValue(UsageError):
    """A value that a parameter cannot have: an error of who gives it, not of the model."""


def parameter_names(tree: ast.Module) -> dict[tuple[int, int], str]:
    """Return the names that `param(...)` calls are bound to at the top level, by line and column (both from 1) of the call."""
    names: dict[tuple[int, int], str] = {}
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
                names[call.lineno, call.col_offset + 1] = name
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as call):
                names[call.lineno, call.col_offset + 1] = name
            case _:
                pass
    return names


def may_be(value: object) -> bool:
    """Say whether a parameter may be this value: `PARAMETERS`, or None."""
    if isinstance(value, tuple | frozenset):
        return all(map(may_be, cast("Iterable[object]", value)))
    fits = not isinstance(value, int) or isinstance(value, Enum) or -LARGEST - 1 <= value <= LARGEST
    return fits and (value is None or isinstance(value, int | float | str | Enum))


def value_of(name: str, given: object, default: object, choices: Sequence[object] | None) -> object:
    """Return the given value as one of the default's type and among the choices. Errors: WrongValue."""
    value = _converted(name, given, default)
    if choices is not None and value not in choices:
        raise WrongValue(f"`{name}` cannot be `{_text(value)}`: choose {_offered(choices)}{_near(value, choices)}")
    return value


def _converted(name: str, given: object, default: object) -> object:
    if isinstance(default, Enum):
        return _member(name, given, default)
    if type(given) is type(default):
        return given
    if isinstance(given, str):
        if isinstance(default, bool) and given.casefold() in _TRUTH:
            return _TRUTH[given.casefold()]
        if isinstance(default, int) and not isinstance(default, bool):
            try:
                return int(given)
            except ValueError:
                pass
    if isinstance(default, float) and isinstance(given, (str, int)) and not isinstance(given, bool):
        try:
            value = float(given)
        except (ValueError, OverflowError):
            value = math.nan
        if math.isfinite(value):
            return value
    raise WrongValue(f"`{name}` is {_kind(default)}, and `{_text(given)}` is not")


def _member(name: str, given: object, default: Enum) -> Enum:
    wanted = given.name if isinstance(given, Enum) else str(given)
    for member in type(default):
        if member.name.casefold() == wanted.casefold():
            return member
    names = [m.name for m in type(default)]
    raise WrongValue(f"`{name}` cannot be `{wanted}`: choose {_offered(names)}{did_you_mean(wanted, names)}")


def _kind(default: object) -> str:
    if isinstance(default, bool):
        return "true or false"
    return "a number" if isinstance(default, (int, float)) else f"a `{type(default).__name__}`"


def _offered(choices: Sequence[object]) -> str:
    first = choices[0] if choices else None
    if isinstance(first, int) and len(choices) > 2 and list(choices) == list(range(first, first + len(choices))):
        return f"from {choices[0]} to {choices[-1]}"
    return "one of " + ", ".join(f"`{_text(c)}`" for c in choices)


def _near(value: object, choices: Sequence[object]) -> str:
    return did_you_mean(value, [c for c in choices if isinstance(c, str)]) if isinstance(value, str) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else shown(value)
