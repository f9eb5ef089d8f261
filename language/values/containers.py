"""The lists, sets and dicts of a field while a step works on them: they copy what is put in, and check every bound at once.

Containers are values in the modelling language: what a step stores is copied, so that two fields never share one. And a
step that would leave a bound is an error of the model in the very line that does it, though a later line might come back.
Every change asks the universe first: nobody may change what a property looks at; and tells it when it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Protocol, Self, SupportsIndex, cast

from quorate.language.values.lattice import parts
from quorate.language.values.types import DictOf, ListOf, Option, RecordOf, SetOf, TupleOf
from quorate.language.values.values import Misfit, check_length, freeze, order, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from quorate.language.values.types import Type


class Home(Protocol):
    """What made a container, and makes the values that are put into it: a universe."""

    def changing(self) -> None: ...
    def changed(self) -> None: ...
    def thaw(self, t: Type, frozen: object, /) -> object: ...


class CheckedList(list[object]):
    """A list of a field; one made from it by Python itself (a slice, a sum) is a plain list."""

    __slots__ = ("type", "universe")
    type: ListOf
    universe: Home

    @classmethod
    def of(cls, t: ListOf, universe: Home, items: list[object]) -> Self:
        """Return the list with these items, which are fresh and fit the type."""
        made = cls(items)
        made.type, made.universe = t, universe
        return made

    def _own(self, item: object) -> object:
        return own(self.universe, self.type.item, item, "[...]")

    def append(self, item: object, /) -> None:
        super().append(self._own(item))
        check_length(self.type, len(self))

    def insert(self, index: SupportsIndex, item: object, /) -> None:
        super().insert(index, self._own(item))
        check_length(self.type, len(self))

    def extend(self, items: Iterable[object], /) -> None:
        super().extend([self._own(item) for item in items])
        check_length(self.type, len(self))

    def __iadd__(self, items: Iterable[object], /) -> Self:  # type: ignore[misc]
        self.extend(items)
        return self

    def sort(self, *, key: Callable[[object], object] | None = None, reverse: bool = False) -> None:
        """Sort by the order of the language, which enums and processes have, too."""
        super().sort(key=lambda item: order(item if key is None else key(item)), reverse=reverse)

    def __setitem__(self, index: SupportsIndex | slice, item: object, /) -> None:
        if isinstance(index, slice):
            super().__setitem__(index, [self._own(x) for x in cast("Iterable[object]", item)])
        else:
            super().__setitem__(index, self._own(item))
        check_length(self.type, len(self))


class CheckedSet(set[object]):
    """A set of a field; its items are hashable and so never shared in a way that shows."""

    __slots__ = ("type", "universe")
    type: SetOf
    universe: Home

    @classmethod
    def of(cls, t: SetOf, universe: Home, items: Iterable[object]) -> Self:
        """Return the set with these items, which fit the type."""
        made = cls(items)
        made.type, made.universe = t, universe
        return made

    def _checked(self, items: Iterable[object]) -> list[object]:
        listed = list(items)
        for item in listed:
            freeze(self.type.item, item, "[...]")
        return listed

    def add(self, item: object, /) -> None:
        freeze(self.type.item, item, "[...]")
        super().add(item)

    def update(self, *others: Iterable[object]) -> None:
        super().update(*[self._checked(items) for items in others])

    def __ior__(self, other: Iterable[object], /) -> Self:
        self.update(other)
        return self

    def symmetric_difference_update(self, other: Iterable[object], /) -> None:
        super().symmetric_difference_update(self._checked(other))

    def __ixor__(self, other: Iterable[object], /) -> Self:
        self.symmetric_difference_update(other)
        return self


class CheckedDict(dict[object, object]):
    """A dict of a field."""

    __slots__ = ("type", "universe")
    type: DictOf
    universe: Home

    @classmethod
    def of(cls, t: DictOf, universe: Home, items: Mapping[object, object]) -> Self:
        """Return the dict with these items, which are fresh and fit the type."""
        made = cls(items)
        made.type, made.universe = t, universe
        return made

    def _put(self, key: object, value: object) -> None:
        freeze(self.type.key, key, "[...]")
        super().__setitem__(key, own(self.universe, self.type.value, value, f"[{shown(key)}]"))

    def __setitem__(self, key: object, value: object, /) -> None:
        self._put(key, value)

    def setdefault(self, key: object, default: object = None, /) -> object:
        if key not in self:
            self._put(key, default)
        return self[key]

    def update(self, other: Mapping[object, object] | Iterable[tuple[object, object]], /) -> None:  # type: ignore[override]
        for key, value in dict(other).items():
            self._put(key, value)

    def __ior__(self, other: Mapping[object, object], /) -> Self:  # type: ignore[override, misc]
        self.update(other)
        return self


def _guard(cls: type, *names: str) -> None:
    """Have these methods ask the universe first, and tell it afterwards."""
    for name in names:
        setattr(cls, name, _asking(getattr(cls, name)))


def _asking(method: Callable[..., object]) -> Callable[..., object]:
    @wraps(method)
    def asking(container: CheckedList | CheckedSet | CheckedDict, *arguments: object, **named: object) -> object:
        container.universe.changing()
        try:
            made = method(container, *arguments, **named)
        except Misfit as misfit:
            misfit.container = misfit.container or container
            raise
        container.universe.changed()
        return made

    return asking


_guard(CheckedList, "append", "insert", "extend", "__iadd__", "__setitem__")
_guard(CheckedList, "pop", "remove", "clear", "reverse", "sort", "__delitem__", "__imul__")
_guard(CheckedSet, "add", "update", "__ior__", "symmetric_difference_update", "__ixor__")
_guard(CheckedSet, "discard", "remove", "pop", "clear")
_guard(CheckedSet, "difference_update", "__isub__", "intersection_update", "__iand__")
_guard(CheckedDict, "__setitem__", "setdefault", "update", "__ior__", "pop", "popitem", "clear", "__delitem__")


def as_declared(t: Type, value: object) -> object:
    """Return a value of the type with each `set` that is declared as a `frozenset` as one, and the other way round."""
    match t, value:
        case Option(item), _ if value is not None:
            return as_declared(item, value)
        case SetOf(_, frozen), set() | frozenset():
            return frozenset(value) if frozen else set(value)
        case ListOf(item), list():
            return [as_declared(item, x) for x in value]
        case DictOf(_, v), dict():
            return {x: as_declared(v, y) for x, y in value.items()}
        case TupleOf(items), tuple():
            return tuple([as_declared(i, x) for i, x in zip(items, value, strict=True)])
        case _:
            return value


def holds_set(t: Type) -> bool:
    """Say whether `as_declared` may change a value of the type."""
    return isinstance(t, SetOf) or (not isinstance(t, RecordOf) and any(map(holds_set, parts(t))))


def own(universe: Home, t: Type, value: object, path: str) -> object:
    """Return a copy of a value that nothing else shares. Errors: Misfit where it does not fit the type."""
    return universe.thaw(t, freeze(t, value, path))


def path_to(part: object, whole: object, path: str) -> str | None:
    """Return where a part of a thawed value is, or None: `Node 1.log[2]`."""
    if part is whole:
        return path
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(whole, Mapping):
        inner = ((f"[{shown(k)}]", v) for k, v in whole.items())
    elif isinstance(whole, list | tuple):
        inner = ((f"[{i}]", v) for i, v in enumerate(whole))
    elif is_dataclass(whole):
        inner = ((f".{f.name}", getattr(whole, f.name)) for f in fields(whole))
    return next((p for step, v in inner if (p := path_to(part, v, path + step)) is not None), None)
