"""The one order of values, of docs/semantics.md, and those of Python's functions that depend on it."""

from __future__ import annotations

import builtins
import operator
from enum import Enum
from typing import Any, TypeVar

T = TypeVar("T")


def canonical(value: Any) -> Any:
    "Return a key by which values of one type are ordered: None before everything, enums by declaration, tuples item by item."
    if value is None:
        return (0,)
    if isinstance(value, Enum):
        return (1, list(type(value)).index(value))
    if isinstance(value, tuple | list):
        return (1, tuple(canonical(item) for item in value))
    if isinstance(value, set | frozenset):
        return (1, tuple(builtins.sorted(canonical(item) for item in value)))
    if isinstance(value, dict):
        return (1, tuple(builtins.sorted((canonical(key), canonical(item)) for key, item in value.items())))
    order = getattr(value, "_order", None)
    return (1, value) if order is None else (1, canonical(order()))


def _refuse(left: Any, right: Any) -> bool:
    return type(left) is not type(right) and not (hasattr(left, "_rank") and hasattr(right, "_rank"))


def compared(cls: type[T]) -> type[T]:
    "Give a class the four comparisons of the canonical order."
    for name in ("lt", "le", "gt", "ge"):
        setattr(cls, f"__{name}__", _comparison(getattr(operator, name)))
    return cls


def _comparison(compare: Any) -> Any:
    def compared_to(a: Any, b: Any) -> Any:
        return NotImplemented if _refuse(a, b) else compare(canonical(a), canonical(b))

    return compared_to


def _keyed(key: Any) -> Any:
    def keyed(item: Any) -> Any:
        return canonical(item if key is None else key(item))

    return keyed


def _sorted(items: Any, *, key: Any = None, reverse: bool = False) -> Any:
    return builtins.sorted(items, key=_keyed(key), reverse=reverse)


def _extreme(function: Any) -> Any:
    def chosen(*items: Any, key: Any = None, **default: Any) -> Any:
        return function(*items, key=_keyed(key), **default)

    return chosen


def _build_class(function: Any, name: str, *bases: Any, **rest: Any) -> Any:
    made = builtins.__build_class__(function, name, *bases, **rest)
    if isinstance(made, type) and issubclass(made, Enum) and list(made):
        compared(made)
        if made.__hash__ is Enum.__hash__:
            setattr(made, "__hash__", _declared_hash)  # noqa: B010  # that of a name differs from run to run
    return made


def _declared_hash(member: Enum) -> int:
    return list(type(member)).index(member)


BUILTINS: dict[str, Any] = {
    **vars(builtins),
    "sorted": _sorted,
    "min": _extreme(builtins.min),
    "max": _extreme(builtins.max),
    "__build_class__": _build_class,
}
