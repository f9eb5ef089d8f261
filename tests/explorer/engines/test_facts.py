"""What is known at a point of a body ends where it is changed: the engines agree where a stale fact would have told them apart.

Each case is the body of a class with `x`, of 0 to 9, and plain integers whose bounds are inferred from the facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

TOP = """
Small = Annotated[int, Range(0, 9)]

class Note(Message):
    pass

class Box(Shared):
    n: Small = durable(0)

box = Box.single()

class Server(Process):
    x: Small = durable(1)
    y: Small = durable(1)
    k: int = durable(0)
    peer: Server | None = durable(None)

    def current(self) -> int:
        return self.x

    def bump(self) -> bool:
        self.x = 9
        return True

    def raised(self) -> int:
        self.x = 9
        return 5

    def through(self) -> bool:
        return self.bump()

    def fill(self) -> bool:
        box.n = 9
        return True

    def forgets(self) -> bool:
        self.peer = None
        return True

    @receive
    def on_note(self, m: Note) -> None:
        self.y = 0

    @action
    def call_each(self) -> None:
        require(self.k < 0)
        require(self.current() + self.raised() > 0 and self.through() and self.fill() and self.forgets())

    @action
    def start(self, x: Small) -> None:
        require(self.k == 0)
        self.x = x
"""
END = """
servers = Group(Server, {size})
helpers = (Server.current, Server.bump, Server.raised, Server.through, Server.fill, Server.forgets)  # each example uses some

@always
def small() -> bool:
    return all(s.k < 9 for s in servers)
"""
METHOD = "    @action\n    def act(self) -> None:\n        "

IN_A_METHOD = {
    "a call": "if self.current() < 3:\n    self.x = 9\n    self.k = self.current()",
    "a choice": "if choose([1, 5]) == 1:\n    self.k = choose([1, 5])",
    "a choice of a set": "if choose({1, 5}) < 3 and choose({1, 5}) > 3:\n    self.k = choose({1, 5})",
    "and": "if self.x < 3 and self.bump():\n    self.k = self.x",
    "and, through a helper": "if self.x < 3 and self.through():\n    self.k = self.x",
    "and, then more": "if self.x < 3 and self.bump() and self.y < 3:\n    self.k = self.x",
    "or": "if self.x > 3 or not self.bump():\n    pass\nelse:\n    self.k = self.x",
    "or, either": "if self.x < 3 or self.bump():\n    self.k = self.x",
    "not and": "if not (self.x < 3 and self.bump()):\n    self.k = 1\nelse:\n    self.k = self.x",
    "beside it": "if self.x < self.raised():\n    self.k = self.x",
    "beside it, swapped": "if self.raised() > self.x:\n    self.k = self.x",
    "equal beside it": "if self.x == self.raised():\n    self.k = self.x",
    "between": "if self.x < 3:\n    self.bump()\n    self.k = self.x",
    "in a condition between": "if self.x < 3:\n    if self.y < 3 and self.bump():\n        self.k = self.x",
    "in a condition that fails": "if self.x < 3:\n    if self.y < 3 and not self.bump():\n        pass\n    self.k = self.x",
    "in an arm": "if self.x < 3:\n    b = self.bump() if self.y < 3 else False\n    self.k = self.x",
    "in a test of an arm": "if self.x < 3:\n    b = 1 if self.bump() else 2\n    self.k = self.x + b",
    "in the arm itself": "self.k = (self.raised() + self.x) if self.x < 3 else 0",
    "after it in one sum": "if self.x < 3:\n    self.k = self.raised() + self.x",
    "in a chain": "if 0 < self.x < self.raised():\n    self.k = self.x",
    "required": "require(self.x < 3)\nself.bump()\nself.k = self.x",
    "required at once": "require(self.x < 3 and self.bump())\nself.k = self.x",
    "assigned": "if self.x < 3:\n    self.x += 5\n    self.k = self.x",
    "kept in a local": "if self.x < 3:\n    v = self.x\n    self.bump()\n    self.k = v + self.x",
    "a local assigned": "v = self.x\nif v < 3:\n    v = v + 5\n    self.k = v",
    "a local walked": "v = 1\nfor v in [5, 6]:\n    pass\nself.k = v",
    "a local walked, of a pair": "v = 1\nfor i, v in enumerate([5, 6]):\n    self.k = v",
    "at the head of a loop": "v = 0\nfor i in range(3):\n    self.k = v\n    v = self.x",
    "at the head of a loop, a field": "if self.x < 3:\n    for i in range(2):\n        self.k = self.x\n        self.x = 8",
    "at the head of a loop, a helper": "if self.x < 3:\n    for i in range(2):\n        self.k = self.x\n        self.bump()",
    "after a loop": "if self.x < 3:\n    for i in range(self.y):\n        self.bump()\n    self.k = self.x",
    "after a break": "if self.x < 3:\n    for i in range(2):\n        if self.bump():\n            break\n    self.k = self.x",
    "after a continue": "if self.x < 3:\n    for i in range(2):\n        self.k = self.x\n        if self.y < 3:\n"
    "            self.x = 7\n            continue\n        self.x = 1",
    "in a loop in a loop": "v = 0\nfor i in range(2):\n    for j in range(2):\n        if v < 3:\n            self.k = v\n"
    "        v = j * 4",
    "shared": "if box.n < 3:\n    self.fill()\n    self.k = box.n",
    "shared, at once": "if box.n < 3 and self.fill():\n    self.k = box.n",
    "sending changes nothing": "if self.x < 3:\n    send(Note(), to=self)\n    self.k = self.x",
    "present": "if self.peer is not None and self.forgets():\n    self.k = 1 if self.peer is None else 2",
    "unpacked": "if self.x < 3:\n    self.x, self.k = 9, self.x",
    "unpacked after it": "if self.x < 3:\n    b, self.k = self.raised(), self.x",
    "not equal": "if self.x != 9:\n    self.k = self.x",
    "not equal, and then": "if self.x != 9 and self.bump():\n    self.k = self.x",
    "in a display": "if self.x < 3:\n    t = (self.raised(), self.x)\n    self.k = t[1]",
    "in a comprehension": "if self.x < 3:\n    l = [self.raised() for i in [1, 2]]\n    self.k = self.x + len(l)",
    "in a comprehension's condition": "if self.x < 3:\n    l = [i for i in [1, 2] if self.bump()]\n    self.k = self.x",
    "in any": "if self.x < 3 and any([self.bump() for i in [1, 2]]):\n    self.k = self.x",
    "in a minimum": "if self.x < 3:\n    self.k = min(self.raised(), 7) + self.x",
    "in an argument": "if self.x < 3:\n    self.k = max(self.current(), self.raised()) + self.current() + self.x",
}
IN_A_FUNCTION = {
    "two names of one process": "if p.x < 3:\n    q.x = 9\n    p.k = p.x",
    "a helper through another name": "if p.x < 3 and q.bump():\n    p.k = p.x",
    "through a field": "if p.peer is not None and p.peer.x < 3:\n    q.x = 8\n    p.k = p.peer.x",
    "a field on the way": "if p.peer is not None and p.peer.x < 3:\n    p.peer = q\n    p.k = p.peer.x",
    "the process itself": "r = p\nif r.x < 3:\n    r = q\n    p.k = r.x",
    "walked": "if p.x < 3:\n    for s in servers:\n        s.x = 7\n    p.k = p.x",
    "paired": "p.peer = q\nif p.x < 3:\n    p.peer.x = 6\n    p.k = p.x",
}


def indented(body: str, columns: int) -> str:
    return ("\n" + " " * columns).join(body.split("\n"))


def searched(folder: Path, source: str) -> Result:
    """Return what both engines answer."""
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    result = agreed(path, depth=4, threads=(1,))
    assert not isinstance(result, str), result
    return result


@pytest.mark.parametrize("name", IN_A_METHOD)
def test_a_fact_ends_where_it_is_changed(name: str, tmp_path: Path) -> None:
    result = searched(tmp_path, TOP + METHOD + indented(IN_A_METHOD[name], 8) + END.format(size=1))
    assert not result.error


@pytest.mark.parametrize("name", IN_A_FUNCTION)
def test_a_fact_ends_where_it_is_changed_through_another_name(name: str, tmp_path: Path) -> None:
    head = "\n@action\ndef act(p: Server, q: Server) -> None:\n    "
    result = searched(tmp_path, TOP + head + indented(IN_A_FUNCTION[name], 4) + END.format(size=2))
    assert not result.error
