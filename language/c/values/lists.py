"""The C meaning of the operators that work on lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.bits import (
    each_bit,
    length_of,
    nth,
    put_item,
    put_length,
    upto,
)
from quorate.language.c.values.conversions import convert
from quorate.language.c.values.numbers import interval
from quorate.language.c.values.order import equal, less
from quorate.language.c.values.text import Value
from quorate.language.c.values.values import (
    take,
    unrank,
)
from quorate.language.packed.packing import bits_of, components, longest_of, normal, size
from quorate.language.program.ir import Operator as Op
from quorate.language.values.types import (
    Int,
    ListOf,
    SetOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.c.values.numbers import Strict
    from quorate.language.c.values.text import Body

INDEX = Int(size(0), None)


def list_type(t: Type, longest: int) -> ListOf:
    """Return the type in normal form, with this bound where it has none."""
    assert isinstance(t, ListOf), t
    kept = normal(ListOf(t.item, t.longest or size(longest)))
    assert isinstance(kept, ListOf)
    return kept


def item_type(v: Value) -> Type:
    """Return the type of the items of a list value."""
    assert isinstance(v.type, ListOf)
    return v.type.item


def longest(v: Value) -> int:
    """Return how many items the list can have."""
    assert isinstance(v.type, ListOf)
    return longest_of(v.type)


def fill(b: Body, whole: Value, length: Value, item: Value) -> None:
    """Put an item at the end of a list variable whose length is counted beside it; too many are an error."""
    b.fail(f"{length.code} >= {longest(whole)}")
    if longest(whole):
        put_item(b, whole, length.code, item)
    b.line(f"{length.code}++;")


def counter(b: Body) -> Value:
    """Return a new variable that counts from 0."""
    return b.zero(INDEX)


def listed(b: Body, t: ListOf, write: Callable[[Value, Value], None]) -> Value:
    """Return the list that `write` fills, given its variable and its length's."""
    whole, length = b.zero(t), counter(b)
    write(whole, length)
    put_length(b, whole, length.code)
    return whole


def append_all(b: Body, whole: Value, length: Value, xs: Value, *, start: str = "0", stop: str = "") -> None:
    """Append the items of a list from `start` to below `stop`."""
    assert isinstance(whole.type, ListOf)
    if not longest(xs):
        return
    i = b.fresh("i")
    with b.block(f"for (int64_t {i} = {start}; {i} < {stop or length_of(xs).code}; {i}++)"):
        fill(b, whole, length, convert(b, nth(b, xs, i), whole.type.item, checked=True))


def _slice(b: Body, t: Type, values: list[Value]) -> Value:
    xs, start, stop = map(b.hold, values)
    length = b.hold(length_of(xs))
    end = b.hold(Value(f"({stop.code} < {length.code} ? {stop.code} : {length.code})", INDEX))
    b.fail(f"{start.code} < 0 || {stop.code} < 0")
    return listed(b, list_type(t, longest(xs)), lambda whole, n: append_all(b, whole, n, xs, start=start.code, stop=end.code))


def _concat(b: Body, t: Type, values: list[Value]) -> Value:
    xs, ys = map(b.hold, values)

    def write(whole: Value, n: Value) -> None:
        append_all(b, whole, n, xs)
        append_all(b, whole, n, ys)

    return listed(b, list_type(t, longest(xs) + longest(ys)), write)


def _list_append(b: Body, t: Type, values: list[Value]) -> Value:
    kept = list_type(t, longest(values[0]) + 1)
    xs = b.copy(convert(b, values[0], kept))
    item = b.hold(convert(b, values[1], kept.item, checked=True))
    length = b.copy(length_of(xs))
    fill(b, xs, length, item)
    put_length(b, xs, length.code)
    return xs


def _list_set(b: Body, t: Type, values: list[Value]) -> Value:
    kept = list_type(t, longest(values[0]))
    xs = b.copy(convert(b, values[0], kept))
    i, item = b.hold(values[1]), b.hold(convert(b, values[2], kept.item, checked=True))
    check_index(b, xs, i)
    if longest(xs):
        put_item(b, xs, i.code, item)
    return xs


def check_index(b: Body, xs: Value, i: Value) -> None:
    """Errors: an index that the list does not have."""
    b.fail(f"{i.code} < 0 || {i.code} >= {length_of(xs).code}")


def _list_insert(b: Body, t: Type, values: list[Value]) -> Value:
    xs, i = b.hold(values[0]), b.hold(values[1])
    kept = list_type(t, longest(xs) + 1)
    item = b.hold(convert(b, values[2], kept.item, checked=True))
    b.fail(f"{i.code} < 0")
    length = b.hold(length_of(xs))
    at = b.hold(Value(f"({i.code} < {length.code} ? {i.code} : {length.code})", INDEX))

    def write(whole: Value, n: Value) -> None:
        append_all(b, whole, n, xs, stop=at.code)
        fill(b, whole, n, item)
        append_all(b, whole, n, xs, start=at.code)

    return listed(b, kept, write)


def _without(b: Body, t: Type, xs: Value, i: Value) -> Value:
    def write(whole: Value, n: Value) -> None:
        append_all(b, whole, n, xs, stop=i.code)
        append_all(b, whole, n, xs, start=f"{i.code} + 1")

    return listed(b, list_type(t, longest(xs)), write)


def _list_delete(b: Body, t: Type, values: list[Value]) -> Value:
    xs, i = map(b.hold, values)
    check_index(b, xs, i)
    return _without(b, t, xs, i)


def _list_find(b: Body, _: Type, values: list[Value]) -> Value:
    xs, item = map(b.hold, values)
    found = first_equal(b, xs, item)
    b.fail(f"{found.code} < 0")
    return Value(found.code, interval(0, max(longest(xs) - 1, 0)))


def _list_remove(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    return _without(b, t, xs, _list_find(b, t, [xs, values[1]]))


def first_equal(b: Body, xs: Value, item: Value) -> Value:
    """Return the index of the first equal item, or -1."""
    found = b.copy(Value("-1", Int(None, None)))
    if longest(xs):
        with upto(b, length_of(xs).code) as i, b.block(f"if ({equal(b, b.hold(nth(b, xs, i)), item)})"):
            b.line(f"{found.code} = {i};")
            b.line("break;")
    return found


def _count(b: Body, _: Type, values: list[Value]) -> Value:
    xs, item = map(b.hold, values)
    total = b.zero(interval(0, longest(xs)))
    if longest(xs):
        with upto(b, length_of(xs).code) as i:
            b.line(f"{total.code} += {equal(b, b.hold(nth(b, xs, i)), item)};")
    return total


def _reversed(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    kept, length = list_type(t, longest(xs)), b.hold(length_of(xs))

    def write(whole: Value, n: Value) -> None:
        if longest(xs):
            with upto(b, length.code) as i:
                fill(b, whole, n, convert(b, nth(b, xs, f"({length.code} - 1 - {i})"), kept.item, checked=True))

    return listed(b, kept, write)


def _sorted(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    if isinstance(xs.type, SetOf):
        return set_to_list(b, t, xs)
    kept = list_type(t, longest(xs))

    def write(whole: Value, n: Value) -> None:
        """By insertion: each item goes in front of those that it is less than."""
        if not longest(xs):
            return
        with upto(b, length_of(xs).code) as i:
            item, at = b.hold(convert(b, nth(b, xs, i), kept.item, checked=True)), b.copy(Value(n.code, INDEX))
            with b.block(f"while ({at.code} > 0)"):
                before = b.hold(nth(b, whole, f"({at.code} - 1)"))
                b.line(f"if (!{less(b, item, before)}) break;")
                put_item(b, whole, at.code, before)
                b.line(f"{at.code}--;")
            put_item(b, whole, at.code, item)
            b.line(f"{n.code}++;")

    return listed(b, kept, write)


def set_to_list(b: Body, t: Type, xs: Value) -> Value:
    """Return the items of a set, ascending."""
    assert isinstance(xs.type, SetOf)
    source = xs.type.item
    kept = list_type(t, bits_of(xs.type))

    def write(whole: Value, n: Value) -> None:
        with each_bit(b, xs) as i:
            fill(b, whole, n, convert(b, unrank(b, Value(i, INDEX), source), kept.item, checked=True))

    return listed(b, kept, write)


def _make_list(b: Body, t: Type, values: list[Value]) -> Value:
    kept = list_type(t, len(values))
    whole = b.zero(kept)
    b.fail(f"{len(values)} > {longest_of(kept)}") if len(values) > longest_of(kept) else None
    for i, v in enumerate(values[: longest_of(kept)]):
        put_item(b, whole, str(i), convert(b, v, kept.item, checked=True))
    put_length(b, whole, str(len(values)))
    return whole


def _to_list(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    return _make_list(b, t, [b.hold(take(b, xs, at, p)) for at, p in components(xs.type)])


LISTS: dict[Op, Strict] = {
    Op.SLICE: _slice,
    Op.CONCAT: _concat,
    Op.LIST_SET: _list_set,
    Op.LIST_APPEND: _list_append,
    Op.LIST_INSERT: _list_insert,
    Op.LIST_DELETE: _list_delete,
    Op.LIST_REMOVE: _list_remove,
    Op.LIST_FIND: _list_find,
    Op.COUNT: _count,
    Op.REVERSED: _reversed,
    Op.SORTED: _sorted,
    Op.TO_LIST: _to_list,
    Op.MAKE_LIST: _make_list,
}
