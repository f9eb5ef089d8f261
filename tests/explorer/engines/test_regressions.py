"""Small protocols on which the engines once differed, or that one of them refused: each means the same in both, and this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

SMALL = "Small = Annotated[int, Range(0, 2)]\n"


def verdicts(folder: Path, source: str) -> tuple[int, dict[str, str]]:
    """Return the number of states and each property's verdict, the same in both engines."""
    path = folder / "model.py"
    path.write_text(HEAD + SMALL + source, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    return result.exploration.states, {a.name: str(a.verdict.value) for a in result.answers}


def refusal(folder: Path, source: str) -> str:
    """Return the words in which both engines refuse a model."""
    path = folder / "model.py"
    path.write_text(HEAD + SMALL + source, encoding="utf-8")
    said = agreed(path)
    assert isinstance(said, str), said
    return said


def test_an_enum_that_no_field_has(tmp_path: Path) -> None:
    source = """
class Color(Enum):
    RED = 1
    BLUE = 2

class Node(Process):
    n: Small = durable(0)

    @action
    def paint(self) -> None:
        if choose(list(Color)) is Color.RED:
            self.n = len(set(Color))
        for color in Color:
            if color is Color.BLUE and self.n == 2:
                self.n = 1

nodes = Group(Node, 2)

@always
def never_two() -> bool:
    return all(n.n < 2 for n in nodes)
"""
    assert verdicts(tmp_path, source) == (4, {"never_two": "holds"})


def test_two_enums_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "colors.py").write_text("from enum import Enum\nclass Color(Enum):\n    RED = 1\n", encoding="utf-8")
    source = "import colors\nclass Color(Enum):\n    BLUE = 1\nclass Node(Process):\n    a: Color = durable(Color.BLUE)\n"
    source += "    b: colors.Color = durable(colors.Color.RED)\nnode = Node.single()\n"
    assert "there are two enums `Color`" in refusal(tmp_path, source)


def test_tuples_of_numbers_and_truth_values_have_an_order(tmp_path: Path) -> None:
    source = """
class Ask(Message):
    term: Small
    length: Small

class Node(Process):
    log: Annotated[list[Small], Max(1)] = durable([])
    best: tuple[Small, bool] = durable((0, False))
    fresh: bool = durable(False)

    @action
    def write(self, term: Small, done: bool) -> None:
        require(not self.log)
        self.log.append(term)
        self.best = max(self.best, (1, done))
        if (term, done) > self.best:
            self.best = (term, done)
        send(Ask(term, len(self.log)), to=self)

    @receive
    def on_ask(self, m: Ask) -> None:
        self.fresh = (m.term, m.length) >= (self.log[-1], len(self.log))

nodes = Group(Node, 1)

@always
def best_is_never_less() -> bool:
    return all((n.best, 1) >= ((0, False), len(n.log) - 1) for n in nodes)

@sometimes
def fresh() -> bool:
    return any(n.fresh for n in nodes)
"""
    assert verdicts(tmp_path, source) == (13, {"best_is_never_less": "holds", "fresh": "holds"})


@pytest.mark.parametrize(
    ("value", "size"),
    [("self.s ^ nodes", 2), ("nodes ^ {self}", 1), ("nodes - self.s", 2), ("{self} | nodes", 2), ("set(nodes) - nodes", 0)],
)
def test_a_group_on_either_side_of_a_set_operation(value: str, size: int, tmp_path: Path) -> None:
    source = f"""
class Node(Process):
    s: set[Node] = durable(set())

    @action
    def once(self) -> None:
        require(not self.s)
        self.s = {value}

nodes = Group(Node, 2)

@always
def size() -> bool:
    return all(len(n.s) in (0, {size}) for n in nodes)
"""
    assert verdicts(tmp_path, source) == (4 if size else 1, {"size": "holds"})


def test_a_base_class_without_processes_of_its_own(tmp_path: Path) -> None:
    source = """
class Animal(Process):
    mood: bool = durable(False)

    @property
    def calm(self) -> bool:
        return not self.mood

class Cat(Animal):
    friend: Animal | None = durable(None)

    @action
    def follow(self, other: Animal) -> None:
        self.friend = other

class Dog(Animal):
    pass

cats = Group(Cat, 2)
dog = Dog.single()

@action
def annoy(who: Animal) -> None:
    require(not who.mood)
    who.mood = True

@always
def friends_are_calm() -> bool:
    return all(c.friend is None or c.friend.calm for c in cats)
"""
    assert verdicts(tmp_path, source) == (128, {"friends_are_calm": "violated"})


GHOSTS = """
class Node(Process):
    n: Small = durable(0)
    seen: Small = ghost(0)
    twice: bool = ghost(False)

    def note(self) -> None:
        if self.seen == 1:
            self.twice = True

    @action
    def count(self) -> None:
        self.n = (self.n + 1) % 3
        {update}

nodes = Group(Node, 1)
helper = Node.note  # one example uses it

@never
def twice() -> bool:
    return any(n.twice for n in nodes)
"""


@pytest.mark.parametrize(
    "update",
    [
        "self.seen, self.twice = min(self.seen + 1, 2), self.seen == 1",
        "if self.seen == 1: self.twice = True\n        self.seen = self.n",
        "self.note()\n        self.seen = self.n",
    ],
)
def test_a_ghost_may_decide_what_another_ghost_becomes(update: str, tmp_path: Path) -> None:
    states, answers = verdicts(tmp_path, GHOSTS.format(update=update))
    assert (states > 3, answers) == (True, {"twice": "violated"})


@pytest.mark.parametrize(
    "body", ["self.n = 1", "require(self.n == 1)", "self.twice = choose([True, False])", "skip()", "self.n += 0"]
)
def test_a_ghost_decides_nothing_else(body: str, tmp_path: Path) -> None:
    said = refusal(tmp_path, GHOSTS.format(update=f"if self.seen == 1:\n            {body}"))
    assert "`seen` is a ghost, and it decides" in said


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("[1].count(m.value)", "m.value == 1"),
        ("{1: 2}.get(m.value, 0) // 2", "m.value == 1"),
        ("1 if {1: 2}.get(m.value) == 2 else 0", "m.value == 1"),
        ("len(self.ones)", "m.value != 1"),
        ("len(self.named)", "m.value != 1"),
    ],
)
def test_what_is_looked_for_may_lie_outside_the_bounds_of_what_there_is(value: str, expected: str, tmp_path: Path) -> None:
    source = f"""
One = Annotated[int, Range(1, 1)]

class Look(Message):
    value: Small

class Node(Process):
    ones: set[One] = durable({{1}})
    named: dict[One, bool] = durable({{1: True}})
    asked: Small | None = durable(None)
    found: Small = durable(0)

    @action
    def ask(self, value: Small) -> None:
        require(self.asked is None)
        self.asked = value
        send(Look(value), to=self)

    @receive
    def on_look(self, m: Look) -> None:
        self.ones.discard(m.value)
        self.named.pop(m.value, None)
        self.found = {value}
        assert (self.found == 1) == ({expected})

node = Node.single()

@always
def small() -> bool:
    return node.found < 2
"""
    assert verdicts(tmp_path, source) == (7, {"small": "holds"})


def test_a_set_of_a_dict_is_a_copy(tmp_path: Path) -> None:
    source = """
class Node(Process):
    acks: dict[Node, Small] = durable({})
    names: set[Node] = durable(set())

    @action
    def note(self, other: Node) -> None:
        require(not self.acks)
        self.acks[other] = 1
        before = set(self.acks)
        self.acks.clear()
        self.names = before

nodes = Group(Node, 2)

@always
def one() -> bool:
    return all(len(n.names) <= 1 for n in nodes)
"""
    assert verdicts(tmp_path, source) == (9, {"one": "holds"})


@pytest.mark.parametrize(
    "test",
    [
        "sum(i * x for i, x in enumerate(n.log)) == 0",
        "max(n.log, key=lambda x: -x, default=0) == 0",
        "n == (None if n.log else None)",
    ],
)
def test_causes_are_found_in_any_expression(test: str, tmp_path: Path) -> None:
    source = f"""
class Node(Process):
    log: Annotated[list[Small], Max(2)] = durable([])

    @action
    def write(self, value: Small) -> None:
        require(len(self.log) < 2)
        self.log.append(value)

nodes = Group(Node, 1)

@always
def small() -> bool:
    return all({test} for n in nodes)
"""
    assert verdicts(tmp_path, source) == (13, {"small": "violated"})
