"""Equality and order of values in C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.conversions import convert
from quorate.language.c.values.text import Value, words_of
from quorate.language.c.values.values import (
    untuple,
)
from quorate.language.errors import Unsupported
from quorate.language.packed.packing import normal
from quorate.language.values.types import (
    DictOf,
    Int,
    ListOf,
    Option,
    RecordOf,
    TupleOf,
)
from quorate.language.values.values import count

if TYPE_CHECKING:
    from quorate.language.c.values.text import Body


def equal(b: Body, x: Value, y: Value) -> str:
    """Return the C condition that two values are equal."""
    x, y = alike(b, x, y)
    if x.sort != "words":
        return f"({x.code} == {y.code})"
    x, y = b.hold(x), b.hold(y)
    return "(" + " && ".join(f"{x.code}.w[{i}] == {y.code}.w[{i}]" for i in range(words_of(x.type))) + ")"


def alike(b: Body, x: Value, y: Value) -> tuple[Value, Value]:
    """Return both values under one type, the one that has more values."""
    if isinstance(x.type, Int) and isinstance(y.type, Int):
        return x, y
    if normal(x.type) == normal(y.type):
        return x, y
    if count(normal(x.type)) >= count(normal(y.type)):
        return x, convert(b, y, x.type)
    return convert(b, x, y.type), y


def less(b: Body, x: Value, y: Value) -> str:
    """Return the C condition that `x` comes before `y` in the order of their type."""
    x, y = alike(b, x, y)
    if isinstance(x.type, (TupleOf, RecordOf)):
        return _lexicographic(b, list(zip(untuple(b, x), untuple(b, y), strict=True)))
    if x.sort == "words" or (isinstance(x.type, (ListOf, DictOf, Option)) and x.sort != "number"):
        raise Unsupported("the order of lists, dicts and large sets has no C meaning")
    return f"({x.code} < {y.code})"


def _lexicographic(b: Body, pairs: list[tuple[Value, Value]]) -> str:
    if not pairs:
        return "0"
    x, y = b.hold(pairs[0][0]), b.hold(pairs[0][1])
    first = less(b, x, y)
    if len(pairs) == 1:
        return first
    return f"({first} || ({equal(b, x, y)} && {_lexicographic(b, pairs[1:])}))"
