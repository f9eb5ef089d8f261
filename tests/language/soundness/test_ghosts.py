"""Ghosts steer nothing: every way in which one could decide what a model does is refused, and updates of ghosts are not."""

from __future__ import annotations

import textwrap

import pytest

from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import Group, Message, Process, Range, Shared, action, always, choose, durable, ghost, receive, require, send, some

class Hi(Message):
    n: Annotated[int, Range(0, 9)]

class Node(Process):
    x: Annotated[int, Range(0, 9)] = durable(0)
    on: bool = durable(False)
    g: Annotated[int, Range(0, 9)] = ghost(0)
    h: Annotated[int, Range(0, 9)] = ghost(0)
    gs: set[Node] = ghost(set())
    peer: Node | None = ghost(None)

    def bump(self) -> int:
        self.x = min(self.x + 1, 9)
        return self.x

    def count(self) -> int:
        return len(self.gs) + self.g

    def note(self, n: int) -> None:
        self.g = n
        if self.g > 2:
            self.h = self.g

    def guard(self) -> None:
        require(self.x < 5)

    @action
    def act(self) -> None:
BODY

    @receive
    def on_hi(self, m: Hi, sender: Node) -> None:
        self.x = m.n

nodes = Group(Node, 2)
helpers = [Node.bump, Node.note, Node.guard]  # each example uses some

@always
def properties_read_ghosts() -> bool:
    return all(n.g <= 9 and n.count() >= 0 for n in nodes)
"""

STEERS = {
    "a field": "self.x = self.g",
    "a field through a local": "t = self.g\nself.x = t",
    "a field through a helper": "self.x = self.count()",
    "a field by its condition": "if self.g > 1:\n    self.x = 1",
    "a field by a local that a condition gave": "t = 0\nif self.g > 1:\n    t = 1\nself.x = t",
    "a helper in a condition of ghosts": "if self.g > 1 and self.bump() == 1:\n    self.h = 1",
    "a helper under a condition": "if self.g > 1:\n    self.h = self.bump()",
    "a helper in a conditional expression": "self.h = self.bump() if self.g > 1 else 0",
    "a choice": "self.h = choose(self.gs).index",
    "a choice under a condition": "if self.g > 1:\n    self.h = choose({1, 2})",
    "a guard": "require(self.g > 1)",
    "a guard in a helper under a condition": "if self.g > 1:\n    self.guard()",
    "a guard behind a return": "if self.g > 1:\n    return\nrequire(self.on)",
    "a field behind a return": "if self.g > 1:\n    return\nself.x = 1",
    "a field behind a nested return": "if self.on:\n    if self.g > 1:\n        return\nself.x = 1",
    "a message": "send(Hi(n=self.g), to=self)",
    "a message under a condition": "if self.g > 1:\n    send(Hi(n=1), to=self)",
    "to whom a message goes": "send(Hi(n=1), to=some(self.peer))",
    "how often a loop runs": "for n in self.gs:\n    self.x = 1",
    "when a loop ends": "for i in range(3):\n    if self.g == i:\n        break\n    self.x = i",
    "which rounds do something": "for i in range(3):\n    if self.g == i:\n        continue\n    self.x = i",
    "a later round of a loop": "t = 0\nfor i in range(2):\n    self.x = t\n    t = self.g",
    "an operand": "self.x = max(self.g, self.x)",
    "a comprehension": "self.on = any(n is self for n in self.gs)",
}
UPDATES = {
    "of itself": "self.g = min(self.g + 1, 9)",
    "of another": "self.h = self.g",
    "under a condition": "if self.g > 1:\n    self.h = 1\n    self.gs.add(self)",
    "with what is no ghost": "self.g = self.x",
    "through a helper": "self.note(3)",
    "through a local": "t = self.g\nself.h = t\nself.x = 1",
    "a local that is no ghost any more": "t = self.g\nself.h = t\nt = 1\nself.x = t",
    "a return with nothing behind it": "self.x = 1\nif self.g > 1:\n    return\nself.h = 1",
    "a loop over ghosts": "for n in self.gs:\n    self.h = 1",
    "a loop that ends because of one": "for i in range(3):\n    if self.g == i:\n        break\n    self.h = i\nself.x = 1",
    "a helper before": "n = self.bump()\nif self.g > 1:\n    self.h = n",
    "together with a field": "self.x, self.g = 1, self.h",
}


def lowered(body: str) -> None:
    lower(load(MODEL.replace("BODY", textwrap.indent(body, " " * 8))))


@pytest.mark.parametrize("name", STEERS)
def test_a_ghost_decides_nothing(name: str) -> None:
    with pytest.raises(ModelError, match="ghost"):
        lowered(STEERS[name])


@pytest.mark.parametrize("name", UPDATES)
def test_a_ghost_is_updated(name: str) -> None:
    lowered(UPDATES[name])
