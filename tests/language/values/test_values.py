"""Values: freezing and thawing are inverse, rank is the position in the order, what does not fit is refused with its path."""

from __future__ import annotations

from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.language.declare import Group, Process, Record
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
    Size,
    TupleOf,
    Type,
)
from quorate.language.values.universe import Universe
from quorate.language.values.values import Misfit, count, freeze, json_of, key, order, rank, show, unrank, values

if TYPE_CHECKING:
    from collections.abc import Callable


class Color(Enum):
    RED = "z"
    BLUE = "a"


class Node(Process):
    pass


class Entry(Record):
    term: int
    flag: bool


nodes = Group(Node, 2)
for number, node in enumerate(nodes):
    node.number, node.label = number, f"Node {number + 1}"

TERM = Int(Size(0, "0"), Size(2, "TOP"))
ENTRY = RecordOf("Entry", (("term", TERM), ("flag", Bool())))
COLOR = Enumeration("Color", ("RED", "BLUE"))
NODE = ProcessId("Node", (0, 1))
UNIVERSE = Universe(nodes, {"Color": Color}, {"Entry": Entry})

scalars: st.SearchStrategy[Type] = st.sampled_from(
    [Bool(), TERM, Int(Size(-1, "-1"), Size(1, "1")), COLOR, NODE, Option(COLOR)]
)


def containers(items: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return st.one_of(
        items.map(Option).filter(lambda t: not isinstance(t.item, Option)),
        st.builds(ListOf, items, st.integers(0, 2).map(lambda n: Size(n, str(n)))),
        st.builds(TupleOf, st.tuples(items, items)),
        st.just(ENTRY),
        scalars.map(SetOf),
        st.builds(DictOf, scalars, items),
    )


types = st.recursive(scalars, containers, max_leaves=3).filter(lambda t: count(t) <= 20_000)


@given(types, st.data())
@settings(max_examples=150, deadline=None)
def test_rank_is_the_position_and_freezing_the_inverse_of_thawing(t: Type, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, count(t) - 1))
    frozen = unrank(t, position)
    assert rank(t, frozen) == position
    assert freeze(t, UNIVERSE.thaw(t, frozen)) == frozen
    assert UNIVERSE.from_json(t, UNIVERSE.to_json(t, frozen)) == frozen


@given(types.filter(lambda t: count(t) <= 300))
@settings(max_examples=60, deadline=None)
def test_values_come_in_order_and_each_once(t: Type) -> None:
    every = list(values(t))
    assert len(set(every)) == len(every) == count(t)
    assert all(key(t, a) < key(t, b) for a, b in pairwise(every))


@given(types.filter(lambda t: count(t) <= 300 and not has_dict(t)))
@settings(max_examples=60, deadline=None)
def test_thawed_values_sort_as_frozen_ones(t: Type) -> None:
    every = [UNIVERSE.thaw(t, frozen) for frozen in values(t)]
    shuffled = every[1::2] + every[::2]
    assert sorted(shuffled, key=order) == every


def has_dict(t: Type) -> bool:
    match t:
        case DictOf():
            return True
        case Option(item) | ListOf(item) | SetOf(item):
            return has_dict(item)
        case TupleOf(items):
            return any(map(has_dict, items))
        case _:
            return False


@pytest.mark.parametrize(
    ("t", "value", "says"),
    [
        (TERM, 3, "`x` would be 3, above its bound `TOP` = 2"),
        (TERM, -1, "`x` would be -1, below its bound 0"),
        (TERM, True, "`x` is True, not an `int`"),
        (Int(None, None), 2**63, f"`x` would be {2**63}, beyond 64 bits"),
        (Bool(), 1, "`x` is 1, not a `bool`"),
        (COLOR, 0, "`x` is 0, not a `Color`"),
        (NODE, None, "`x` is None, not a `Node`"),
        (ListOf(TERM, Size(1, "MAX")), [0, 0], "`x` would have 2 items, more than its bound `MAX` = 1"),
        (ListOf(ENTRY, Size(2, "2")), [Entry(0, True), Entry(5, True)], "`x[1].term` would be 5, above its bound `TOP` = 2"),
        (DictOf(COLOR, TERM), {Color.RED: 9}, "`x[Color.RED]` would be 9, above its bound `TOP` = 2"),
        (SetOf(TERM), {7}, "`x[...]` would be 7, above its bound `TOP` = 2"),
        (TupleOf((TERM, Bool())), (0, 0), "`x[1]` is 0, not a `bool`"),
        (TupleOf((TERM,)), [0], "`x` is [0], not a tuple of 1"),
        (ENTRY, (0, True), "`x` is (0, True), not a `Entry`"),
        (Nothing(), 0, "`x` is 0, not None"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(t: Type, value: object, says: str) -> None:
    with pytest.raises(Misfit) as caught:
        freeze(t, value, "x")
    assert caught.value.what == says


def test_frozen_forms_are_plain() -> None:
    assert freeze(COLOR, Color.BLUE) == 1
    assert freeze(DictOf(NODE, COLOR), {nodes[1]: Color.RED, nodes[0]: Color.BLUE}) == ((0, 1), (1, 0))
    assert freeze(ListOf(ENTRY, None), [Entry(1, False)]) == ((1, False),)
    assert freeze(SetOf(Option(NODE)), {None, nodes[0]}) == frozenset({None, 0})


def test_people_read_values_as_the_source_writes_them() -> None:
    thawed = {nodes[0]: (Color.RED, [Entry(1, True)], {nodes[1], nodes[0]}, None)}
    assert show(json_of(thawed)) == "{Node 1: (RED, [Entry(term=1, flag=True)], {Node 1, Node 2}, None)}"


CHANGES: dict[str, Callable[[list[int]], object]] = {
    "append": lambda xs: xs.append(1),
    "insert": lambda xs: xs.insert(0, 1),
    "extend": lambda xs: xs.extend([1]),
    "setitem": lambda xs: xs.__setitem__(0, 9),
    "slice": lambda xs: xs.__setitem__(slice(0, 0), [1, 1]),
    "iadd": lambda xs: xs.__iadd__([1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_list_of_a_field_checks_every_change(change: str) -> None:
    full = UNIVERSE.thaw(ListOf(TERM, Size(2, "2")), (0, 1))
    assert isinstance(full, list)
    with pytest.raises(Misfit):
        CHANGES[change](full)


def test_sets_and_dicts_of_a_field_check_every_change() -> None:
    terms = cast("set[int]", UNIVERSE.thaw(SetOf(TERM), frozenset()))
    table = cast("dict[int, int]", UNIVERSE.thaw(DictOf(TERM, TERM), ()))
    changes: list[Callable[[], object]] = [
        lambda: terms.add(3),
        lambda: terms.update([0, 3]),
        lambda: terms.__ior__({3}),
        lambda: terms.__ixor__({3}),
        lambda: table.__setitem__(3, 0),
        lambda: table.__setitem__(0, 3),
        lambda: table.update({0: 3}),
        lambda: table.setdefault(0, 3),
        lambda: table.__ior__({0: 3}),
    ]
    for change in changes:
        with pytest.raises(Misfit):
            change()


def test_a_record_copies_what_it_is_made_of() -> None:
    class Log(Record):
        entries: list[list[int]]

    inner = [1]
    log = Log([inner])
    inner.append(2)
    assert log.entries == [[1]]
