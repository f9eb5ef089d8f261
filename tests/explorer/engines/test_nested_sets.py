"""Sets in sets, records, tuples and options, dicts in records, as items, keys, messages: both engines, brute force, a count."""

from __future__ import annotations

from dataclasses import replace
from math import comb
from textwrap import indent
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.verdict import Verdict
from tests.explorer.engines.agreement import agreed, answered, request
from tests.explorer.engines.samples import HEAD
from tests.oracle.search import explore

if TYPE_CHECKING:
    from pathlib import Path

NESTED = (
    HEAD
    + """
class Node(Process):
    pass

class Color(Enum):
    RED = auto()
    GREEN = auto()

class Team(Record):
    members: set[Node]

class Sealed(Record):
    members: frozenset[Node]

class Club(Record):
    teams: frozenset[Sealed]

class Deep(Record):
    pair: tuple[set[bool], Color] | None

class Row(Record):
    cells: dict[Node, bool]

class Rows(Record):
    by: dict[bool, frozenset[bool]]

class Tell(Message):
    what: {item}

class Keeper(Process):
    open: bool = durable(True)
    seen: set[{item}] = durable(set())
    names: dict[{item}, bool] = durable({{}})
    told: frozenset[{item}] = durable(frozenset())
    last: Annotated[list[{item}], Max(1)] = volatile([])

    @action
    def learn(self, x: {item}) -> None:
        require(self.open and len(self.seen) < 2)
        self.seen.add(x)

    @action
    def tell(self) -> None:
        require(self.open and len(self.seen) == 2)
        x = choose(self.seen)
        self.seen.discard(x)
        self.open = False
        send(Tell(what=x), to=keeper)

    @receive
    def on_tell(self, m: Tell) -> None:
        self.names[m.what] = m.what in self.seen
        self.told |= {{m.what}}
        self.last = [x for x in [m.what] if x in self.told]

nodes = Group(Node, 2)
keeper = Keeper.single()

@always
def names_are_told() -> bool:
    return keeper.told == frozenset(keeper.names) and all(name in keeper.told for name in keeper.names)

@always
def what_is_last_is_found() -> bool:
    return all(not keeper.names.get(x, True) for x in keeper.last) and set(keeper.last) == keeper.told

@never
def both() -> bool:
    return len(keeper.seen & keeper.told) > 0

@sometimes
def two() -> bool:
    return len({{x for x in keeper.seen}} | keeper.told) == 2
"""
)

ITEMS = {  # and how many values there are
    "frozenset[Node]": 4,
    "Team": 4,
    "frozenset[Team]": 16,
    "Sealed | None": 5,
    "tuple[frozenset[Node], bool]": 8,
    "Deep": 9,
    "Row": 9,
    "tuple[Row, bool]": 18,
    "Rows": 25,
    "tuple[Team, frozenset[tuple[bool]]]": 16,
    "Club": 16,
    "frozenset[tuple[Color, Node]]": 16,
    "frozenset[frozenset[Color] | None]": 32,
}

SMALL = 10  # values, beyond which brute force takes long


def written(folder: Path, source: str) -> Path:
    path = folder / "nested.py"
    path.write_text(source, encoding="utf-8")
    return path


@pytest.mark.parametrize("item", [pytest.param(t, marks=[pytest.mark.slow] if n > SMALL else []) for t, n in ITEMS.items()])
def test_a_nesting(tmp_path: Path, item: str) -> None:
    path = written(tmp_path, NESTED.format(item=item))
    found = agreed(path, depth=None, threads=(1,))
    assert not isinstance(found, str), found
    counts, n = found.exploration, ITEMS[item]
    # sets of at most two items; of each two, one is sent, and the other left; the same when that is received
    assert counts.states == 1 + n + comb(n, 2) + 2 * n * (n - 1)
    assert {a.verdict for a in found.answers} == {Verdict.HOLDS}
    if n <= SMALL:
        truth = explore(path, copies=True)
        assert (truth.error, truth.states, truth.edges, truth.depth) == (None, counts.states, counts.edges, counts.depth)


STORE = (
    HEAD
    + """
class Node(Process):
    pass

class Team(Record):
    members: set[Node]

class Sealed(Record):
    members: frozenset[Node]

class Store(Shared):
    one: frozenset[Node] = durable(frozenset())
    some: set[Node] = durable(set())
    teams: set[Team] = durable(set())
    sealed: set[frozenset[Node]] = durable(set())
    last: Sealed = durable(Sealed(members=frozenset()))
    by: dict[bool, frozenset[Node]] = durable({})

nodes = Group(Node, 2)
store = Store.single()
EVERYBODY = frozenset(nodes)

@action
def go(n: Node) -> None:
%s

@always
def small() -> bool:
    return len(store.one) + len(store.some) + len(store.teams) + len(store.sealed) + len(store.last.members) < %d
"""
)

RIGHT = {  # steps, the size from which they are violated, and how many states there are
    "a frozenset is assigned anew": ("store.one = store.one | {n}", 2, 4),
    "an augmented assignment makes a new one": ("before = store.one\nstore.one |= {n}\nrequire(n not in before)", 2, 4),
    "a set is kept as what the field is": (
        "store.one = {n}\nstore.last = Sealed({n})\nx = store.one | {n}\nstore.sealed.add(x | store.last.members)", 4, 5),
    "a frozenset is kept as a set": ("store.some = EVERYBODY - {n}\nstore.some.add(n)", 2, 2),
    "a record's set is looked at": ("store.teams.add(Team({n}))\nfor t in store.teams:\n    store.some |= t.members", 3, 4),
    "equal records are one item": ("store.teams.add(Team({*nodes}))\nstore.teams.add(Team({n, *others(n)}))", 1, 2),
    "a set is looked for among frozensets": (
        "store.sealed.add(frozenset({n}))\nrequire({n} in store.sealed)\nstore.sealed.discard({n} - {n})", 2, 4),
    "constants are frozensets": ("store.sealed.add(EVERYBODY)\nstore.sealed.add(EVERYBODY - {n})", 3, 4),
    "values of a dict": ("store.by[n is nodes[0]] = frozenset({n})\nstore.sealed |= {x for x in store.by.values()}", 2, 4),
    "a copy of one can change": ("x = set(store.one)\nx.add(n)\nstore.one = frozenset(x)", 2, 4),
    "what a group is taken from is a set": ("x = store.one & nodes\nx.add(n)\nstore.some = x", 1, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_set_of_either_sort_is_what_python_makes_of_it(tmp_path: Path, name: str) -> None:
    step, size, states = RIGHT[name]
    path = written(tmp_path, STORE % (indent(step, "    "), size))
    found = agreed(path, depth=None, threads=(1,))
    assert not isinstance(found, str), found
    assert (found.exploration.states, found.error, found.answers[0].verdict) == (states, "", Verdict.VIOLATED)
    truth = explore(path, copies=True)
    assert (truth.error, truth.states, truth.edges, truth.verdicts) == (
        None,
        states,
        found.exploration.edges,
        {"small": "violated"},
    )


EVERYWHERE = (
    HEAD
    + """
class Tell(Message):
    who: frozenset[Node]
    at: frozenset[int]
class Node(Process):
    one: frozenset[Node] = volatile(frozenset())
    nums: frozenset[Annotated[int, Range(0, 3)]] = durable(frozenset({1}))
    opt: frozenset[Node] | None = durable(None)
    h: set[frozenset[Node]] = ghost(set())
    lst: Annotated[list[frozenset[Node]], Max(2)] = durable([])
    @initial
    def start(self) -> None:
        self.one = frozenset({choose(nodes)})
    @action
    def go(self, xs: frozenset[Node]) -> None:
        require(len(self.lst) < 1)
        self.lst.append(xs)
        self.h.add(xs)
        for x in sorted(xs):
            self.one |= {x}
        self.nums = self.nums | {2} if len(xs) > 1 else self.nums - {1}
        send(Tell(who=xs & self.one, at=self.nums), to=nodes[0])
    @receive
    def on(self, m: Tell, sender: Node) -> None:
        self.opt = m.who
        if self.opt is not None and len(self.opt) > 0:
            y = choose(self.opt)
            self.opt = self.opt - {y}
            if 2 in m.at or sum(m.at) > 5:
                self.one = frozenset(x for x in self.one if x is not y)
        z = min(m.at, default=7)
        self.nums ^= frozenset({min(z, 3)})
nodes = Group(Node, 2)
@always
def a() -> bool:
    return all((n.opt is None or n.opt <= frozenset(nodes)) and all(frozenset(x) in n.h for x in n.lst) for n in nodes)
@step
def s() -> bool:
    return all(len(n.lst) >= len(old(n).lst) and old(n).nums <= n.nums | {1, 3, 2} for n in nodes)
@never
def d() -> bool:
    return any(len(n.one) == 2 and n.opt == frozenset() for n in nodes)
presets = [Preset("default", faults=Faults(crash=1, restart=1))]
"""
)


def test_frozensets_as_arguments_messages_ghosts_first_values_and_what_was_before(tmp_path: Path) -> None:
    found = agreed(written(tmp_path, EVERYWHERE), depth=4, threads=(1,))
    assert not isinstance(found, str), found
    assert (found.exploration.states, found.exploration.edges) == (1_226, 2_718)
    whole = answered(replace(request(tmp_path / "nested.py", depth=None), engine="native"))
    assert not isinstance(whole, str), whole
    assert (whole.exploration.states, whole.exploration.edges) == (2_074, 4_908)  # as brute force has it


REFUSED = {
    "a frozenset never changes": ("store.one.add(n)", "assign a new one: `store.one = store.one | {n}`"),
    "by a local name": ("x = store.one | {n}\nx.discard(n)", "assign a new one: `x = x - {n}`"),
    "in a dict": ("store.by[True] = frozenset()\nstore.by[True].update({n})", "`store.by[True] = store.by[True] | {n}`"),
    "a constant": ("x = EVERYBODY\nx.clear()", "assign a new one: `x = frozenset()`"),
    "what may be one": ("x = store.one if n is nodes[0] else {n}\nx.add(n)", "`x` is a `frozenset`, which never changes"),
    "a set in a set": ("store.sealed.add({n})", "Python cannot hash a `set[Node]`"),
    "a record's set in a set": ("store.sealed = {t.members for t in store.teams}", "Python cannot hash a `set[Node]`"),
    "a set in a tuple in a set": ("require(len({({n}, 1)}) == 1)", "Python cannot hash a `set[Node]`"),
    "a set in a display": ("require({n} in {store.one, {n}})", "Python cannot hash a `set[Node]`"),
    "a list in a set": ("require(len({[n]}) == 1)", "Python cannot hash a `list[Node]`"),
    "a set as a key": ("x = {{n}: 1}\nrequire(len(x) == 1)", "Python cannot hash a `set[Node]`"),
    "a set that is looked for among keys": ("x = {store.one: 1}\nrequire({n} in x)", "Python cannot hash a `set[Node]`"),
    "a set from a list of sets": ("x = [{n}]\nrequire(len(set(x)) == 1)", "Python cannot hash a `set[Node]`"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_python_would_not_do_is_refused(tmp_path: Path, name: str) -> None:
    step, words = REFUSED[name]
    refusal = answered(request(written(tmp_path, STORE % (indent(step, "    "), 1))))
    assert isinstance(refusal, str)
    assert words in refusal
    assert "nested.py:" in refusal


def test_what_is_refused_fails_in_python(tmp_path: Path) -> None:
    for step, _ in REFUSED.values():
        if "nodes[0]" not in step:  # it may fail, and does so in one branch
            truth = explore(written(tmp_path, STORE % (indent(step, "    "), 1)), copies=True)
            assert truth.error or "store.teams" in step, step
