"""The packed form of values: what `types.py` describes, as Python integers.

`normal` brings a type into the one form that decides how its values are packed (bounds by value, names of bounds dropped),
so that two types are packed alike exactly where their normal forms are equal. Read next: `layout.py`, which puts packed
fields into the words of a state.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from quorate.language.errors import Unsupported
from quorate.language.values.types import (
    DictOf,
    Int,
    ListOf,
    Option,
    RecordOf,
    SetOf,
    Size,
    TupleOf,
    Type,
    is_scalar,
    width,
)
from quorate.language.values.values import count, rank, unrank

if TYPE_CHECKING:
    from quorate.language.values.state import Frozen

LOWEST, HIGHEST = -(1 << 62), (1 << 62) - 2  # an int without bounds inside a container: its option still fits 64 bits
MOST_ITEMS = 1 << 12  # values of the item type of a set, or keys of a dict


def size(value: int) -> Size:
    """Return a bound without a name."""
    return Size(value, str(value))


@cache
def normal(t: Type) -> Type:
    """Return the type with every bound known and nameless. Errors: Unsupported where no finite packed form exists."""
    match t:
        case Int(low, high):
            return Int(size(low.value if low else LOWEST), size(high.value if high else HIGHEST))
        case Option(item):
            return Option(normal(item))
        case SetOf(item):
            return SetOf(countable(item))
        case DictOf(key, value):
            return DictOf(countable(key), normal(value))
        case ListOf(item, longest):
            if longest is None:
                raise Unsupported("a list whose length has no bound has no packed form")
            return ListOf(normal(item), size(longest.value))
        case TupleOf(items):
            return TupleOf(tuple(normal(i) for i in items))
        case RecordOf(name, fields):
            return RecordOf(name, tuple((n, normal(f)) for n, f in fields))
        case _:
            return t


def countable(t: Type) -> Type:
    """Return the normal form of a type that sets or dicts range over. Errors: Unsupported where it has too many values."""
    item = normal(t)
    if count(item) > MOST_ITEMS:
        raise Unsupported(f"a set or dict over more than {MOST_ITEMS} possible items has no packed form")
    return item


@cache
def bits_of(t: Type) -> int:
    """Return the width of a type in normal form."""
    return width(t)


def low_of(t: Type) -> int:
    """Return the value of rank 0 of a scalar type, as C holds it: an int's low bound, else 0."""
    if isinstance(t, Int):
        assert t.low is not None
        return t.low.value
    return 0


def length_bits(t: ListOf) -> int:
    """Return the width of a list's length."""
    return longest_of(t).bit_length()


def longest_of(t: ListOf) -> int:
    """Return how many items a list in normal form can have."""
    assert t.longest is not None, t
    return t.longest.value


def components(t: Type) -> tuple[tuple[int, Type], ...]:
    """Return the offset and type of each part of a tuple or record in normal form."""
    assert isinstance(t, (TupleOf, RecordOf)), t
    items = t.items if isinstance(t, TupleOf) else tuple(f for _, f in t.fields)
    parts, at = [], 0
    for item in items:
        parts.append((at, item))
        at += bits_of(item)
    return tuple(parts)


def to_bits(t: Type, value: Frozen) -> int:
    """Return the packed form of a frozen value. Requires: `t` is in normal form, the value is of it."""
    if is_scalar(t):
        return rank(t, value)
    match t:
        case Option(item):
            return 0 if value is None else 1 | to_bits(item, value) << 1
        case SetOf(item):
            return sum(1 << rank(item, i) for i in cast("frozenset[Frozen]", value))
        case DictOf(key, kept):
            stride = 1 + bits_of(kept)
            pairs = cast("tuple[tuple[Frozen, Frozen], ...]", value)
            return sum((1 | to_bits(kept, v) << 1) << rank(key, k) * stride for k, v in pairs)
        case ListOf(item):
            items = cast("tuple[Frozen, ...]", value)
            return len(items) | _row([(bits_of(item), to_bits(item, i)) for i in items]) << length_bits(t)
        case TupleOf() | RecordOf():
            values = cast("tuple[Frozen, ...]", value)
            return sum(to_bits(part, v) << at for (at, part), v in zip(components(t), values, strict=True))
        case _:
            raise AssertionError(t)


def _row(parts: list[tuple[int, int]]) -> int:
    row = at = 0
    for wide, bits in parts:
        row |= bits << at
        at += wide
    return row


def from_bits(t: Type, bits: int) -> Frozen:
    """Return the frozen value of a packed form: the inverse of `to_bits`; bits above the type's width are ignored."""
    bits &= (1 << bits_of(t)) - 1
    if is_scalar(t):
        return unrank(t, bits)
    match t:
        case Option(item):
            return from_bits(item, bits >> 1) if bits & 1 else None
        case SetOf(item):
            return frozenset(unrank(item, i) for i in range(count(item)) if bits >> i & 1)
        case DictOf(key, kept):
            stride = 1 + bits_of(kept)
            present = [i for i in range(count(key)) if bits >> i * stride & 1]
            return tuple((unrank(key, i), from_bits(kept, bits >> i * stride + 1)) for i in present)
        case ListOf(item):
            first, length = length_bits(t), bits & (1 << length_bits(t)) - 1
            return tuple(from_bits(item, bits >> first + i * bits_of(item)) for i in range(length))
        case TupleOf() | RecordOf():
            return tuple(from_bits(part, bits >> at) for at, part in components(t))
        case _:
            raise AssertionError(t)
