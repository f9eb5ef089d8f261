"""Sets, lists and dicts in C: their bits, reading and writing their items, and loops over them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from quorate.language.c.values.text import Value
from quorate.language.c.values.values import (
    At,
    from_raw,
    put,
    raw_part,
    take,
)
from quorate.language.packed.packing import bits_of, length_bits, longest_of
from quorate.language.values.types import (
    DictOf,
    Int,
    ListOf,
    Size,
)
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Generator

    from quorate.language.c.values.text import Body


@contextmanager
def each_bit(b: Body, v: Value) -> Generator[str]:
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
def upto(b: Body, end: str) -> Generator[str]:
    """Write a loop from 0 to below `end`, and give the name of its variable."""
    name = b.fresh("i")
    with b.block(f"for (int64_t {name} = 0; {name} < {end}; {name}++)"):
        yield name


@contextmanager
def each_key(b: Body, v: Value) -> Generator[str]:
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
