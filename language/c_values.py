"""Values in C: their parts, building them, order, equality, ranks, and conversion between types of one shape.

Read next: `c_numbers.py` and `c_containers.py`, what the operators do with them.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from quorate.language.c_text import Value, held, mask, number, sort_of, words_of
from quorate.language.errors import Unsupported
from quorate.language.packing import bits_of, components, length_bits, longest_of, low_of, normal
from quorate.language.types import (
    DictOf,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    Size,
    TupleOf,
    Type,
    is_scalar,
)
from quorate.language.values import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.language.c_text import Body

At = int | str  # an offset in bits: known, or a C expression

# -- parts ------------------------------------------------------------------------------------------------------------


def raw_of(b: Body, v: Value) -> str:
    """Return the packed bits, of a value of at most 64, as a uint64_t."""
    if v.sort != "number":
        return v.code
    kept = normal(v.type)
    if isinstance(v.type, Int) and (v.type.low is None or v.type.high is None):
        low, high = bounds(kept)
        v = b.hold(v)
        b.fail(f"{v.code} < {number(low or 0)} || {v.code} > {number(high or 0)}")
    low = low_of(kept)
    if v.literal is not None:
        return f"{v.literal - low:#x}ull"
    return f"((uint64_t)({v.code}) - (uint64_t){number(low)})" if low else f"(uint64_t)({v.code})"


def from_raw(raw: str, t: Type) -> Value:
    """Return the value with these packed bits, at most 64."""
    if sort_of(t) == "word":
        return Value(raw, t)
    low = low_of(t)
    return Value(f"(int64_t)({raw} + (uint64_t){number(low)})" if low else f"(int64_t)({raw})", t)


def take(b: Body, v: Value, at: At, t: Type) -> Value:
    """Return the part of type `t` at this offset of a packed value."""
    width = bits_of(t)
    if width == 0:
        return Value(number(low_of(t)), t) if sort_of(t) == "number" else Value("0ull", t)
    if sort_of(t) == "words":
        part = b.zero(t)
        b.line(f"bits_copy({part.code}.w, 0, {v.code}.w, {at}, {width});")
        return part
    return from_raw(raw_part(v, at, width), t)


def raw_part(v: Value, at: At, width: int) -> str:
    """Return `width` bits (1 to 64) from this offset of a packed value."""
    if v.sort == "words":
        if isinstance(at, int) and at // 64 == (at + width - 1) // 64:
            return _cut_out(f"{v.code}.w[{at // 64}]", at % 64, width, 64)
        return f"bits_get({v.code}.w, {at}, {width})"
    return _cut_out(v.code, at, width, bits_of(v.type))


def _cut_out(word: str, at: At, width: int, whole: int) -> str:
    if width == whole:
        return word
    shifted = word if at == 0 else f"{word} >> ({at})"
    return f"({shifted})" if isinstance(at, int) and at + width == whole and at else f"({shifted} & {mask(width)})"


def put(b: Body, into: Value, at: At, part: Value, *, fresh: bool = False) -> None:
    """Write a part at an offset of a packed variable; `fresh`: only zeros are there yet."""
    width = bits_of(normal(part.type))
    if width == 0:
        return
    if part.sort == "words":
        part = b.hold(part)
        b.line(f"bits_copy({into.code}.w, {at}, {part.code}.w, 0, {width});")
        return
    raw = raw_of(b, part)
    if into.sort == "words":
        b.line(f"bits_put({into.code}.w, {at}, {width}, {raw});")
    elif width == bits_of(into.type):
        b.line(f"{into.code} = {raw};")
    elif fresh:
        b.line(f"{into.code} |= {raw} << ({at});")
    else:
        b.line(f"{into.code} = ({into.code} & ~({mask(width)} << ({at}))) | {raw} << ({at});")


def build(b: Body, t: Type, parts: list[tuple[int, Value]]) -> Value:
    """Return the packed value of these parts; zeros elsewhere."""
    if sort_of(t) == "word":
        rows = [(at, raw_of(b, p)) for at, p in parts if bits_of(normal(p.type))]
        return b.hold(Value(" | ".join(f"{raw} << {at}" if at else raw for at, raw in rows) or "0ull", t))
    whole = b.zero(t)
    for at, part in parts:
        put(b, whole, at, part, fresh=True)
    return whole


def tuple_of(b: Body, t: Type, values: list[Value]) -> Value:
    """Return the tuple or record of these values."""
    kept = normal(t)
    parts = components(kept)
    return build(b, kept, [(at, convert(b, v, p)) for (at, p), v in zip(parts, values, strict=True)])


def untuple(b: Body, v: Value) -> list[Value]:
    """Return the parts of a tuple or record."""
    v = b.hold(v)
    return [take(b, v, at, p) for at, p in components(v.type)]


# -- options ----------------------------------------------------------------------------------------------------------


def inject(b: Body, v: Value, t: Option) -> Value:
    """Return the option that holds the value. Requires: `v` is of the item type."""
    if not is_scalar(t):
        return build(b, t, [(0, Value("1", Int(Size(0, "0"), Size(1, "1")))), (1, v)])
    if v.literal is not None:
        return Value(number(v.literal - low_of(t.item) + 1), t)
    if isinstance(v.type, Int) and (v.type.low is None or v.type.high is None):
        v = convert(b, v, t.item, checked=True)
    return Value(f"({v.code} + {number(1 - low_of(t.item))})", t)


def present(v: Value) -> str:
    """Return the C condition that an option is not None."""
    if v.sort == "number":
        return f"({v.code} != 0)"
    return f"({v.code}.w[0] & 1)" if v.sort == "words" else f"({v.code} & 1)"


def item_of(b: Body, v: Value) -> Value:
    """Return the item of an option. Requires: it is present."""
    assert isinstance(v.type, Option)
    item = v.type.item
    if v.sort == "number":
        return Value(f"({v.code} + {number(low_of(item) - 1)})", item)
    return take(b, b.hold(v), 1, item)


# -- equality and order -----------------------------------------------------------------------------------------------


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


# -- ranks ------------------------------------------------------------------------------------------------------------


def rank_of(b: Body, v: Value) -> Value:
    """Return a value's rank among those of its type (in normal form), as a number."""
    t = normal(v.type)
    most = Int(Size(0, "0"), Size(count(t) - 1, ""))
    if is_scalar(t):
        low = low_of(t)
        if v.literal is not None:
            return Value(number(v.literal - low), most)
        return Value(f"({v.code} + {number(-low)})" if low else v.code, most)
    match t:
        case SetOf():
            return Value(f"(int64_t)({v.code})", most)
        case TupleOf() | RecordOf():
            code = "0"
            for part in untuple(b, v):
                code = f"({code} * {count(normal(part.type))} + {rank_of(b, part).code})"
            return Value(code, most)
        case Option():
            v, place = b.hold(v), b.copy(Value("0", most))
            with b.block(f"if ({present(v)})"):
                b.line(f"{place.code} = 1 + {rank_of(b, item_of(b, v)).code};")
            return place
    raise Unsupported("a set of lists or dicts, or a dict with such keys, has no C meaning")


def unrank(b: Body, place: Value, t: Type) -> Value:
    """Return the value of this rank: the inverse of `rank_of`."""
    if is_scalar(t):
        low = low_of(t)
        if place.literal is not None:
            return Value(number(place.literal + low), t)
        return Value(f"({place.code} + {number(low)})" if low else place.code, t)
    place = b.hold(place)
    match t:
        case SetOf():
            return Value(f"(uint64_t)({place.code})", t)
        case TupleOf() | RecordOf():
            return build(b, t, list(_digits(b, place, components(t))))
        case Option(item):
            whole = b.zero(t)
            with b.block(f"if ({place.code})"):
                lower = Value(f"({place.code} - 1)", place.type)
                got = inject(b, unrank(b, lower, item), t)
                b.line(f"{whole.code} = {got.code};")
            return whole
    raise Unsupported("a set of lists or dicts, or a dict with such keys, has no C meaning")


def _digits(b: Body, place: Value, parts: tuple[tuple[int, Type], ...]) -> Iterator[tuple[int, Value]]:
    below = 1
    for at, part in reversed(parts):
        many = count(part)
        digit = f"({place.code} / {below} % {many})"
        yield at, b.hold(unrank(b, Value(digit, Int(Size(0, "0"), Size(many - 1, ""))), part))
        below *= many


# -- conversion -------------------------------------------------------------------------------------------------------


def bounds(t: Type) -> tuple[int | None, int | None]:
    """Return what is known of an int's bounds."""
    assert isinstance(t, Int), t
    return t.low.value if t.low else None, t.high.value if t.high else None


def within(v: Value, t: Type) -> str:
    """Return the C condition that an int is within another int type's bounds, "" where that is certain."""
    (low, high), (least, most) = bounds(v.type), bounds(t)
    if v.literal is not None:
        low = high = v.literal
    tests = [f"{v.code} >= {number(least)}"] if least is not None and (low is None or low < least) else []
    tests += [f"{v.code} <= {number(most)}"] if most is not None and (high is None or high > most) else []
    return " && ".join(tests)


def convert(b: Body, v: Value, to: Type, *, checked: bool = False) -> Value:
    """Return the value under another type of its shape; what does not fit is an error of the model.

    `checked` forces the bounds that an unbounded int has inside a container.
    """
    kept = normal(to) if checked else held(to)
    if v.type == kept:
        return v
    match v.type, kept:
        case Int(), Int():
            v = b.hold(v)
            fits = within(v, kept)
            if fits:
                b.fail(f"!({fits})")
            return Value(v.code, v.type if None in bounds(kept) else kept)
        case ProcessId(_, members), ProcessId(_, others):
            return _convert_process(b, v, members, others)
        case Nothing(), Option():
            return Value("0", kept) if is_scalar(kept) else b.zero(kept)
        case Option(), Option(item):
            return _convert_option(b, v, kept, item)
        case _, Option(item):
            return inject(b, convert(b, v, item, checked=True), kept)
        case SetOf(), SetOf():
            return _convert_set(b, v, kept)
        case ListOf(), ListOf():
            return _convert_list(b, v, kept)
        case DictOf(), DictOf():
            return _convert_dict(b, v, kept)
        case ((TupleOf() | RecordOf()), (TupleOf() | RecordOf())):
            return build(
                b,
                kept,
                [(at, convert(b, p, t, checked=True)) for p, (at, t) in zip(untuple(b, v), components(kept), strict=True)],
            )
    raise Unsupported(f"a {type(v.type).__name__} cannot become a {type(kept).__name__} in C")


def _convert_process(b: Body, v: Value, members: tuple[int, ...], others: tuple[int, ...]) -> Value:
    t = ProcessId("", others)
    places = [others.index(m) if m in others else -1 for m in members]
    if v.literal is not None and places[v.literal] >= 0:
        return Value(number(places[v.literal]), t)
    if all(p == i + places[0] for i, p in enumerate(places)) and places[0] >= 0:
        return Value(f"({v.code} + {places[0]})", t)
    new = b.hold(Value(f"{b.unit.table(places)}[{v.code}]", t))
    if min(places) < 0:
        b.fail(f"{new.code} < 0")
    return new


def _convert_option(b: Body, v: Value, to: Option, item: Type) -> Value:
    v, whole = b.hold(v), b.zero(to)
    with b.block(f"if ({present(v)})"):
        b.line(f"{whole.code} = {inject(b, convert(b, item_of(b, v), item, checked=True), to).code};")
    return whole


def _convert_set(b: Body, v: Value, to: SetOf) -> Value:
    whole = b.zero(to)
    assert isinstance(v.type, SetOf)
    if not isinstance(v.type.item, Nothing):
        with each_bit(b, b.hold(v)) as i:
            item = convert(b, unrank(b, Value(i, Int(Size(0, "0"), None)), v.type.item), to.item, checked=True)
            set_bit(b, whole, rank_of(b, item))
    return whole


def _convert_list(b: Body, v: Value, to: ListOf) -> Value:
    assert isinstance(v.type, ListOf)
    v, whole = b.hold(v), b.zero(to)
    length = b.hold(length_of(v))
    if longest_of(v.type) > longest_of(to):
        b.fail(f"{length.code} > {longest_of(to)}")
    if longest_of(v.type) and longest_of(to):
        with upto(b, length.code) as i:
            put_item(b, whole, i, convert(b, nth(b, v, i), to.item, checked=True))
    put_length(b, whole, length.code)
    return whole


def _convert_dict(b: Body, v: Value, to: DictOf) -> Value:
    assert isinstance(v.type, DictOf)
    v, whole = b.hold(v), b.zero(to)
    with each_key(b, v) as i:
        key = convert(b, unrank(b, Value(i, Int(Size(0, "0"), None)), v.type.key), to.key, checked=True)
        put_entry(b, whole, rank_of(b, key), convert(b, entry(b, v, i), to.value, checked=True))
    return whole


# -- sets, lists and dicts as bits ------------------------------------------------------------------------------------


@contextmanager
def each_bit(b: Body, v: Value) -> Iterator[str]:
    """Write a loop over the bits of a set variable that are set, and give the name of each one's number, an int64_t."""
    name = b.fresh("i")
    if v.sort == "words":
        many, next_bit = bits_of(v.type), f"bits_next({v.code}.w, (unsigned)({name} + 1), {bits_of(v.type)})"
        with b.block(f"for (int64_t {name} = -1; ({name} = {next_bit}) < {many};)"):
            yield name
        return
    rest = b.fresh("rest")
    with b.block(f"for (uint64_t {rest} = {v.code}; {rest}; {rest} &= {rest} - 1)"):
        b.line(f"const int64_t {name} = __builtin_ctzll({rest});")
        yield name


@contextmanager
def upto(b: Body, end: str) -> Iterator[str]:
    """Write a loop from 0 to below `end`, and give the name of its variable."""
    name = b.fresh("i")
    with b.block(f"for (int64_t {name} = 0; {name} < {end}; {name}++)"):
        yield name


@contextmanager
def each_key(b: Body, v: Value) -> Iterator[str]:
    """Write a loop over the keys of a dict, and give the name of each one's rank."""
    assert isinstance(v.type, DictOf)
    with upto(b, str(count(v.type.key))) as i:
        b.line(f"if (!{has_key(v, i)}) continue;")
        yield i


def bit_test(v: Value, place: Value) -> str:
    """Return the C condition that a set has the item of this rank."""
    if v.sort == "words":
        return f"({v.code}.w[{place.code} / 64] >> {place.code} % 64 & 1)"
    return f"({v.code} >> ({place.code}) & 1)"


def set_bit(b: Body, v: Value, place: Value) -> None:
    """Put the item of this rank into a set variable."""
    if v.sort == "words":
        place = b.hold(place)
        b.line(f"{v.code}.w[{place.code} / 64] |= 1ull << {place.code} % 64;")
    else:
        b.line(f"{v.code} |= 1ull << ({place.code});")


def clear_bit(b: Body, v: Value, place: Value) -> None:
    """Take the item of this rank out of a set variable."""
    if v.sort == "words":
        place = b.hold(place)
        b.line(f"{v.code}.w[{place.code} / 64] &= ~(1ull << {place.code} % 64);")
    else:
        b.line(f"{v.code} &= ~(1ull << ({place.code}));")


def length_of(v: Value) -> Value:
    """Return a list's length."""
    assert isinstance(v.type, ListOf)
    most = longest_of(v.type)
    t = Int(Size(0, "0"), Size(most, str(most)))
    if not most:
        return Value("0", t)
    return from_raw(raw_part(v, 0, length_bits(v.type)), t)


def put_length(b: Body, v: Value, length: str) -> None:
    """Write the length of a list variable."""
    assert isinstance(v.type, ListOf)
    most = longest_of(v.type)
    put(b, v, 0, Value(length, Int(Size(0, "0"), Size(most, ""))))


def nth(b: Body, v: Value, i: str) -> Value:
    """Return a list's item. Requires: there is one."""
    assert isinstance(v.type, ListOf)
    return take(b, v, _offset(i, bits_of(v.type.item), length_bits(v.type)), v.type.item)


def put_item(b: Body, v: Value, i: str, item: Value) -> None:
    """Write an item of a list variable."""
    assert isinstance(v.type, ListOf)
    put(b, v, _offset(i, bits_of(v.type.item), length_bits(v.type)), item)


def _offset(i: str, stride: int, start: int) -> At:
    return int(i) * stride + start if i.isdigit() else f"(unsigned)({i}) * {stride} + {start}"


def has_key(v: Value, place: str) -> str:
    """Return the C condition that a dict has the key of this rank."""
    assert isinstance(v.type, DictOf)
    return raw_part(v, _offset(place, 1 + bits_of(v.type.value), 0), 1)


def entry(b: Body, v: Value, place: str) -> Value:
    """Return a dict's value at the key of this rank. Requires: it is there."""
    assert isinstance(v.type, DictOf)
    return take(b, v, _offset(place, 1 + bits_of(v.type.value), 1), v.type.value)


def put_entry(b: Body, v: Value, place: Value, item: Value) -> None:
    """Write a dict variable's value at the key of this rank."""
    assert isinstance(v.type, DictOf)
    place = b.hold(place)
    stride = 1 + bits_of(v.type.value)
    put(b, v, _offset(place.code, stride, 0), Value("1", Int(Size(0, "0"), Size(1, "1"))))
    put(b, v, _offset(place.code, stride, 1), item)
