"""A type as the set of its values: freezing one to something hashable (or saying that it does not fit), and back."""

from __future__ import annotations

import itertools
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from .stage import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .kinds import Types

WORD = 2**63
_number = attrgetter("_number")  # of a process; its class is a model's


class Domain:
    """Any one value, as it is: for what has no container in it and is checked by membership."""

    mutable = False

    def freeze(self, value: Any) -> Any:
        raise NotImplementedError

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        del table
        return frozen

    def values(self) -> Iterator[Any]:
        "All values, frozen."
        raise ModelError(f"the values of {self} cannot be listed")


class Integers(Domain):
    def __init__(self, low: int | None, high: int | None) -> None:
        self.low, self.high = (-WORD if low is None else low), (WORD - 1 if high is None else high)
        self.listed = low is not None and high is not None

    def freeze(self, value: Any) -> Any:
        if type(value) is not int:
            raise ModelError(f"{value!r} is not an int")
        if not self.low <= value <= self.high:
            raise ModelError(f"{value} is not in {self.low}..{self.high}")
        return value

    def values(self) -> Iterator[Any]:
        if not self.listed:
            return super().values()
        return iter(range(self.low, self.high + 1))


class Listed(Domain):
    """A bool, an enum, a literal: found by identity of type and value."""

    def __init__(self, members: list[Any]) -> None:
        self.members = members
        self.number = {(type(m), m): i for i, m in enumerate(members)}

    def freeze(self, value: Any) -> Any:
        try:
            return self.number[type(value), value]
        except (KeyError, TypeError):
            raise ModelError(f"{value!r} is not one of {self.members}") from None

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        del table
        return self.members[frozen]

    def values(self) -> Iterator[Any]:
        return iter(range(len(self.members)))


class Ids(Domain):
    def __init__(self, kind: type, table: list[Any]) -> None:
        self.kind, self.table = kind, table

    def freeze(self, value: Any) -> Any:
        if not isinstance(value, self.kind):
            raise ModelError(f"{value!r} is not a {self.kind.__name__}")
        return int(_number(value))

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return table[frozen]

    def values(self) -> Iterator[Any]:
        return iter([int(_number(e)) for e in self.table if isinstance(e, self.kind)])


class Either(Domain):
    """A union, None among its members or not."""

    def __init__(self, optional: bool, members: list[Domain]) -> None:
        self.optional, self.members = optional, members
        self.mutable = any(m.mutable for m in members)

    def freeze(self, value: Any) -> Any:
        if value is None and self.optional:
            return None
        for i, member in enumerate(self.members):
            try:
                return (i, member.freeze(value))
            except ModelError:
                if len(self.members) == 1:
                    raise
        raise ModelError(f"{value!r} is not in the union")

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return None if frozen is None else self.members[frozen[0]].thaw(frozen[1], table)

    def values(self) -> Iterator[Any]:
        if self.optional:
            yield None
        for i, member in enumerate(self.members):
            for value in member.values():
                yield (i, value)


class Sequences(Domain):
    """A list or tuple of one item type, of some length."""

    def __init__(self, kind: type, item: Domain, shortest: int, longest: int | None) -> None:
        self.kind, self.item, self.shortest, self.longest = kind, item, shortest, longest
        self.mutable = kind is list or item.mutable

    def freeze(self, value: Any) -> Any:
        if not isinstance(value, list if self.kind is list else tuple):
            raise ModelError(f"{value!r} is not a {self.kind.__name__}")
        if len(value) < self.shortest or (self.longest is not None and len(value) > self.longest):
            raise ModelError(f"{value!r} has {len(value)} items, not {self.shortest}..{self.longest}")
        return tuple([self.item.freeze(item) for item in value])

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return self.kind([self.item.thaw(item, table) for item in frozen])

    def values(self) -> Iterator[Any]:
        if self.longest is None:
            yield from super().values()
        for length in range(self.shortest, (self.longest or 0) + 1):
            yield from itertools.product(list(self.item.values()), repeat=length)


class Tuples(Domain):
    def __init__(self, items: list[Domain]) -> None:
        self.items = items
        self.mutable = any(item.mutable for item in items)

    def freeze(self, value: Any) -> Any:
        if type(value) is not tuple or len(value) != len(self.items):
            raise ModelError(f"{value!r} is not a tuple of {len(self.items)}")
        return tuple([d.freeze(item) for d, item in zip(self.items, value, strict=True)])

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return tuple([d.thaw(item, table) for d, item in zip(self.items, frozen, strict=True)])

    def values(self) -> Iterator[Any]:
        return itertools.product(*[list(d.values()) for d in self.items])


class Sets(Domain):
    def __init__(self, kind: type, item: Domain) -> None:
        self.kind, self.item = kind, item
        self.mutable = kind is set or item.mutable

    def freeze(self, value: Any) -> Any:
        if not isinstance(value, set | frozenset):
            raise ModelError(f"{value!r} is not a set")
        return frozenset([self.item.freeze(item) for item in value])

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return self.kind([self.item.thaw(item, table) for item in frozen])

    def values(self) -> Iterator[Any]:
        items = list(self.item.values())
        for chosen in itertools.product([False, True], repeat=len(items)):
            yield frozenset(itertools.compress(items, chosen))


class Maps(Domain):
    mutable = True

    def __init__(self, key: Domain, item: Domain) -> None:
        self.key, self.item = key, item

    def freeze(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ModelError(f"{value!r} is not a dict")
        pairs = value.items()
        return frozenset([(self.key.freeze(k), self.item.freeze(v)) for k, v in pairs])

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return {self.key.thaw(k, table): self.item.thaw(v, table) for k, v in frozen}

    def values(self) -> Iterator[Any]:
        keys, items = list(self.key.values()), [(False, None), *((True, v) for v in self.item.values())]
        for chosen in itertools.product(items, repeat=len(keys)):
            yield frozenset((k, v) for k, (there, v) in zip(keys, chosen, strict=True) if there)


class Records(Domain):
    """A record class, or one below it: the class's number, then its fields."""

    def __init__(self, kind: type, types: Types) -> None:
        self.kind, self.types = kind, types

    @property
    def mutable(self) -> bool:  # type: ignore[override]
        return True  # its fields may be

    def freeze(self, value: Any) -> Any:
        if not isinstance(value, self.kind):
            raise ModelError(f"{value!r} is not a {self.kind.__name__}")
        return self.types.freeze_record(value)

    def thaw(self, frozen: Any, table: list[Any]) -> Any:
        return self.types.thaw_record(frozen, table)

    def values(self) -> Iterator[Any]:
        number = self.types.number_of(self.kind)
        for fields in itertools.product(*[list(d.values()) for d in self.types.of_record(self.kind)]):
            yield (number, *fields)
