"""The C meaning of the operators on sets, lists, dicts, tuples and records.

Longer than most files: it is one table, and a row or two for each of its operators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c_numbers import TRUTH, interval
from quorate.language.c_text import Value, held, mask, words_of
from quorate.language.c_values import (
    bit_test,
    build,
    clear_bit,
    convert,
    each_bit,
    each_key,
    entry,
    equal,
    has_key,
    inject,
    length_of,
    less,
    nth,
    put_entry,
    put_item,
    put_length,
    rank_of,
    set_bit,
    take,
    tuple_of,
    unrank,
    upto,
    within,
)
from quorate.language.ir import Operator as Op
from quorate.language.packing import bits_of, components, longest_of, normal, size
from quorate.language.types import DictOf, Int, ListOf, Nothing, Option, SetOf, TupleOf, Type
from quorate.language.values import count

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.c_numbers import Strict
    from quorate.language.c_text import Body

INDEX = Int(size(0), None)


def list_type(t: Type, longest: int) -> ListOf:
    """Return the type in normal form, with this bound where it has none."""
    assert isinstance(t, ListOf), t
    kept = normal(ListOf(t.item, t.longest or size(longest)))
    assert isinstance(kept, ListOf)
    return kept


def longest(v: Value) -> int:
    """Return how many items the list can have."""
    assert isinstance(v.type, ListOf)
    return longest_of(v.type)


# -- lists ------------------------------------------------------------------------------------------------------------


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


def append_all(b: Body, whole: Value, length: Value, xs: Value, start: str = "0", stop: str = "") -> None:
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
    return listed(b, list_type(t, longest(xs)), lambda whole, n: append_all(b, whole, n, xs, start.code, end.code))


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
        append_all(b, whole, n, xs, "0", at.code)
        fill(b, whole, n, item)
        append_all(b, whole, n, xs, at.code)

    return listed(b, kept, write)


def _without(b: Body, t: Type, xs: Value, i: Value) -> Value:
    def write(whole: Value, n: Value) -> None:
        append_all(b, whole, n, xs, "0", i.code)
        append_all(b, whole, n, xs, f"{i.code} + 1")

    return listed(b, list_type(t, longest(xs)), write)


def _list_delete(b: Body, t: Type, values: list[Value]) -> Value:
    xs, i = map(b.hold, values)
    check_index(b, xs, i)
    return _without(b, t, xs, i)


def _list_find(b: Body, _: Type, values: list[Value]) -> Value:
    xs, item = map(b.hold, values)
    found = _first_equal(b, xs, item)
    b.fail(f"{found.code} < 0")
    return Value(found.code, interval(0, max(longest(xs) - 1, 0)))


def _list_remove(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.hold(values[0])
    return _without(b, t, xs, _list_find(b, t, [xs, values[1]]))


def _first_equal(b: Body, xs: Value, item: Value) -> Value:
    """Return the index of the first equal item, or -1."""
    found = b.copy(Value("-1", Int(None, None)))
    if longest(xs):
        with upto(b, length_of(xs).code) as i:
            with b.block(f"if ({equal(b, b.hold(nth(b, xs, i)), item)})"):
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


# -- of any container -------------------------------------------------------------------------------------------------


def _len(b: Body, _: Type, values: list[Value]) -> Value:
    xs = values[0]
    if isinstance(xs.type, ListOf):
        return b.hold(length_of(xs))
    if isinstance(xs.type, SetOf):
        code = f"bits_count({xs.code}.w, {words_of(xs.type)})" if xs.sort == "words" else f"__builtin_popcountll({xs.code})"
        return b.hold(Value(code, interval(0, bits_of(xs.type))))
    assert isinstance(xs.type, DictOf)
    xs, total = b.hold(xs), b.zero(interval(0, count(xs.type.key)))
    with each_key(b, xs):
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
    return b.hold(Value(f"({_first_equal(b, xs, item).code} >= 0)", TRUTH))


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
        place = _key(b, xs, values[1])
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


# -- sets -------------------------------------------------------------------------------------------------------------


def _set_and(b: Body, t: Type, values: list[Value]) -> tuple[Value, Value]:
    """Return a variable of the set, of type `t`, and the rank of the item in it; an item that is not of it is an error."""
    kept = normal(t)
    assert isinstance(kept, SetOf)
    xs = b.copy(convert(b, values[0], kept))
    return xs, b.hold(rank_of(b, convert(b, values[1], kept.item, checked=True)))


def _set_add(b: Body, t: Type, values: list[Value]) -> Value:
    xs, place = _set_and(b, t, values)
    set_bit(b, xs, place)
    return xs


def _set_discard(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.copy(convert(b, values[0], t))
    item = b.hold(values[1])
    assert isinstance(xs.type, SetOf)
    inside = within(item, xs.type.item) if isinstance(item.type, Int) and isinstance(xs.type.item, Int) else ""
    known = Value(item.code, xs.type.item) if inside else convert(b, item, xs.type.item)
    with b.block(f"if ({inside or '1'})"):
        clear_bit(b, xs, rank_of(b, known))
    return xs


def _set_remove(b: Body, t: Type, values: list[Value]) -> Value:
    xs, place = _set_and(b, t, values)
    b.fail(f"!{bit_test(xs, place)}")
    clear_bit(b, xs, place)
    return xs


def _wordwise(sign: str) -> Strict:
    def emit(b: Body, t: Type, values: list[Value]) -> Value:
        xs, ys = (b.hold(convert(b, v, t)) for v in values)
        if xs.sort != "words":
            return b.hold(Value(f"({xs.code} {sign} {ys.code})", xs.type))
        rows = [f"{xs.code}.w[{i}] {sign} {ys.code}.w[{i}]" for i in range(words_of(xs.type))]
        return b.hold(Value(f"{{{{{', '.join(rows)}}}}}", xs.type))

    return emit


def _wider(values: list[Value]) -> Type:
    return max((v.type for v in values), key=bits_of)


def _subset(b: Body, _: Type, values: list[Value]) -> Value:
    rest = _wordwise("& ~")(b, _wider(values), values)
    return _is_zero(b, rest)


def _disjoint(b: Body, _: Type, values: list[Value]) -> Value:
    return _is_zero(b, _wordwise("&")(b, _wider(values), values))


def _is_zero(b: Body, v: Value) -> Value:
    words = [f"{v.code}.w[{i}]" for i in range(words_of(v.type))] if v.sort == "words" else [v.code]
    return b.hold(Value(f"(({' | '.join(words)}) == 0)", TRUTH))


def _make_set(b: Body, t: Type, values: list[Value]) -> Value:
    kept = normal(t)
    assert isinstance(kept, SetOf)
    whole = b.zero(kept)
    for v in values:
        set_bit(b, whole, rank_of(b, convert(b, v, kept.item, checked=True)))
    return whole


def _to_set(b: Body, t: Type, values: list[Value]) -> Value:
    xs, kept = b.hold(values[0]), normal(t)
    assert isinstance(kept, SetOf)
    whole = b.zero(kept)
    if longest(xs):
        with upto(b, length_of(xs).code) as i:
            set_bit(b, whole, rank_of(b, convert(b, nth(b, xs, i), kept.item, checked=True)))
    return whole


# -- dicts ------------------------------------------------------------------------------------------------------------


def _key(b: Body, xs: Value, key: Value) -> Value:
    """Return the rank of a key of the dict. A key that is not of the dict's type is an error."""
    assert isinstance(xs.type, DictOf)
    return b.hold(rank_of(b, convert(b, key, xs.type.key, checked=True)))


def _dict_set(b: Body, t: Type, values: list[Value]) -> Value:
    xs = b.copy(convert(b, values[0], t))
    assert isinstance(xs.type, DictOf)
    put_entry(b, xs, _key(b, xs, values[1]), b.hold(convert(b, values[2], xs.type.value, checked=True)))
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
    place = _key(b, xs, values[1])
    b.fail(f"!{has_key(xs, place.code)}")
    clear_entry(b, xs, place.code)
    return xs


def _dict_get(b: Body, t: Type, values: list[Value]) -> Value:
    xs, place = _place_for_get(b, values)
    result = b.copy(convert(b, values[2], t))
    with b.block(f"if ({place.code} >= 0 && {has_key(xs, place.code)})"):
        b.line(f"{result.code} = {convert(b, entry(b, xs, place.code), t).code};")
    return Value(result.code, held(t))


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
        put_entry(b, whole, _key(b, whole, k), b.hold(convert(b, v, kept.value, checked=True)))
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


# -- tuples and records -----------------------------------------------------------------------------------------------


def _make_tuple(b: Body, t: Type, values: list[Value]) -> Value:
    return tuple_of(b, t, values) if values else build(b, normal(t), [])


CONTAINERS: dict[Op, Strict] = {
    Op.LEN: _len,
    Op.CONTAINS: _contains,
    Op.INDEX: _index,
    Op.INDEX_BACK: _index_back,
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
    Op.SET_ADD: _set_add,
    Op.SET_DISCARD: _set_discard,
    Op.SET_REMOVE: _set_remove,
    Op.UNION: _wordwise("|"),
    Op.INTERSECTION: _wordwise("&"),
    Op.DIFFERENCE: _wordwise("& ~"),
    Op.SYMMETRIC_DIFFERENCE: _wordwise("^"),
    Op.SUBSET: _subset,
    Op.DISJOINT: _disjoint,
    Op.TO_SET: _to_set,
    Op.TO_LIST: _to_list,
    Op.DICT_SET: _dict_set,
    Op.DICT_DELETE: _dict_delete,
    Op.DICT_GET: _dict_get,
    Op.DICT_FIND: _dict_find,
    Op.DICT_MERGE: _dict_merge,
    Op.KEYS: _keys,
    Op.VALUES: _values,
    Op.ITEMS: _items,
    Op.MAKE_TUPLE: _make_tuple,
    Op.MAKE_LIST: _make_list,
    Op.MAKE_SET: _make_set,
    Op.MAKE_DICT: _make_dict,
    Op.MAKE_RECORD: _make_tuple,
}
