"""Conversion in C between types of one shape: what does not fit the narrower one is an error of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.bits import (
    each_bit,
    each_key,
    entry,
    length_of,
    nth,
    put_entry,
    put_item,
    put_length,
    set_bit,
    upto,
)
from quorate.language.c.values.text import Value, held, number
from quorate.language.c.values.values import (
    bounds,
    build,
    inject,
    item_of,
    present,
    rank_of,
    unrank,
    untuple,
    within,
)
from quorate.language.errors import Unsupported
from quorate.language.packed.packing import components, longest_of, normal
from quorate.language.values.lattice import one
from quorate.language.values.types import (
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

if TYPE_CHECKING:
    from quorate.language.c.values.text import Body


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
        case _:
            raise Unsupported(f"{one(v.type)} cannot become {one(kept)} in C")


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
    source, whole = v.type, b.zero(to)
    v = b.hold(v)
    length = b.hold(length_of(v))
    if longest_of(source) > longest_of(to):
        b.fail(f"{length.code} > {longest_of(to)}")
    if longest_of(source) and longest_of(to):
        with upto(b, length.code) as i:
            put_item(b, whole, i, convert(b, nth(b, v, i), to.item, checked=True))
    put_length(b, whole, length.code)
    return whole


def _convert_dict(b: Body, v: Value, to: DictOf) -> Value:
    assert isinstance(v.type, DictOf)
    keys, whole = v.type.key, b.zero(to)
    v = b.hold(v)
    with each_key(b, v) as i:
        key = convert(b, unrank(b, Value(i, Int(Size(0, "0"), None)), keys), to.key, checked=True)
        put_entry(b, whole, rank_of(b, key), convert(b, entry(b, v, i), to.value, checked=True))
    return whole


def adapt(b: Body, v: Value, t: Type) -> Value:
    """Return a value that an expression of type `t` may have as its own: an int as it is, since it may lie outside and lose."""
    return v if isinstance(v.type, Int) and isinstance(t, Int) else convert(b, v, t)


def tuple_of(b: Body, t: Type, values: list[Value]) -> Value:
    """Return the tuple or record of these values."""
    kept = normal(t)
    parts = components(kept)
    return build(b, kept, [(at, convert(b, v, p)) for (at, p), v in zip(parts, values, strict=True)])
