"""Packing is exact: `unpack` undoes `pack`, for every type, network and fault; and states are as small as they can be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.language.declare import FAULTS, ORDERS
from quorate.language.errors import Place, Unsupported
from quorate.language.packed.layout import Layout, Words
from quorate.language.packed.packing import bits_of, from_bits, longest_of, normal, size, to_bits
from quorate.language.program import ir
from quorate.language.values.state import Budget, Global, Parcel, Setting
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    TupleOf,
    Type,
)
from quorate.language.values.values import count, key, unrank
from tests.language.c import two_phase_commit

HERE = Place("layout.py", 1, 1)
NODES = ProcessId("Node", (0, 1, 2))


def between(low: int, high: int) -> Int:
    return Int(size(low), size(high))


SCALARS = st.one_of(
    st.just(Bool()),
    st.integers(-5, 5).flatmap(lambda low: st.integers(0, 20).map(lambda wide: between(low, low + wide))),
    st.integers(1, 5).map(lambda n: Enumeration("Color", tuple(f"C{i}" for i in range(n)))),
    st.just(NODES),
    st.just(Nothing()),
)


def wider(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    few = inner.filter(lambda t: count(t) <= 40)
    return st.one_of(
        inner.filter(lambda t: not isinstance(t, Option | Nothing)).map(Option),
        few.map(SetOf),
        st.tuples(few, inner).map(lambda kv: DictOf(*kv)),
        st.tuples(inner, st.integers(0, 4)).map(lambda it: ListOf(it[0], size(it[1]))),
        st.lists(inner, max_size=3).map(lambda items: TupleOf(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: RecordOf("Entry", tuple((f"f{i}", t) for i, t in enumerate(items)))),
    )


TYPES = st.recursive(SCALARS, wider, max_leaves=6)


def values_of(t: Type) -> st.SearchStrategy[object]:
    """Draw a frozen value of the type; built part by part, so that no rank is computed from the whole."""
    match t:
        case Option(item):
            return st.none() | values_of(item)
        case SetOf(item):
            return st.frozensets(values_of(item), max_size=4)
        case DictOf(k, v):
            pairs = st.dictionaries(values_of(k), values_of(v), max_size=3)
            return pairs.map(lambda d: tuple(sorted(d.items(), key=lambda kv: key(k, kv[0]))))
        case ListOf(item):
            return st.lists(values_of(item), max_size=longest_of(t)).map(tuple)
        case TupleOf(items):
            return st.tuples(*map(values_of, items))
        case RecordOf(_, fields):
            return st.tuples(*(values_of(f) for _, f in fields))
        case _:
            return st.integers(0, count(t) - 1).map(lambda place: unrank(t, place))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_packed_values_come_back(data: st.DataObject) -> None:
    t = normal(data.draw(TYPES))
    value, other = data.draw(values_of(t)), data.draw(values_of(t))
    bits = to_bits(t, value)
    assert 0 <= bits < 1 << bits_of(t)
    assert from_bits(t, bits) == value
    assert (bits == to_bits(t, other)) == (value == other)


def test_a_bound_that_is_not_known_is_said() -> None:
    with pytest.raises(Unsupported, match="no bound"):
        normal(ListOf(Bool(), None))
    with pytest.raises(Unsupported, match="possible items"):
        normal(SetOf(Int(None, None)))


@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 9)), max_size=12))
def test_no_two_slots_overlap_and_no_small_value_straddles(wanted: list[tuple[int, int]]) -> None:
    words = Words()
    placed = [words.place(width, many) for width, many in sorted(wanted, key=lambda wm: -wm[0] * wm[1])]
    taken: set[int] = set()
    for slots in placed:
        for i in range(slots.count):
            bits = set(range(slots.at(i), slots.at(i) + slots.width))
            assert not bits & taken
            assert not bits or max(bits) // 64 < len(words.used)
            if 0 < slots.width <= 64:
                assert min(bits) // 64 == max(bits) // 64
            taken |= bits


def test_two_phase_commit_with_nine_managers_is_one_word() -> None:
    layout = Layout.of(two_phase_commit.program(9), two_phase_commit.setting(9))
    assert (layout.fixed_words, layout.network.parcel_words, layout.network.bits) == (1, 0, 27)
    assert sum(s.width * s.count for s in layout.slots.values()) == 56


# -- whole states -----------------------------------------------------------------------------------------------------

MESSAGES = st.lists(st.lists(TYPES.filter(lambda t: bits_of(normal(t)) <= 90), max_size=2), min_size=1, max_size=3)


def program(fields: list[Type], shared: list[Type], messages: list[RecordOf]) -> ir.Program:
    """Return a program of three nodes that all send every message to all."""
    me, sender = ir.Local(NODES, "self"), ir.Local(NODES, "sender")
    everyone = ir.Const(SetOf(NODES), frozenset({0, 1, 2}))
    steps: list[ir.Step] = []
    for m in messages:
        send = ir.Send(ir.Local(m, "m"), everyone, me, every=True)
        steps.append(ir.Step(f"Node.{m.name}", "receive", "Node", (me, ir.Local(m, "m"), sender), (send,), HERE))
    kinds = {
        "Node": tuple(ir.StateField(f"f{i}", t, "durable", None) for i, t in enumerate(fields)),
        "History": tuple(ir.StateField(f"g{i}", t, "ghost", None) for i, t in enumerate(shared)),
    }
    nodes = tuple(ir.Holder("Node", i, f"Node {i + 1}", "nodes", i) for i in range(3))
    history = (ir.Holder("History", 0, "History", None, 0),)
    ids = {"Node": NODES, "Process": NODES}
    return ir.Program("any", (), nodes, history, kinds, ids, tuple(messages), tuple(steps), (), {}, (), frozenset())


LINKS = tuple((a, b) for a in range(3) for b in range(3) if a != b)


def budgets_of(data: st.DataObject) -> dict[str, Budget]:
    counts = st.none() | st.integers(1, 5)
    members = st.frozensets(st.integers(0, 2), min_size=1)
    return {f: Budget(data.draw(counts), data.draw(members)) for f in FAULTS if data.draw(st.booleans())}


def flight_of(data: st.DataObject, setting: Setting, messages: list[RecordOf]) -> tuple[Parcel, ...]:
    def parcel(tag: int, link: tuple[int, int], values: tuple[object, ...]) -> Parcel:
        return Parcel(*link, messages[tag].name, values)

    tags = st.integers(0, len(messages) - 1)
    one = tags.flatmap(lambda tag: st.builds(parcel, st.just(tag), st.sampled_from(LINKS), values_of(normal(messages[tag]))))
    found = data.draw(st.lists(one, max_size=5))
    if setting.network == "fifo":
        return tuple(sorted(found, key=lambda p: (p.source, p.target)))
    if setting.network == "set":
        found = list(dict.fromkeys(found))
    place = {m.name: i for i, m in enumerate(messages)}
    order = [(p.source, p.target, place[p.message], key(messages[place[p.message]], p.values)) for p in found]
    return tuple(p for _, p in sorted(zip(order, found, strict=True), key=lambda op: op[0]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_packed_states_come_back(data: st.DataObject) -> None:
    draw = data.draw
    fields, shared = draw(st.lists(TYPES, max_size=3)), draw(st.lists(TYPES, max_size=2))
    messages = [RecordOf(f"M{i}", tuple((f"x{j}", t) for j, t in enumerate(parts))) for i, parts in enumerate(draw(MESSAGES))]
    setting = Setting(draw(st.sampled_from(ORDERS)), 8, budgets_of(data), LINKS)
    layout = Layout.of(program(fields, shared, messages), setting)
    row = st.tuples(*(values_of(normal(t)) for t in fields))
    down = draw(st.frozensets(st.sampled_from(layout.mortals))) if layout.mortals else frozenset()
    cut = draw(st.frozensets(st.sampled_from(layout.links))) if layout.links else frozenset()
    left = [setting.budgets.get(f) for f in FAULTS]
    state = Global(
        (draw(row), draw(row), draw(row)),
        (draw(st.tuples(*(values_of(normal(t)) for t in shared))),),
        down,
        cut,
        flight_of(data, setting, messages),
        tuple(0 if b is None else None if b.count is None else draw(st.integers(0, b.count)) for b in left),
    )
    words = layout.pack(state)
    assert len(words) <= layout.max_words
    assert all(0 <= w < 1 << 64 for w in words)
    assert layout.unpack(words) == state
