"""Values in C: their parts, building them of parts, options, and ranks.

Read next: `bits.py`, sets, lists and dicts; `conversions.py` and `order.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.text import Value, mask, number, sort_of
from quorate.language.errors import Unsupported
from quorate.language.packed.packing import bits_of, components, low_of, normal, size
from quorate.language.values.lattice import hull, parts
from quorate.language.values.types import (
    DictOf,
    Int,
    Option,
    RecordOf,
    SetOf,
    Size,
    TupleOf,
    Type,
    is_scalar,
)
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.language.c.values.text import Body

At = int | str  # an offset in bits: known, or a C expression

# -- parts -------------------------------------------------------------------------------------------------------------


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


def untuple(b: Body, v: Value) -> list[Value]:
    """Return the parts of a tuple or record."""
    v = b.hold(v)
    return [take(b, v, at, p) for at, p in components(v.type)]


# -- ints --------------------------------------------------------------------------------------------------------------


def bounds(t: Type) -> tuple[int | None, int | None]:
    """Return what is known of an int's bounds."""
    assert isinstance(t, Int), t
    return t.low.value if t.low else None, t.high.value if t.high else None


def spread(v: Value) -> Int:
    """Return the range of an int as the C that computes it establishes it."""
    assert isinstance(v.type, Int)
    return v.type if v.literal is None else Int(size(v.literal), size(v.literal))


def spanning(values: Iterable[Value]) -> Int:
    """Return the least range that holds these ints."""
    found, *more = map(spread, values)
    for t in more:
        found = hull(found, t)
    return found


def within(v: Value, t: Type) -> str:
    """Return the C condition that an int is within another int type's bounds, "" where that is certain."""
    (low, high), (least, most) = bounds(v.type), bounds(t)
    if v.literal is not None:
        low = high = v.literal
    tests = [f"{v.code} >= {number(least)}"] if least is not None and (low is None or low < least) else []
    tests += [f"{v.code} <= {number(most)}"] if most is not None and (high is None or high > most) else []
    return " && ".join(tests)


# -- options -----------------------------------------------------------------------------------------------------------


def inject(b: Body, v: Value, t: Option) -> Value:
    """Return the option that holds the value. Requires: `v` is of the item type."""
    if not is_scalar(t):
        return build(b, t, [(0, Value("1", Int(Size(0, "0"), Size(1, "1")))), (1, v)])
    if v.literal is not None:
        return Value(number(v.literal - low_of(t.item) + 1), t)
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


def is_ranked(t: Type) -> bool:
    """Say whether C numbers the values of a type (in normal form): none of lists."""
    return (
        is_scalar(t)
        or isinstance(t, SetOf)
        or (isinstance(t, TupleOf | RecordOf | Option | DictOf) and all(map(is_ranked, parts(t))))
    )


# -- ranks -------------------------------------------------------------------------------------------------------------


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
        case DictOf(key, item):
            return _dict_rank(b, b.hold(v), count(key), item, most)
        case _:
            raise Unsupported("a set of lists, or a dict with such keys, has no C meaning")


def _dict_rank(b: Body, v: Value, keys: int, item: Type, most: Int) -> Value:
    """Return the number with a digit a key, the first key's first: 0 where it is not there, else 1 plus its value's rank."""
    place, stride = b.copy(Value("0", most)), 1 + bits_of(item)
    for at in range(0, keys * stride, stride):
        value = rank_of(b, take(b, v, at + 1, item)).code
        b.line(f"{place.code} = {place.code} * {count(item) + 1} + ({raw_part(v, at, 1)} ? 1 + {value} : 0);")
    return place


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
        case DictOf(key, item):
            return _dict_unrank(b, place, t, count(key), item)
        case _:
            raise Unsupported("a set of lists, or a dict with such keys, has no C meaning")


def _dict_unrank(b: Body, place: Value, t: Type, keys: int, item: Type) -> Value:
    whole, left, stride = b.zero(t), b.copy(place), 1 + bits_of(item)
    for at in reversed(range(0, keys * stride, stride)):
        digit = b.hold(Value(f"({left.code} % {count(item) + 1})", Int(Size(0, "0"), Size(count(item), ""))))
        b.line(f"{left.code} /= {count(item) + 1};")
        with b.block(f"if ({digit.code})"):
            put(b, whole, at, Value("1", Int(Size(0, "0"), Size(1, "1"))), fresh=True)
            put(b, whole, at + 1, unrank(b, Value(f"({digit.code} - 1)", digit.type), item), fresh=True)
    return whole


def _digits(b: Body, place: Value, parts: tuple[tuple[int, Type], ...]) -> Iterator[tuple[int, Value]]:
    below = 1
    for at, part in reversed(parts):
        many = count(part)
        digit = f"({place.code} / {below} % {many})"
        yield at, b.hold(unrank(b, Value(digit, Int(Size(0, "0"), Size(many - 1, ""))), part))
        below *= many
