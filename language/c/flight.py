"""The C meaning of walking what is in flight, in a property: the bits of a bitmap, or parcels behind the fixed words."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from quorate.language.c.values.bits import upto
from quorate.language.c.values.lists import INDEX
from quorate.language.c.values.state import rank_at
from quorate.language.c.values.text import Value, sort_of
from quorate.language.c.values.values import build, from_raw
from quorate.language.packed.flight import radix
from quorate.language.packed.packing import bits_of, components, normal
from quorate.language.values.types import ListOf, ProcessId, RecordOf, TupleOf

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from quorate.language.c.values.text import Body
    from quorate.language.program.ir import Apply

Found = tuple[Value, str, "Sequence[tuple[int, int]]"]  # a message, and its pair: which of these it is


@contextmanager
def each_in_flight(b: Body, e: Apply) -> Generator[list[Value]]:
    """Write a loop over the messages of one class that are in flight in `n`."""
    assert isinstance(e.type, ListOf)
    assert isinstance(e.type.item, TupleOf)
    declared, *ends = e.type.item.items
    network = b.unit.layout.network
    message = next((m for m in network.messages if isinstance(declared, RecordOf) and m.name == declared.name), None)
    if message is None:  # nobody sends it
        with upto(b, "0"):
            yield [b.zero(normal(t)) for t in e.type.item.items]
        return
    with _each_bit_of(b, message) if network.bitmap else _each_parcel_of(b, message) as (found, pair, pairs):
        processes = [f"{b.unit.table(x)}[{pair}]" for x in zip(*pairs, strict=True)]
        ids = [(t, p) for t, p in zip(ends, processes, strict=True) if isinstance(t, ProcessId)]
        yield [found, *(b.hold(Value(rank_at(b.unit, t.members, p), t)) for t, p in ids)]


@contextmanager
def _each_bit_of(b: Body, message: RecordOf) -> Generator[Found]:
    block = next(x for x in b.unit.layout.network.blocks if x.message == message)
    start, at = b.unit.layout.slots[("flight",)].at(0) + block.first, b.fresh("at")
    end = start + block.bits
    with b.block(f"for (unsigned {at} = {start}; ({at} = bits_next(n, {at}, {end})) < {end}; {at}++)"):
        place = b.hold(Value(f"(int64_t){at} - {start}", INDEX)).code
        parts, below = list[tuple[int, Value]](), 1
        for i, part in reversed(components(message)):
            digit = f"(uint64_t)({place} % {block.values} / {below} % {radix(part)})"
            parts.append((i, b.hold(from_raw(digit, part))))
            below *= radix(part)
        yield b.hold(build(b, message, parts)), f"{place} / {block.values}", block.pairs


@contextmanager
def _each_parcel_of(b: Body, message: RecordOf) -> Generator[Found]:
    network, width = b.unit.layout.network, bits_of(message)
    i, parcel = b.fresh("i"), b.fresh("parcel")
    with b.block(f"for (unsigned {i} = 0; {i} < flight_count(n); {i}++)"):
        b.line(f"const uint64_t *{parcel} = parcel_at(n, {i});")
        tag_bits = network.route_at - network.message_at
        if tag_bits:
            tag = f"bits_get({parcel}, {network.message_at}, {tag_bits})"
            b.line(f"if ({tag} != {network.messages.index(message)}) continue;")
        if sort_of(message) == "words":
            v = b.zero(message)
            b.line(f"bits_copy({v.code}.w, 0, {parcel}, 0, {width});")
        else:
            v = b.hold(Value(f"bits_get({parcel}, 0, {width})" if width else "0", message))
        yield v, f"route_of({parcel})", network.routes
