"""The C meaning of the operators that work on sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.bits import (
    bit_test,
    clear_bit,
    length_of,
    nth,
    set_bit,
    upto,
)
from quorate.language.c.values.conversions import convert
from quorate.language.c.values.lists import longest
from quorate.language.c.values.numbers import TRUTH
from quorate.language.c.values.text import Value, words_of
from quorate.language.c.values.values import (
    rank_of,
    within,
)
from quorate.language.packed.packing import bits_of, normal
from quorate.language.program.ir import Operator as Op
from quorate.language.values.types import (
    Int,
    SetOf,
    Type,
)

if TYPE_CHECKING:
    from quorate.language.c.values.numbers import Strict
    from quorate.language.c.values.text import Body


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


SETS: dict[Op, Strict] = {
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
    Op.MAKE_SET: _make_set,
}
