"""The form of what is in flight: a bit for each message that can be, or parcels behind the fixed words.

Read next: `layout.py`, where it lies in a state.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from quorate.language.packed.packing import bits_of, components, from_bits, normal, to_bits
from quorate.language.values.types import RecordOf, SetOf, Type, is_scalar
from quorate.language.values.values import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.packed.routes import Pair, Routes
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Frozen, Setting

WORD = 64
MOST_BITS = 1024  # of a bitmap of messages; above, parcels


@dataclass(frozen=True, slots=True)
class Block:
    """The bits of one message in a bitmap: one for each pair that can carry it and each of its values, from `first`."""

    message: RecordOf
    pairs: tuple[Pair, ...]
    values: int
    first: int

    @property
    def bits(self) -> int:
        return len(self.pairs) * self.values


@dataclass(frozen=True, slots=True)
class Network:
    """What is in flight: `blocks` of a bitmap, or parcels of `parcel_words`: payload, message, route, from the low bits up."""

    bitmap: bool
    blocks: tuple[Block, ...]
    messages: tuple[RecordOf, ...]
    routes: tuple[Pair, ...]
    message_at: int
    route_at: int
    parcel_words: int
    most: int  # parcels that a state can hold

    @property
    def bits(self) -> int:
        """Return the bits of the fixed words: of the bitmap, or of the number of parcels."""
        return sum(b.bits for b in self.blocks) if self.bitmap else self.most.bit_length()


def values_of(message: RecordOf) -> int:
    """Return how many bits of a bitmap one pair takes for a message: its values, or 2 to the width where no rank is simple."""
    return prod(radix(part) for _, part in components(message))


def radix(part: Type) -> int:
    """Return how many bits of a bitmap the values of a message's field take."""
    return count(part) if is_scalar(part) or isinstance(part, SetOf) else 1 << bits_of(part)


def payload_rank(message: RecordOf, values: Sequence[Frozen]) -> int:
    """Return which of the `values_of` bits these values of the message are."""
    place = 0
    for (_, part), value in zip(components(message), values, strict=True):
        place = place * radix(part) + to_bits(part, value)
    return place


def payload_unrank(message: RecordOf, place: int) -> tuple[Frozen, ...]:
    """Return the values of the message at this bit: the inverse of `payload_rank`."""
    values: list[Frozen] = []
    for _, part in reversed(components(message)):
        place, bits = divmod(place, radix(part))
        values.append(from_bits(part, bits))
    return tuple(reversed(values))


def network_of(program: Program, setting: Setting, routes: Routes) -> Network:
    """Return the form of what is in flight under this setting."""
    messages = tuple(m for m in map(_message, program.messages) if routes.pairs[m.name])
    blocks, first = [], 0
    if setting.network == "set" and all(sum(bits_of(p) for _, p in components(m)) <= 16 for m in messages):
        for m in messages:
            blocks.append(Block(m, routes.pairs[m.name], values_of(m), first))
            first += blocks[-1].bits
    bitmap = setting.network == "set" and len(blocks) == len(messages) and first <= MOST_BITS
    payload = max((bits_of(m) for m in messages), default=0)
    route_at = payload + max(0, len(messages) - 1).bit_length()
    total = route_at + max(0, len(routes.all) - 1).bit_length()
    queues = len(routes.all) if setting.network == "fifo" else 1
    words = 0 if bitmap or not messages else max(1, -(-total // WORD))
    return Network(
        bitmap or not messages,
        tuple(blocks) if bitmap else (),
        messages,
        routes.all,
        payload,
        route_at,
        words,
        setting.capacity * queues,
    )


def _message(m: RecordOf) -> RecordOf:
    plain = normal(m)
    assert isinstance(plain, RecordOf)
    return plain
