"""What depends on the order of a set or dict is refused, in every form, and what does not is accepted."""

from __future__ import annotations

import textwrap

import pytest

from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import Group, Max, Message, Process, Range, action, always, broadcast, choose, durable, receive, require, send

Small = Annotated[int, Range(0, 9)]

class Hi(Message):
    n: Small

class Node(Process):
    x: Small = durable(0)
    y: Small = durable(0)
    on: bool = durable(False)
    s: set[Small] = durable({1, 2})
    t: set[Small] = durable({3})
    d: dict[Small, Small] = durable({1: 2, 2: 2})
    e: dict[Small, Small] = durable({})
    l: Annotated[list[Small], Max(4)] = durable([])
    p: Node | None = durable(None)
    to: dict[Small, Node] = durable({})
    pairs: set[tuple[Small, Small]] = durable({(1, 2), (1, 3)})
    friends: set[Node] = durable(set())

    def bump(self) -> int:
        self.x = min(self.x + 1, 9)
        return self.x

    def small(self) -> bool:
        return self.x < 2

    @action
    def act(self) -> None:
        require(self.y < 1)
        self.y += 1
BODY

    @receive
    def on_hi(self, m: Hi, sender: Node) -> None:
        self.on = m.n > 1

@action
def all_at_once() -> None:
    require(nodes[0].y < 1)
    nodes[0].y += 1
EVERYONE

nodes = Group(Node, 3)
def needs(v: Small) -> bool:
    require(v < 2)
    return v > 0

def first(s: set[Small]) -> Small:
    for v in s:
        if v > 1:
            return v
    return 0

def found(s: set[Small]) -> bool:
    for v in s:
        if v > 1:
            return True
    return False

helpers = [Node.bump, Node.small, needs, first, found]  # some examples use these

@always
def fine() -> bool:
    return True
"""

DEPENDS = {
    "the last assignment": "for v in self.s:\n    self.x = v",
    "a list that is built": "for v in self.s:\n    self.l.append(v)",
    "a return before the item counts": "for v in self.s:\n    if v > 1:\n        return\n    self.x += 1",
    "a return of two sorts": "for v in self.s:\n    if v > 1:\n        self.x = 1\n        return\n    if v:\n        return",
    "a return behind a guard": "for v in self.s:\n    require(v < 2)\n    if v > 1:\n        return",
    "a return behind a helper's guard": "for v in self.s:\n    if needs(v):\n        return",
    "a return of the item": "self.x = first(self.s)",
    "a break with the item": "for v in self.s:\n    if v > 1:\n        self.x = v\n        break",
    "a break before the item counts": "for v in self.s:\n    if v > 1:\n        break\n    self.x += 1",
    "a break with what it has counted": (
        "n = 0\nfor v in self.s:\n    n += 1\n    if v > 1:\n        self.x = n\n        break"
    ),
    "a break after a message": "for f in self.friends:\n    send(Hi(n=1), to=f)\n    if f is self.p:\n        break",
    "a break of a further loop, too": (
        "for v in self.s:\n    for w in self.l:\n        if w == v:\n            self.x += 1\n            break\n"
        "    if v > 1:\n        self.x += 1\n        break"
    ),
    "an item of another key": "for v in self.s:\n    self.e[v] = self.e[v - 1] if v - 1 in self.e else 1",
    "an item of its own key, and the whole": "for v in self.s:\n    self.e[v] = len(self.e)",
    "an item of one key, and of its own": "for v in self.s:\n    self.e[v] = 1\n    self.e[1] = 2",
    "the last assignment to an item": "for v in self.s:\n    self.e[1] = v",
    "an item counted and set": "for v in self.s:\n    self.d[1] += v\n    self.d[2] = 1",
    "an item counted up and down": "for v in self.s:\n    self.d[1] += v - 2",
    "an item counted from two beginnings": ("for v in self.s:\n    self.e[1] = self.e.get(1, v) + 1"),
    "an item counted by another": "for v in self.s:\n    self.d[1] += self.d[2]",
    "a choice": "for v in self.s:\n    self.x = choose({0, v})",
    "a helper that reads what it changes": "for v in self.s:\n    if self.small():\n        self.x += v",
    "a helper that acts": "for v in self.s:\n    self.bump()",
    "a read of what it changes": "for v in self.s:\n    self.t.add(v)\n    self.on = 3 in self.t",
    "two ways": "for v in self.s:\n    self.t.add(v)\n    self.t.discard(2)",
    "two constants": "for v in self.s:\n    if v == 1:\n        self.x = 1\n    else:\n        self.x = 2",
    "up and down within bounds": "for v in self.s:\n    self.x += v - 2",
    "a part of an item that repeats": "for a, b in self.pairs:\n    self.e[a] = b",
    "a value that repeats": "for v in self.d.values():\n    self.e[v] = 1\n    self.x = v",
    "messages of two sorts": (
        "for v in self.s:\n    if v > 1:\n        send(Hi(n=1), to=self)\n    else:\n        send(Hi(n=2), to=self)"
    ),
    "messages with the item": "for v in self.s:\n    send(Hi(n=v), to=self)",
    "messages to whom may repeat": "for v in self.s:\n    if v in self.to:\n        send(Hi(n=v), to=self.to[v])",
    "messages to the item and to one": "for f in self.friends:\n    send(Hi(n=1), to=f)\n    send(Hi(n=2), to=self)",
    "messages to all for each": "for v in self.s:\n    broadcast(Hi(n=v), to=nodes)",
    "a dict turned round": "self.e = {v: k for k, v in self.d.items()}",
    "a dict of two sets": "self.e = {x: y for x in {1} for y in self.s}",
    "a dict of two sets, the other way": "self.e = {x: y for y in self.s for x in {1}}",
    "a dict of pairs": "self.e = {a: b for a, b in self.pairs}",
    "a list of a set": "self.l = [v for v in self.s]",
    "a list of values": "self.l = [*self.d.values()]",
    "a list of items": "self.l = [k for k, v in self.d.items()]",
    "a list of chosen values": "self.l = [v for v in (self.d.values() if self.on else self.e.values())]",
    "a list and values": "self.l = [1] + [*self.d.values()]",
    "a list that values extend": "self.l.extend(self.d.values())",
    "a list that values are added to": "self.l += self.d.values()",
    "enumerate": "for i, v in enumerate(self.s):\n    self.x = i",
    "zip": "for a, b in zip(self.s, self.t):\n    self.x = a",
    "a tie": "self.x = min(self.s, key=lambda v: 0)",
    "sorted by what may tie": "self.l = sorted(self.s, key=lambda v: v % 2)",
    "choices in a comprehension": "self.t = {choose({1, 2}) for v in self.s}",
    "effects in a comprehension": "self.t = {self.bump() for v in self.s}",
}
DEPENDS_OF_ALL = {
    "others read what it changes": "for n in nodes - {nodes[0]}:\n    n.x = nodes[1].x + 1 if nodes[1].x < 3 else 0",
    "another changed": "for n in nodes - {nodes[0]}:\n    n.x = 1\n    nodes[1].x = 2",
    "a friend read": "for n in nodes - {nodes[0]}:\n    if n.p is not None:\n        n.x = n.p.x",
}
FREE = {
    "a return": "for v in self.s:\n    if v > 1:\n        return",
    "a return of one constant": "self.on = found(self.s)",
    "a break with one constant": (
        "seen = False\nfor v in self.s:\n    if v > 1:\n        seen = True\n        break\nself.on = seen"
    ),
    "an item from itself": "for v in self.s:\n    self.d[v] = self.d[v] + 1",
    "an item from itself, if it is there": "for v in self.s:\n    if v in self.e:\n        self.e[v] = self.e[v] + v",
    "an item of its own dict": "for k in self.d:\n    self.d[k] += 1",
    "items from themselves": "for k, v in self.d.items():\n    self.d[k] = v + 1",
    "an item of a list": "for v in self.s:\n    self.l[v] = 1",
    "one item counted": "for v in self.s:\n    self.d[1] += v",
    "an item counted from nothing": "for a, b in self.pairs:\n    self.e[a] = self.e.get(a, 0) + b",
    "a number added from the other side": "for v in self.s:\n    self.x = v + self.x",
    "what is the same taken every time": "for v in self.s:\n    self.x += self.y - 1",
    "a sum": "for v in self.s:\n    self.x += v",
    "a count in a local": "n = 0\nfor v in self.s:\n    n += 1\nself.x = n",
    "a sum that goes down in a local": "n = 3\nfor v in self.s:\n    n += v - 2\nself.x = n if 0 <= n <= 9 else 0",
    "a set that is filled": "for v in self.s:\n    self.t.add(v)",
    "a set that is emptied": "for v in self.s:\n    self.t.discard(v)",
    "the same every time": "for v in self.s:\n    self.on = True",
    "the same under a condition": "for v in self.s:\n    if v > 1:\n        self.on = True",
    "by its own key": "for k, v in self.d.items():\n    self.e[k] = v",
    "messages to each": "for f in self.friends:\n    send(Hi(n=1), to=f)\n    send(Hi(n=2), to=f)",
    "the same message": "for v in self.s:\n    if v > 1:\n        send(Hi(n=1), to=self)",
    "a continue": "for v in self.s:\n    if v == 1:\n        continue\n    self.t.add(v)",
    "a local of its own": "for v in self.s:\n    w = v + 1\n    self.t.add(min(w, 9))",
    "a dict over its keys": "self.e = {k: v for k, v in self.d.items()}",
    "a dict over a set": "self.e = {v: 1 for v in self.s}",
    "a set": "self.t = {v for v in self.s}",
    "sorted": "self.l = sorted(self.s)",
    "sorted values": "self.l = sorted(self.d.values())",
    "a quantifier": "self.on = any(v > 1 for v in self.d.values())",
    "the length of values": "self.x = len(self.d.values())",
    "a value that is there": "self.on = 2 in self.d.values()",
    "a set of values": "self.t = set(self.d.values())",
    "the largest value": "self.x = max(self.d.values())",
    "a list": "for v in self.l:\n    self.x = v",
}
FREE_OF_ALL = {
    "each of its own": "for n in nodes - {nodes[0]}:\n    n.x = 1 if n.x == 0 else n.x",
    "each from its own": "for n in nodes - {nodes[0]}:\n    n.x = nodes[0].y",
}


def source(body: str = "", everyone: str = "") -> str:
    return MODEL.replace("BODY", textwrap.indent(body, " " * 8)).replace("EVERYONE", textwrap.indent(everyone, " " * 4))


@pytest.mark.parametrize("text", [source(b) for b in DEPENDS.values()] + [source("", b) for b in DEPENDS_OF_ALL.values()])
def test_what_depends_on_an_order_is_refused(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        lower(load(text))
    assert not isinstance(caught.value, Unsupported)
    assert "order" in str(caught.value)


@pytest.mark.parametrize("text", [source(b) for b in FREE.values()] + [source("", b) for b in FREE_OF_ALL.values()])
def test_what_does_not_is_accepted(text: str) -> None:
    lower(load(text))
