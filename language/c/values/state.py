"""Fields and processes in C: where a field lies on the words of a state, reading and writing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.c.values.text import Value, mask, number, sort_of, words_of
from quorate.language.c.values.values import from_raw, raw_of
from quorate.language.packed.packing import bits_of, low_of, normal
from quorate.language.values.types import ProcessId, Type

if TYPE_CHECKING:
    from quorate.language.c.values.text import Body, Unit
    from quorate.language.packed.layout import Slots
    from quorate.language.program.ir import Field


def process_of(unit: Unit, v: Value) -> str:
    """Return the number of the process that an id stands for, in C."""
    assert isinstance(v.type, ProcessId)
    return number_at(unit, v.type.members, v.code)


def number_at(unit: Unit, members: tuple[int, ...], place: str) -> str:
    """Return the process number at a rank among these, in C."""
    if place.isdigit():
        return number(members[int(place)])
    if _consecutive(members):
        return f"({place} + {members[0]})" if members[0] else place
    return f"{unit.table(members)}[{place}]"


def rank_at(unit: Unit, members: tuple[int, ...], process: str) -> str:
    """Return the rank of a process number among these, in C. Requires: it is one of them."""
    if _consecutive(members):
        return f"({process} - {members[0]})" if members[0] else process
    places = [members.index(p) if p in members else -1 for p in range(len(unit.program.processes))]
    return f"{unit.table(places)}[{process}]"


def _consecutive(members: tuple[int, ...]) -> bool:
    return members == tuple(range(members[0], members[0] + len(members)))


class Site:
    """A field's place: the word and the shift, in C."""

    def __init__(self, word: str, shift: str) -> None:
        self.word = word
        self.shift = shift


def site_of(b: Body, field: Field, holder: Value | None) -> Site:
    """Return where a field of a holder lies; of shared state where `holder` is None."""
    if holder is None:
        assert isinstance(field.holder, int)
        return _known(b.unit.layout.shared_field(field.holder, field.name))
    assert isinstance(holder.type, ProcessId)
    return member_site(b, holder.type.members, holder, field.name)


def member_site(b: Body, members: tuple[int, ...], holder: Value, name: str) -> Site:
    """Return where a field of one of these processes lies."""
    layout = b.unit.layout
    holders = [layout.program.processes[m] for m in members]
    place = 0 if len(members) == 1 else holder.literal
    if place is not None:
        return _known(layout.field(holders[place], name))
    places = [layout.place_in_kind[m] for m in members]
    if len({h.kind for h in holders}) == 1 and _consecutive(tuple(places)):
        slots = layout.slots["field", holders[0].kind, name]
        return _affine(slots, holder, places[0])
    at = b.fresh("at")
    b.line(f"const unsigned {at} = (unsigned){b.unit.table(layout.field(h, name) for h in holders)}[{holder.code}];")
    return Site(f"{at} / 64", f"{at} % 64")


def _known(at: int) -> Site:
    return Site(str(at // 64), str(at % 64))


def _affine(slots: Slots, holder: Value, first: int) -> Site:
    index = f"(unsigned){holder.code}" if not first else f"((unsigned){holder.code} + {first})"
    if not slots.per:
        return Site(f"{slots.word} + {slots.span} * {index}" if slots.span > 1 else f"{slots.word} + {index}", str(slots.bit))
    start = f"{slots.bit} + " if slots.bit else ""
    if slots.per >= slots.count:
        return Site(str(slots.word), f"{start}{slots.width} * {index}")
    if slots.per == 1:
        return Site(f"{slots.word} + {index}", str(slots.bit))
    return Site(f"{slots.word} + {index} / {slots.per}", f"{start}{index} % {slots.per} * {slots.width}")


def read(b: Body, words: str, site: Site, t: Type) -> Value:
    """Return the value that lies there."""
    kept = normal(t)
    width = bits_of(kept)
    if width == 0:
        return Value(number(low_of(kept)) if sort_of(kept) == "number" else "0ull", kept)
    if sort_of(kept) != "words":
        shifted = f"{words}[{site.word}]" if site.shift == "0" else f"{words}[{site.word}] >> ({site.shift})"
        raw = f"({shifted})" if width == 64 else f"({shifted} & {mask(width)})"
        return b.hold(from_raw(raw, kept))
    many = words_of(kept)
    rows = [f"{words}[{site.word} + {i}]" for i in range(many)]
    if width % 64:
        rows[-1] += f" & {mask(width % 64)}"
    return b.hold(Value(f"{{{{{', '.join(rows)}}}}}", kept))


def write(b: Body, site: Site, v: Value) -> None:
    """Write a value of at least the field's width there, into the successor."""
    kept = normal(v.type)
    width = bits_of(kept)
    if width == 0:
        return
    if v.sort != "words":
        word = f"n[{site.word}]"
        raw = raw_of(b, v)
        b.line(
            f"{word} = ({word} & ~({mask(width)} << ({site.shift}))) | {raw} << ({site.shift});"
            if width < 64
            else f"{word} = {raw};"
        )
        return
    v, many = b.hold(v), words_of(kept)
    whole, rest = divmod(width, 64)
    for i in range(whole):
        b.line(f"n[{site.word} + {i}] = {v.code}.w[{i}];")
    if rest:
        word = f"n[{site.word} + {many - 1}]"
        b.line(f"{word} = ({word} & ~{mask(rest)}) | {v.code}.w[{many - 1}];")
