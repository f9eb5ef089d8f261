"""The types of the modelling language: all finite, all with a canonical order of their values.

`cardinality` counts the values of a type, `width` the bits that the canonical packed form takes. Values themselves, and
their order, packing and printing, are in `values.py`.

Packed forms, least significant bits first:
  scalar            the rank among its values: an int less its low bound; None 0 and then the item's rank plus 1
  option of others  a presence bit, then the item (zeros where absent)
  set               a bit for each value of the item type, by rank
  dict              for each key by rank: a presence bit, then the value (zeros where absent)
  list              the length, then `longest` items (zeros past the length)
  tuple, record     the items one after another
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod


@dataclass(frozen=True, slots=True)
class Size:
    """A bound with its present value and the name it has in the source: `MAX_TERM`, or the number itself.

    `inferred`: nobody declared it; it was found out, and a value beyond it shows that this was wrong.
    """

    value: int
    text: str
    inferred: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Bool:
    """`bool`."""

    @property
    def cardinality(self) -> int:
        return 2


@dataclass(frozen=True)
class Int:
    """An integer between two bounds, both included. A bound that is None is not known (an intermediate result)."""

    low: Size | None
    high: Size | None

    @property
    def cardinality(self) -> int | None:
        return None if self.low is None or self.high is None else self.high.value - self.low.value + 1


@dataclass(frozen=True)
class Enumeration:
    """An `Enum`: members by name, in the order of declaration. `name` is the class's qualified name in its module."""

    name: str
    members: tuple[str, ...]

    @property
    def cardinality(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class ProcessId:
    """The id of a process of a kind (or of a kind below it): `members` are their numbers, in order."""

    kind: str
    members: tuple[int, ...]

    @property
    def cardinality(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class Option:
    """`T | None`. None comes first in the order."""

    item: Type

    @property
    def cardinality(self) -> int | None:
        return None if self.item.cardinality is None else self.item.cardinality + 1


@dataclass(frozen=True)
class SetOf:
    """`set[T]` or `frozenset[T]`. `frozen`: it is a `frozenset`; None where it may be one."""

    item: Type
    frozen: bool | None = False

    @property
    def cardinality(self) -> int | None:
        return None if self.item.cardinality is None else 1 << self.item.cardinality


@dataclass(frozen=True)
class DictOf:
    """`dict[K, V]`: any subset of the keys may be present."""

    key: Type
    value: Type

    @property
    def cardinality(self) -> int | None:
        keys, values = self.key.cardinality, self.value.cardinality
        return None if keys is None or values is None else int((values + 1) ** keys)


@dataclass(frozen=True)
class ListOf:
    """`list[T]` with `Max(n)`. A `longest` of None is not known (an intermediate result)."""

    item: Type
    longest: Size | None

    @property
    def cardinality(self) -> int | None:
        items = self.item.cardinality
        return None if items is None or self.longest is None else sum(int(items**n) for n in range(self.longest.value + 1))


@dataclass(frozen=True)
class TupleOf:
    """`tuple[A, B, ...]` of fixed length."""

    items: tuple[Type, ...]

    @property
    def cardinality(self) -> int | None:
        return product_of(self.items)


@dataclass(frozen=True)
class RecordOf:
    """A `Record` or `Message`: `name` is the class's qualified name in its module."""

    name: str
    fields: tuple[tuple[str, Type], ...]

    @cached_property
    def cardinality(self) -> int | None:
        return product_of(tuple(t for _, t in self.fields))


@dataclass(frozen=True)
class Nothing:
    """The type of None alone, and of the items of an empty display, before their use says more."""

    @property
    def cardinality(self) -> int:
        return 1


Type = Bool | Int | Enumeration | ProcessId | Option | SetOf | DictOf | ListOf | TupleOf | RecordOf | Nothing

SCALARS = (Bool, Int, Enumeration, ProcessId, Nothing)


def is_many(t: Type, most: int) -> bool:
    """Say whether a type has more than so many values, without counting what is far beyond. Bounds not known count as none."""
    digits = most.bit_length()
    match t:
        case SetOf(item):
            return is_many(item, digits)
        case DictOf(key, value):
            return is_many(key, digits) or is_many(value, most) or (_count(value) + 1) ** _count(key) > most
        case ListOf(item, Size(longest)):
            return longest > most or is_many(item, most) or (_count(item) > 1 and (longest > digits or _count(t) > most))
        case Option(item):
            return is_many(item, most)
        case TupleOf(items):
            return are_many(items, most)
        case RecordOf(_, fields):
            return are_many(tuple(f for _, f in fields), most)
        case _:
            return _count(t) > most


def are_many(types: tuple[Type, ...], most: int) -> bool:
    """Say whether there are more than so many tuples of values of these types."""
    return any(is_many(t, most) for t in types) or prod(map(_count, types)) > most


def _count(t: Type) -> int:
    return t.cardinality or 0


def product_of(types: tuple[Type, ...]) -> int | None:
    """Return how many tuples of these types there are, or None where one is unbounded."""
    counts = [t.cardinality for t in types]
    known = [c for c in counts if c is not None]
    return prod(known) if len(known) == len(counts) else None


def is_scalar(t: Type) -> bool:
    """Say whether values of the type are single numbers in C: their rank, or the integer itself."""
    return is_scalar(t.item) if isinstance(t, Option) else isinstance(t, SCALARS)


def width(t: Type) -> int:
    """Return the bits of the packed form. Requires: every bound in `t` is known."""
    if is_scalar(t):
        return (_known(t.cardinality) - 1).bit_length()
    match t:
        case SetOf(item):
            return _known(item.cardinality)
        case Option(item):
            return 1 + width(item)
        case DictOf(key, value):
            return _known(key.cardinality) * (1 + width(value))
        case ListOf(item, longest):
            assert longest is not None, t
            return longest.value.bit_length() + longest.value * width(item)
        case TupleOf(items):
            return sum(width(i) for i in items)
        case RecordOf(_, fields):
            return sum(width(f) for _, f in fields)
    raise AssertionError(t)


def _known(count: int | None) -> int:
    assert count is not None
    return count
