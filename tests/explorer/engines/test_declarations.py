"""Declarations under conditions, declared twice, inherited: what Python made of them is what both engines check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result


def answered(folder: Path, source: str) -> Result | str:
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    return agreed(path, depth=None, threads=(1,))


def searched(folder: Path, source: str) -> Result:
    result = answered(folder, source)
    assert not isinstance(result, str), result
    return result


CONDITIONAL_FIELD = """
FAST = param(%s, "with the extra variable")

class Node(Process):
    on: bool = durable(False)
    if FAST:
        extra: bool = durable(False)

    if FAST:

        @action
        def flip(self) -> None:
            self.extra = not self.extra
    else:

        @action
        def flip(self) -> None:
            self.on = not self.on

node = Node.single()

@always
def fine() -> bool:
    return True
"""


@pytest.mark.parametrize("fast", [True, False])
def test_a_field_under_a_condition(tmp_path: Path, fast: bool) -> None:
    assert searched(tmp_path, CONDITIONAL_FIELD % fast).exploration.states == 2


CONDITIONAL_OVERRIDE = """
BIG = param(%s, "with the larger bound")

class Node(Process):
    x: Annotated[int, Range(0, 1)] = durable(0)
    if BIG:
        x: Annotated[int, Range(0, 3)] = durable(2)

    @action
    def inc(self) -> None:
        require(self.x < %s)
        self.x += 1

node = Node.single()

@always
def fine() -> bool:
    return node.x <= 1
"""


def test_the_last_declaration_of_a_field_counts(tmp_path: Path) -> None:
    result = searched(tmp_path, CONDITIONAL_OVERRIDE % (True, 3))
    assert [a.verdict.value for a in result.answers] == ["violated"]
    assert [len(a.trace.moments) for a in result.answers if a.trace] == [0]
    assert searched(tmp_path, CONDITIONAL_OVERRIDE % (False, 1)).exploration.states == 2


NESTED = """
SIZE = param(%s, "how large")

class Entry(Record):
    if SIZE > 1:
        if SIZE > 2:
            value: Annotated[int, Range(0, 9)]
        else:
            value: Annotated[int, Range(0, 2)]
    else:
        value: bool

if SIZE > 1:
    class Node(Process):
        entry: Entry = durable(Entry(value=0))
        @action
        def inc(self) -> None:
            require(self.entry.value < (9 if SIZE > 2 else 2))
            self.entry = Entry(value=self.entry.value + 1)
else:
    class Node(Process):
        entry: Entry = durable(Entry(value=False))
        @action
        def inc(self) -> None:
            require(not self.entry.value)
            self.entry = Entry(value=True)

node = Node.single()

@always
def fine() -> bool:
    return True
"""


@pytest.mark.parametrize(("size", "states"), [(1, 2), (2, 3), (3, 10)])
def test_the_branch_that_was_executed_counts(tmp_path: Path, size: int, states: int) -> None:
    assert searched(tmp_path, NESTED % size).exploration.states == states


def test_blocks_of_every_sort_declare(tmp_path: Path) -> None:
    source = """
from contextlib import nullcontext

class Node(Process):
    with nullcontext():
        a: bool = durable(False)
    try:
        b: bool = durable(False)
    finally:
        c: bool = durable(False)
    for _ in range(1):
        d: bool = durable(False)
    match 2:
        case 1:
            e: Annotated[int, Range(0, 9)] = durable(9)
        case _:
            e: bool = durable(False)
    @action
    def flip(self) -> None:
        self.a, self.b, self.c, self.d, self.e = self.b, self.c, self.d, self.e, not self.a

node = Node.single()

@always
def fine() -> bool:
    return True
"""
    assert searched(tmp_path, source).exploration.states == 10


def test_a_step_and_a_property_under_else(tmp_path: Path) -> None:
    source = """
SAFE = param(False, "with the guard")

class Node(Process):
    on: bool = durable(False)
    if SAFE:
        pass
    else:
        @action
        def flip(self) -> None:
            self.on = not self.on

node = Node.single()

if SAFE:
    @always
    def fine() -> bool:
        return True
else:
    @always
    def fine() -> bool:
        return not node.on
"""
    assert [a.verdict.value for a in searched(tmp_path, source).answers] == ["violated"]


REFUSED = {
    "an undeclared field under a condition": (
        "    if True:\n        extra = durable(False)\n",
        "the field `extra` has no type",
    ),
    "two fields at once": ("    x, y = durable(False), durable(True)\n", "the field `x` has no declaration of its own"),
    "one field under two names": (
        "    x: bool = durable(False)\n    y: bool = x\n",
        "the field `x` has no declaration of its own",
    ),
    "a field by its name as text": ("    locals()['x'] = durable(False)\n", "the field `x` has no declaration of its own"),
    "a step twice": (
        "    @action\n    def flip(self) -> None:\n        self.on = False\n",
        "the step `Node.flip` is never taken",
    ),
    "a step that becomes a field": ("    flip: bool = durable(False)\n", "the step `Node.flip` is never taken"),
    "a step in a function": (
        "def make() -> None:\n    @action\n    def go() -> None:\n        node.on = False\nmake()\n",
        "is declared in a function",
    ),
    "a step in another class": (
        "class Other:\n    @action\n    def go(self) -> None:\n        pass\n",
        "the step `Other.go` is never taken",
    ),
    "a step in a record": (
        "class Other(Record):\n    x: bool\n    @action\n    def go(self) -> None:\n        pass\n",
        "the step `Other.go` is never taken",
    ),
    "a step under another decorator": (
        "    def logged(f):\n        return lambda me: f(me)\n    @logged\n    @action\n    def go(self) -> None: ...\n",
        "the step `Node.go` is never taken",
    ),
    "a step replaced by a helper": (
        "class Special(Node):\n    def flip(self) -> None:\n        self.on = True\nspecial = Special.single()\n",
        "`Special.flip` replaces an inherited `@action` and is no step itself",
    ),
    "a field hidden by a value": (
        "class Special(Node):\n    on = True\nspecial = Special.single()\n",
        "the field `on` is hidden in `Special`",
    ),
    "a class without a statement": (
        "Late = type('Late', (Process,), {})\nlate = Late.single()\n",
        "the class `Late` has no statement",
    ),
}
NODE = """
class Node(Process):
    on: bool = durable(False)
    @action
    def flip(self) -> None:
        self.on = not self.on
"""


@pytest.mark.parametrize("name", REFUSED)
def test_a_declaration_that_is_not_read_is_refused(tmp_path: Path, name: str) -> None:
    more, says = REFUSED[name]
    said = answered(tmp_path, NODE + more + "node = Node.single()\n")
    assert isinstance(said, str)
    assert says in said


def test_a_subclass_replaces_a_step_of_the_same_name(tmp_path: Path) -> None:
    source = """
class Special(Node):
    @action
    def flip(self) -> None:
        self.on = True

special = Special.single()

@step
def it_stays_on() -> bool:
    return special.on or not old(special).on
"""
    result = searched(tmp_path, NODE + source)
    assert result.exploration.states == 2
    assert [a.verdict.value for a in result.answers] == ["holds"]


def test_a_mixin_declares_too(tmp_path: Path) -> None:
    source = """
class Lamp:
    on: bool = durable(False)
    @action
    def flip(self) -> None:
        self.on = not self.on

class Node(Lamp, Process):
    pass

class Other(Lamp, Process):
    pass

node, other = Node.single(), Other.single()

@sometimes
def both() -> bool:
    return node.on and other.on
"""
    assert searched(tmp_path, source).exploration.states == 4
