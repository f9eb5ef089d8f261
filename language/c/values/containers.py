"""The C meaning of the operators on containers of any sort, and `CONTAINERS`, a row for each operator on containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.bits import (
    bit_test,
    each_key,
    entry,
    has_key,
    length_of,
    nth,
)
from quorate.language.c.values.conversions import convert, tuple_of
from quorate.language.c.values.dicts import DICTS, key_place
from quorate.language.c.values.lists import LISTS, check_index, first_equal, longest
from quorate.language.c.values.numbers import TRUTH, interval
from quorate.language.c.values.order import equal
from quorate.language.c.values.sets import SETS
from quorate.language.c.values.text import Value, words_of
from quorate.language.c.values.values import (
    build,
    rank_of,
    take,
    within,
)
from quorate.language.packed.packing import bits_of, components, normal
from quorate.language.program.ir import Operator as Op
from quorate.language.values.types import (
    DictOf,
    Int,
    ListOf,
    Nothing,
    SetOf,
    TupleOf,
    Type,
)
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.c.values.numbers import Strict
    from quorate.language.c.values.text import Body


def _len(b: Body, _: Type, values: list[Value]) -> Value:
    xs = values[0]
    if isinstance(xs.type, ListOf):
        return b.hold(length_of(xs))
    if isinstance(xs.type, SetOf):
        code = f"bits_count({xs.code}.w, {words_of(xs.type)})" if xs.sort == "words" else f"__builtin_popcountll({xs.code})"
        return b.hold(Value(code, interval(0, bits_of(xs.type))))
    assert isinstance(xs.type, DictOf)
    total = b.zero(interval(0, count(xs.type.key)))
    with each_key(b, b.hold(xs)):
        b.line(f"{total.code}++;")
    return total


def _contains(b: Body, _: Type, values: list[Value]) -> Value:
    xs, item = map(b.hold, values)
    if isinstance(xs.type, SetOf):
        return b.hold(Value(_has(b, xs, xs.type.item, item, lambda place: bit_test(xs, place)), TRUTH))
    if isinstance(xs.type, DictOf):
        return b.hold(Value(_has(b, xs, xs.type.key, item, lambda place: has_key(xs, b.hold(place).code)), TRUTH))
    if isinstance(xs.type, TupleOf):
        tests = [equal(b, b.hold(take(b, xs, at, p)), item) for at, p in components(xs.type)]
        return b.hold(Value(f"({' || '.join(tests) or '0'})", TRUTH))
    return b.hold(Value(f"({first_equal(b, xs, item).code} >= 0)", TRUTH))


def _has(b: Body, xs: Value, t: Type, item: Value, test: Callable[[Value], str]) -> str:
    """Return the condition that the item is one of type `t` and passes the test on its rank."""
    if bits_of(xs.type) == 0 or isinstance(t, Nothing):
        return "0"
    if isinstance(item.type, Int) and isinstance(t, Int):
        inside = within(item, t)
        place = rank_of(b, Value(item.code, t))
        if not inside:
            return f"(int64_t){test(place)}"
        found = b.zero(TRUTH)
        with b.block(f"if ({inside})"):
            b.line(f"{found.code} = (int64_t){test(place)};")
        return found.code
    return f"(int64_t){test(rank_of(b, convert(b, item, t)))}"


def _index(b: Body, _: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    if isinstance(xs.type, TupleOf):
        assert values[1].literal is not None
        at, part = components(xs.type)[values[1].literal]
        return b.hold(take(b, xs, at, part))
    if isinstance(xs.type, DictOf):
        place = key_place(b, xs, values[1])
        b.fail(f"!{has_key(xs, place.code)}")
        return b.hold(entry(b, xs, place.code))
    i = b.hold(values[1])
    check_index(b, xs, i)
    return _item_at(b, xs, i)


def _item_at(b: Body, xs: Value, i: Value) -> Value:
    assert isinstance(xs.type, ListOf)
    return b.hold(nth(b, xs, i.code)) if longest(xs) else b.zero(xs.type.item)


def _index_back(b: Body, _: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    i = b.hold(Value(f"({length_of(xs).code} - {values[1].code})", Int(None, None)))
    b.fail(f"{i.code} < 0")
    return _item_at(b, xs, i)


# -- tuples and records ------------------------------------------------------------------------------------------------


def _make_tuple(b: Body, t: Type, values: list[Value]) -> Value:
    return tuple_of(b, t, values) if values else build(b, normal(t), [])


CONTAINERS: dict[Op, Strict] = {
    **LISTS,
    **SETS,
    **DICTS,
    Op.LEN: _len,
    Op.CONTAINS: _contains,
    Op.INDEX: _index,
    Op.INDEX_BACK: _index_back,
    Op.MAKE_TUPLE: _make_tuple,
    Op.MAKE_RECORD: _make_tuple,
}
