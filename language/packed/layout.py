"""Where everything of a state lies in its packed words, and the way in and out: `Layout.pack`, `Layout.unpack`.

The fields of a kind lie field by field, each an array over the kind's processes, so that `p.field` is one shift and one
mask. An array that fits into one word lies in one word; no value of at most 64 bits lies across two. Then come who is down,
which links are cut, what is left of each fault's budget, and what is in flight: a bit for each message that can be, where
the network is a `set` and these are few, else the number of parcels, which follow the fixed words.

Read next: `to_c.py`, which steps on these words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

from quorate.language.declare import FAULTS
from quorate.language.packed.flight import WORD, network_of, payload_rank, payload_unrank
from quorate.language.packed.packing import bits_of, from_bits, normal, to_bits
from quorate.language.packed.routes import Pair, Routes, routes_of
from quorate.language.values.state import Global, Parcel
from quorate.language.values.values import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from quorate.language.packed.flight import Network
    from quorate.language.program.ir import Holder, Program
    from quorate.language.values.state import Frozen, Setting
    from quorate.language.values.types import Type

    Reader = Callable[[int], Frozen]

MEMORY = 1 << 16  # values that unpacking remembers, of each sort

Key = tuple[str, ...]  # ("field", kind, name), ("shared", number, name), ("down",), ("budget", fault) ...


@dataclass(frozen=True, slots=True)
class Slots:
    """An array of `count` values of `width` bits: `per` in a word, from bit `bit` of word `word`; 0 `per`: some words each."""

    width: int
    count: int
    word: int
    bit: int
    per: int

    @property
    def span(self) -> int:
        """Return the words of one value that takes several."""
        return -(-self.width // WORD)

    def at(self, index: int) -> int:
        """Return the offset of a value, in bits from the start of the state."""
        if not self.per:
            return (self.word + index * self.span) * WORD + self.bit
        return (self.word + index // self.per) * WORD + self.bit + index % self.per * self.width


class Words:
    """Gives out space in words: first fit, the largest first."""

    def __init__(self) -> None:
        self.used: list[int] = []  # of each word, from its bit 0

    def place(self, width: int, many: int) -> Slots:
        total = width * many
        if width > WORD:
            return self._wide(width, many)
        if total > WORD:
            per = WORD // width
            first = len(self.used)
            whole, rest = divmod(many, per)
            self.used += [per * width] * whole + ([rest * width] if rest else [])
            return Slots(width, many, first, 0, per)
        word = next((i for i, used in enumerate(self.used) if used + total <= WORD), None)
        if word is None:
            word = len(self.used)
            self.used.append(0)
        slots = Slots(width, many, word, self.used[word], max(many, 1))
        self.used[word] += total
        return slots

    def _wide(self, width: int, many: int) -> Slots:
        first = len(self.used)
        for _ in range(many):
            self.used += [WORD] * (width // WORD) + ([width % WORD] if width % WORD else [])
        return Slots(width, many, first, 0, 0)


@dataclass(frozen=True)
class Layout:
    """The form of the states of one program under one setting."""

    program: Program
    setting: Setting
    routes: Routes
    network: Network
    slots: dict[Key, Slots]
    fixed_words: int

    @staticmethod
    def of(program: Program, setting: Setting) -> Layout:
        """Return the layout. Errors: Unsupported where a type has no packed form."""
        routes = routes_of(program)
        network = network_of(program, setting, routes)
        wanted = _wanted(program, setting, network)
        words, slots = Words(), {}
        for what, (width, many) in sorted(wanted.items(), key=lambda item: -item[1][0] * item[1][1]):
            slots[what] = words.place(width, many)
        return Layout(program, setting, routes, network, slots, max(1, len(words.used)))

    @property
    def max_words(self) -> int:
        """Return the length of the longest state."""
        return self.fixed_words + self.network.parcel_words * self.network.most

    # -- keys ---------------------------------------------------------------------------------------------------------

    def field(self, holder: Holder, name: str) -> int:
        """Return the offset of a process's field in bits."""
        return self.slots["field", holder.kind, name].at(self.place_in_kind[holder.number])

    def shared_field(self, number: int, name: str) -> int:
        """Return the offset of a shared field in bits."""
        return self.slots["shared", str(number), name].at(0)

    def without_shared(self, numbers: Iterable[int]) -> tuple[int, ...]:
        """Return the fixed words with all bits set but those of the fields of some shared state."""
        words = _Bits(self.fixed_words)
        for number in numbers:
            for field in self.program.fields[self.program.shared[number].kind]:
                words.write(self.shared_field(number, field.name), (1 << bits_of(normal(field.type))) - 1)
        return tuple(~word & (1 << WORD) - 1 for word in words.words())

    @cached_property
    def place_in_kind(self) -> tuple[int, ...]:
        """Return for each process how many of its very kind come before it."""
        seen: dict[str, int] = {}
        places = []
        for holder in self.program.processes:
            places.append(seen.get(holder.kind, 0))
            seen[holder.kind] = places[-1] + 1
        return tuple(places)

    @cached_property
    def mortals(self) -> tuple[int, ...]:
        """Return the processes that can be down."""
        return mortals(self.setting)

    @cached_property
    def links(self) -> tuple[Pair, ...]:
        """Return the links that can be cut."""
        return cuttable(self.setting)

    # -- in and out -----------------------------------------------------------------------------------------------------

    def pack(self, state: Global) -> tuple[int, ...]:
        """Return the words of a state. Requires: the state is in canonical form."""
        words = _Bits(self.fixed_words)
        for holder, values in zip(self.program.processes, state.fields, strict=True):
            for field, value in zip(self.program.fields[holder.kind], values, strict=True):
                words.write(self.field(holder, field.name), to_bits(normal(field.type), value))
        for holder, values in zip(self.program.shared, state.shared, strict=True):
            for field, value in zip(self.program.fields[holder.kind], values, strict=True):
                words.write(self.shared_field(holder.number, field.name), to_bits(normal(field.type), value))
        for index, process in enumerate(self.mortals):
            words.write(self.slots[("down",)].at(index), process in state.down)
        for index, link in enumerate(self.links):
            words.write(self.slots[("cut",)].at(index), link in state.cut)
        for fault, left in zip(FAULTS, state.budgets, strict=True):
            if ("budget", fault) in self.slots:
                assert left is not None
                words.write(self.slots["budget", fault].at(0), left)
        flight = self._pack_flight(words, state.flight)
        return (*words.words(), *flight)

    def _pack_flight(self, words: _Bits, flight: tuple[Parcel, ...]) -> list[int]:
        net, start = self.network, self.slots[("flight",)].at(0)
        if net.bitmap:
            for parcel in flight:
                block = next(b for b in net.blocks if b.message.name == parcel.message)
                pair = block.pairs.index((parcel.source, parcel.target))
                words.write(start + block.first + pair * block.values + payload_rank(block.message, parcel.values), 1)
            return []
        words.write(start, len(flight))
        packed = [self._parcel(p) for p in flight]
        packed.sort(key=lambda bits: bits >> net.route_at if self.setting.network == "fifo" else bits)
        return [bits >> WORD * i & (1 << WORD) - 1 for bits in packed for i in range(net.parcel_words)]

    def _parcel(self, parcel: Parcel) -> int:
        net = self.network
        tag = next(i for i, m in enumerate(net.messages) if m.name == parcel.message)
        route = net.routes.index((parcel.source, parcel.target))
        return to_bits(net.messages[tag], parcel.values) | tag << net.message_at | route << net.route_at

    def unpack(self, words: Sequence[int]) -> Global:
        """Return the state of packed words: the inverse of `pack`."""
        whole = sum(w << WORD * i for i, w in enumerate(words[: self.fixed_words]))
        fields, shared = (tuple(tuple(read(whole) for read in row) for row in rows) for rows in self._readers)
        down = frozenset(p for i, p in enumerate(self.mortals) if whole >> self.slots[("down",)].at(i) & 1)
        cut = frozenset(link for i, link in enumerate(self.links) if whole >> self.slots[("cut",)].at(i) & 1)
        budgets = tuple(self._budget(fault, whole) for fault in FAULTS)
        return Global(fields, shared, down, cut, self._unpack_flight(whole, words), budgets)

    def _budget(self, fault: str, whole: int) -> int | None:
        if ("budget", fault) not in self.slots:
            return None if fault in self.setting.budgets else 0
        slot = self.slots["budget", fault]
        return whole >> slot.at(0) & (1 << slot.width) - 1

    def _unpack_flight(self, whole: int, words: Sequence[int]) -> tuple[Parcel, ...]:
        net, slot = self.network, self.slots[("flight",)]
        if net.bitmap:
            bits = whole >> slot.at(0) & (1 << net.bits) - 1
            found = [self._of_bit(at) for at in _ones(bits)]
        else:
            many = whole >> slot.at(0) & (1 << slot.width) - 1
            starts = [self.fixed_words + i * net.parcel_words for i in range(many)]
            found = [self._opened(sum(words[s + i] << WORD * i for i in range(net.parcel_words))) for s in starts]
        if self.setting.network == "fifo":
            return tuple(sorted(found, key=lambda p: (p.source, p.target)))
        return tuple(sorted(found, key=self._parcel_key))

    @cached_property
    def _readers(self) -> tuple[list[list[Reader]], list[list[Reader]]]:
        """Return what reads each field of each process, and of shared state, out of the fixed words as one number."""
        kept: dict[Type, Reader] = {}
        rows: tuple[list[list[Reader]], list[list[Reader]]] = [], []
        for holder in self.program.processes:
            fields = self.program.fields[holder.kind]
            rows[0].append([_reader(normal(f.type), self.field(holder, f.name), kept) for f in fields])
        for holder in self.program.shared:
            fields = self.program.fields[holder.kind]
            rows[1].append([_reader(normal(f.type), self.shared_field(holder.number, f.name), kept) for f in fields])
        return rows

    @cached_property
    def _of_bit(self) -> Callable[[int], Parcel]:
        """Return what tells the message of a bit of the bitmap."""

        def parcel(at: int) -> Parcel:
            block = next(b for b in reversed(self.network.blocks) if b.first <= at)
            pair, value = divmod(at - block.first, block.values)
            return Parcel(*block.pairs[pair], block.message.name, payload_unrank(block.message, value))

        return lru_cache(MEMORY)(parcel)

    @cached_property
    def _opened(self) -> Callable[[int], Parcel]:
        """Return `_open` with a memory: the same few messages are in flight in most states."""
        return lru_cache(MEMORY)(self._open)

    def _open(self, bits: int) -> Parcel:
        net = self.network
        tag = (bits & (1 << net.route_at) - 1) >> net.message_at
        message = net.messages[tag]
        values = from_bits(message, bits)
        assert isinstance(values, tuple)
        return Parcel(*net.routes[bits >> net.route_at], message.name, values)

    @cached_property
    def _parcel_key(self) -> Callable[[Parcel], tuple[object, ...]]:
        return lru_cache(MEMORY)(self._key)

    def _key(self, parcel: Parcel) -> tuple[object, ...]:
        tag, message = next((i, m) for i, m in enumerate(self.program.messages) if m.name == parcel.message)
        return parcel.source, parcel.target, tag, key(message, parcel.values)


def _ones(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _reader(t: Type, at: int, kept: dict[Type, Reader]) -> Reader:
    """Return what reads a value at this offset; values of one type share a memory."""
    mask = (1 << bits_of(t)) - 1
    if t not in kept:
        kept[t] = lru_cache(MEMORY)(partial(from_bits, t))
    read = kept[t]
    return lambda whole: read(whole >> at & mask)


class _Bits:
    """The fixed words of a state as they are filled."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.whole = 0

    def write(self, at: int, bits: int) -> None:
        self.whole |= int(bits) << at

    def words(self) -> list[int]:
        return [self.whole >> WORD * i & (1 << WORD) - 1 for i in range(self.length)]


def mortals(setting: Setting) -> tuple[int, ...]:
    """Return the processes that a setting's faults can take down."""
    hit = [setting.budgets[f].members for f in ("crash", "amnesia") if f in setting.budgets]
    return tuple(sorted(frozenset[int]().union(*hit)))


def cuttable(setting: Setting) -> tuple[Pair, ...]:
    """Return the links that a setting's faults can cut."""
    if "cut" not in setting.budgets:
        return ()
    members = setting.budgets["cut"].members
    return tuple(sorted((a, b) for a, b in setting.links if a != b and a in members and b in members))


def _wanted(program: Program, setting: Setting, network: Network) -> dict[Key, tuple[int, int]]:
    """Return the width and number of everything that needs room in the fixed words."""
    wanted: dict[Key, tuple[int, int]] = {}
    kinds = [h.kind for h in program.processes]
    for kind in dict.fromkeys(kinds):
        for field in program.fields[kind]:
            wanted["field", kind, field.name] = bits_of(normal(field.type)), kinds.count(kind)
    for holder in program.shared:
        for field in program.fields[holder.kind]:
            wanted["shared", str(holder.number), field.name] = bits_of(normal(field.type)), 1
    wanted[("down",)] = 1, len(mortals(setting))
    wanted[("cut",)] = 1, len(cuttable(setting))
    for fault, budget in setting.budgets.items():
        if budget.count is not None:
            wanted["budget", fault] = budget.count.bit_length(), 1
    wanted[("flight",)] = (network.bits, 1)
    return wanted
