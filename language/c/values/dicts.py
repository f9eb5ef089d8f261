"""The C meaning of the operators that work on dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.bits import (
    each_key,
    entry,
    has_key,
    put_entry,
    set_bit,
)
from quorate.language.c.values.conversions import adapt, convert, tuple_of
from quorate.language.c.values.lists import INDEX, fill, list_type, listed
from quorate.language.c.values.text import Value, held, mask
from quorate.language.c.values.values import (
    inject,
    rank_of,
    spanning,
    unrank,
    within,
)
from quorate.language.packed.packing import bits_of, normal
from quorate.language.program.ir import Operator as Op
from quorate.language.values.types import (
    DictOf,
    Int,
    ListOf,
    Option,
    Type,
)
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.c.values.numbers import Strict
    from quorate.language.c.values.text import Body


def key_place(b: Body, xs: Value, key: Value) -> Value:
    """Return the rank of a key of the dict. A key that is not of the dict's type is an error."""
    assert isinstance(xs.type, DictOf)
    return b.hold(rank_of(b, convert(b, key, xs.type.key, checked=True)))


def _dict_set(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.copy(convert(b, values[0], t))
    assert isinstance(xs.type, DictOf)
    put_entry(b, xs, key_place(b, xs, values[1]), b.hold(convert(b, values[2], xs.type.value, checked=True)))
    return xs


def clear_entry(b: Body, xs: Value, place: str) -> None:
    """Take the key of this rank out of a dict variable."""
    assert isinstance(xs.type, DictOf)
    stride = 1 + bits_of(xs.type.value)
    at = f"((unsigned)({place}) * {stride})"
    if xs.sort == "words":
        for start in range(0, stride, 64):
            b.line(f"bits_put({xs.code}.w, {at} + {start}, {min(64, stride - start)}, 0);")
    else:
        b.line(f"{xs.code} &= ~({mask(stride)} << {at});")


def _dict_delete(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.copy(convert(b, values[0], t))
    place = key_place(b, xs, values[1])
    b.fail(f"!{has_key(xs, place.code)}")
    clear_entry(b, xs, place.code)
    return xs


def _dict_get(b: Body, t: Type, values: list[Value]) -> Value:
    xs, place = _place_for_get(b, values)
    default = adapt(b, values[2], t)
    result = b.copy(default)
    with b.block(f"if ({place.code} >= 0 && {has_key(xs, place.code)})"):
        found = adapt(b, entry(b, xs, place.code), t)
        b.line(f"{result.code} = {found.code};")
    return Value(result.code, spanning([default, found])) if isinstance(t, Int) else Value(result.code, held(t))


def _dict_find(b: Body, t: Type, values: list[Value]) -> Value:
    xs, place = _place_for_get(b, values)
    kept = normal(t)
    assert isinstance(kept, Option)
    result = b.zero(kept)
    with b.block(f"if ({place.code} >= 0 && {has_key(xs, place.code)})"):
        item = convert(b, entry(b, xs, place.code), kept.item, checked=True)
        b.line(f"{result.code} = {inject(b, item, kept).code};")
    return result


def _place_for_get(b: Body, values: list[Value]) -> tuple[Value, Value]:
    """Return the dict and the rank of the key, or -1 where the key is an int that the dict cannot have."""
    xs, item = b.hold(values[0]), b.hold(values[1])
    assert isinstance(xs.type, DictOf)
    key = xs.type.key
    if isinstance(item.type, Int) and isinstance(key, Int) and within(item, key):
        place = b.copy(Value("-1", Int(None, None)))
        b.line(f"if ({within(item, key)}) {place.code} = {rank_of(b, Value(item.code, key)).code};")
        return xs, place
    return xs, b.hold(Value(rank_of(b, convert(b, item, key)).code, INDEX))


def _dict_merge(b: Body, t: Type, values: list[Value]) -> Value:
    xs, ys = b.copy(convert(b, values[0], t)), b.hold(convert(b, values[1], t))
    with each_key(b, ys) as i:
        put_entry(b, xs, Value(i, INDEX), b.hold(entry(b, ys, i)))
    return xs


def _make_dict(b: Body, t: Type, values: list[Value]) -> Value:
    kept = normal(t)
    assert isinstance(kept, DictOf)
    whole = b.zero(kept)
    for k, v in zip(values[::2], values[1::2], strict=True):
        put_entry(b, whole, key_place(b, whole, k), b.hold(convert(b, v, kept.value, checked=True)))
    return whole


def _keys(b: Body, t: Type, values: list[Value]) -> Value:
    xs, whole = b.hold(values[0]), b.zero(normal(t))
    with each_key(b, xs) as i:
        set_bit(b, whole, Value(i, INDEX))
    return whole


def _values(b: Body, t: Type, values: list[Value]) -> Value:
    return _entries(b, t, values[0], lambda xs, i: entry(b, xs, i))


def _items(b: Body, t: Type, values: list[Value]) -> Value:
    assert isinstance(t, ListOf)
    pair = t.item

    def both(xs: Value, i: str) -> Value:
        assert isinstance(xs.type, DictOf)
        return tuple_of(b, pair, [unrank(b, Value(i, INDEX), xs.type.key), entry(b, xs, i)])

    return _entries(b, t, values[0], both)


def _entries(b: Body, t: Type, xs: Value, what: Callable[[Value, str], Value]) -> Value:
    xs = b.hold(xs)
    assert isinstance(xs.type, DictOf)
    kept = list_type(t, count(xs.type.key))

    def write(whole: Value, n: Value) -> None:
        with each_key(b, xs) as i:
            fill(b, whole, n, convert(b, what(xs, i), kept.item, checked=True))

    return listed(b, kept, write)


DICTS: dict[Op, Strict] = {
    Op.DICT_SET: _dict_set,
    Op.DICT_DELETE: _dict_delete,
    Op.DICT_GET: _dict_get,
    Op.DICT_FIND: _dict_find,
    Op.DICT_MERGE: _dict_merge,
    Op.KEYS: _keys,
    Op.VALUES: _values,
    Op.ITEMS: _items,
    Op.MAKE_DICT: _make_dict,
}
