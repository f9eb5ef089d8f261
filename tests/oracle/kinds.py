"""From an annotation to its domain, for one model."""

from __future__ import annotations

import types
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from .author import Entity, Max, Message, Range, Record, fields_of
from .domains import Domain, Either, Ids, Integers, Listed, Maps, Records, Sequences, Sets, Tuples
from .stage import ModelError


class Types:
    """The domains of a model's types; `table` are its processes and shared objects, by number."""

    def __init__(self, table: list[Any], modules: dict[str, Any]) -> None:
        self.table, self.modules = table, modules
        self.records: dict[type, tuple[Domain, ...]] = {}
        self.classes: list[type] = []

    # Annotations

    def annotation(self, cls: type, name: str) -> Domain:
        "The domain of a field: the annotation nearest in the order of bases counts."
        for base in cls.__mro__:
            hint = vars(base).get("__annotations__", {}).get(name)
            if hint is not None:
                return self.of(hint, vars(self.modules[base.__module__]), dict(vars(base)))
        raise ModelError(f"`{name}` of {cls.__name__} has no type")

    def of(self, hint: Any, scope: dict[str, Any], local: dict[str, Any] | None = None) -> Domain:
        if isinstance(hint, str):
            return self.of(eval(hint, scope, local), scope, local)
        hint = getattr(hint, "__forward_arg__", hint)
        if isinstance(hint, str):
            return self.of(hint, scope, local)
        if get_origin(hint) is Annotated:
            return self.annotated(hint, scope, local)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            members = [self.of(a, scope, local) for a in arguments if a is not type(None)]
            return Either(type(None) in arguments, members)
        if origin is Literal:
            return Listed(list(arguments))
        if origin is not None:
            return self.container(origin, [a if a is ... else self.of(a, scope, local) for a in arguments])
        return self.plain(hint)

    def plain(self, hint: Any) -> Domain:
        if hint is bool:
            return Listed([False, True])
        if hint is int:
            return Integers(None, None)
        if isinstance(hint, type):
            if issubclass(hint, Enum):
                return Listed(list(hint))
            if issubclass(hint, Entity):
                return Ids(hint, self.table)
            if issubclass(hint, Record):
                return Records(hint, self)
        raise ModelError(f"{hint!r} is not a type of the language")

    def container(self, origin: Any, items: list[Any]) -> Domain:
        if origin is list:
            return Sequences(list, items[0], 0, None)
        if origin is tuple:
            return Sequences(tuple, items[0], 0, None) if len(items) == 2 and items[1] is ... else Tuples(items)
        if origin in (set, frozenset):
            return Sets(origin, items[0])
        if origin is dict:
            return Maps(items[0], items[1])
        raise ModelError(f"{origin!r} is not a container of the language")

    def annotated(self, hint: Any, scope: dict[str, Any], local: dict[str, Any] | None) -> Domain:
        "`Range`, `Max`, and what `annotated-types` has of the same meaning."
        inner, *metadata = get_args(hint)
        domain = self.of(inner, scope, local)
        low, high = _bounds(metadata)
        if isinstance(domain, Integers):
            return Integers(low, high)
        if isinstance(domain, Sequences):
            return Sequences(domain.kind, domain.item, low or 0, high)
        return domain

    # Records

    def of_record(self, cls: type) -> tuple[Domain, ...]:
        if cls not in self.records:
            self.records[cls] = tuple(self.annotation(cls, name) for name in fields_of(cls))
        return self.records[cls]

    def number_of(self, cls: type) -> int:
        if cls not in self.classes:
            self.classes.append(cls)
        return self.classes.index(cls)

    def freeze_record(self, value: Any) -> tuple[Any, ...]:
        cls = type(value)
        names = fields_of(cls)
        frozen = [d.freeze(getattr(value, name)) for name, d in zip(names, self.of_record(cls), strict=True)]
        return (self.number_of(cls), *frozen)

    def thaw_record(self, frozen: tuple[Any, ...], table: list[Any]) -> Any:
        cls = self.classes[frozen[0]]
        made = object.__new__(cls)
        for name, domain, value in zip(fields_of(cls), self.of_record(cls), frozen[1:], strict=True):
            object.__setattr__(made, name, domain.thaw(value, table))
        return made

    def message(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, Message):
            raise ModelError(f"{value!r} is not a message")
        return self.freeze_record(value)


def _bounds(metadata: list[Any]) -> tuple[int | None, int | None]:
    low: int | None = None
    high: int | None = None
    for m in metadata:
        if isinstance(m, Range):
            low, high = m.low, m.high
        elif isinstance(m, Max):
            high = m.count
        else:
            low, high = _foreign(m, low, high)
    return low, high


def _foreign(m: Any, low: int | None, high: int | None) -> tuple[int | None, int | None]:
    "The same words in `annotated-types`; `Gt` and `Lt` leave their bound out."
    if getattr(m, "ge", None) is not None:
        low = m.ge
    if getattr(m, "gt", None) is not None:
        low = m.gt + 1
    if getattr(m, "le", None) is not None:
        high = m.le
    if getattr(m, "lt", None) is not None:
        high = m.lt - 1
    if getattr(m, "min_length", None) is not None:
        low = m.min_length
    if getattr(m, "max_length", None) is not None:
        high = m.max_length
    return low, high
