"""A change in place that another name would show is refused; what is accepted means the same in Python and both engines."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower
from tests.oracle.held import Question, answered, differences

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import Max, Group, Message, Preset, Process, Range, Record, Shared
from quorate import action, always, broadcast, choose, durable, initial, never, receive, require, send, some

Bit = Annotated[int, Range(0, 1)]
Count = Annotated[int, Range(0, 9)]
Bits = Annotated[list[Bit], Max(5)]
Rows = Annotated[list[Bits], Max(4)]

class Hi(Message):
    bits: Bits

class Box(Record):
    bits: Bits
    n: Bit

class Board(Shared):
    notes: Bits = durable([])

    def note(self) -> int:
        self.notes.append(1)
        return len(self.notes)

class Node(Process):
    log: Bits = durable([0])
    more: Bits = durable([0, 0])
    ll: Rows = durable([[0], [1]])
    s: set[Bit] = durable({0})
    d: dict[Bit, set[Bit]] = durable({0: {0}, 1: {0}})
    dl: dict[Bit, Bits] = durable({0: [0]})
    maybe: Bits | None = durable([0])
    pair: tuple[Bits, Bit] = durable(([0], 0))
    box: Box = durable(Box([0], 0))
    t: Bit = durable(0)
    out: Count = durable(0)
    done: bool = durable(False)

    def grow(self) -> int:
        self.log.append(1)
        return len(self.log)

    def grown(self) -> Bits:
        self.log.append(1)
        return self.log

    def give(self) -> Bits:
        return self.log

    def give_pair(self) -> tuple[Bits, Bit]:
        return self.log, 1

    def same(self, xs: Bits) -> Bits:
        return xs

    def both(self, xs: Bits, ys: Bits) -> list[Bits]:
        return [xs, ys]

    def fresh(self) -> Bits:
        return [0, 1]

    def rows(self) -> list[Bits]:
        return [[0], [1]]

    def keep(self, xs: Bits) -> None:
        self.log = xs

    def put(self, xs: Bits) -> None:
        self.ll.append(xs)

    def put_and_change(self, xs: Bits) -> None:
        self.ll.append(xs)
        self.ll[2].append(1)

    def count(self, xs: Bits) -> int:
        return len(xs)

    def grow_and_count(self, xs: Bits) -> int:
        self.log.append(1)
        return len(xs)

    def take(self) -> Bits:
        taken = self.log
        self.log = []
        return taken

    def take_in(self) -> list[Bits]:
        taken = self.log
        self.log = []
        return [taken]

    def take_and_change(self) -> int:
        taken = self.log
        self.log = []
        taken.append(1)
        return len(taken)

    def take_rows_and_change(self) -> int:
        taken = self.ll
        self.ll = []
        taken[0].append(1)
        return len(taken)

    def change_what_another_takes(self) -> int:
        return self.take_and_change()

    def rebind(self) -> int:
        self.log = [*self.log, 1]
        return len(self.log)

    @action
    def act(self) -> None:
        require(not self.done)
        self.done = True
BODY

    @receive
    def on_hi(self, m: Hi, sender: Node) -> None:
HANDLER

def larger(xs: Bits, ys: Bits) -> Bits:
    return xs if len(xs) > len(ys) else ys

def grow_of(n: Node) -> None:
    n.log.append(1)

helpers = [  # each example uses some
    Board.note, Node.grow, Node.grown, Node.give, Node.give_pair, Node.same, Node.both, Node.fresh, Node.rows, Node.keep,
    Node.put, Node.put_and_change, Node.count, Node.grow_and_count, Node.rebind, larger, grow_of,
    Node.take, Node.take_in, Node.take_and_change, Node.take_rows_and_change, Node.change_what_another_takes,
]

board = Board.single()
nodes = Group(Node, 1)

MODULE

PROPERTIES
"""
VALUES = "\n\n".join(
    f"@never\ndef out_is_{k}() -> bool:\n    return any(n.done and n.out == {k} for n in nodes)" for k in range(8)
)


def source(body: str = "pass", handler: str = "pass", module: str = "", properties: str = "") -> str:
    texts = {"BODY": textwrap.indent(body, " " * 8), "HANDLER": textwrap.indent(handler, " " * 8)}
    found = MODEL
    for name, text in {**texts, "MODULE": module, "PROPERTIES": properties}.items():
        found = found.replace(name, text)
    return found


LATE = "self.out = len(x)"  # reads a local after the change
REFUSED = {
    "a local that names a field": f"x = self.log\nself.log.append(1)\n{LATE}",
    "a local that names a local that names a field": f"y = self.log\nx = y\nself.log.append(1)\n{LATE}",
    "by deletion": f"x = self.log\ndel self.log[0]\n{LATE}",
    "by an item": "x = self.log\nself.log[0] = 1\nself.out = x[0]",
    "by an augmented assignment": f"x = self.log\nself.log += [1]\n{LATE}",
    "a set by an augmented assignment": f"x = self.s\nself.s |= {{1}}\n{LATE}",
    "a set by a method": f"x = self.s\nself.s.discard(0)\n{LATE}",
    "by clear": f"x = self.log\nself.log.clear()\n{LATE}",
    "by sort": "x = self.log\nself.log.sort()\nself.out = x[0]",
    "by reverse": "x = self.more\nself.more.reverse()\nself.out = x[0]",
    "by pop": f"x = self.log\ny = self.log.pop()\n{LATE}",
    "in one branch": f"x = self.log\nif self.t == 0:\n    self.log.append(1)\n{LATE}",
    "named in one branch": f"x = [0]\nif self.t == 0:\n    x = self.log\nself.log.append(1)\n{LATE}",
    "in a later round": "x = [0]\nfor i in range(2):\n    self.out = len(x)\n    x = self.log\n    self.log.append(1)",
    "by a helper": f"x = self.log\nself.grow()\n{LATE}",
    "by a helper that gives a value": f"x = self.log\nn = self.grow()\n{LATE}",
    "by a function of the module": f"x = self.log\ngrow_of(self)\n{LATE}",
    "shared state": f"x = board.notes\nboard.notes.append(1)\n{LATE}",
    "shared state by its method": f"x = board.notes\nboard.note()\n{LATE}",
    "what a helper gives": f"x = self.give()\nself.log.append(1)\n{LATE}",
    "what a helper changes and gives": f"x = self.grown()\nself.log.append(1)\n{LATE}",
    "what a helper gives in a tuple": f"x, n = self.give_pair()\nself.log.append(1)\n{LATE}",
    "what a helper gives back": f"x = self.same(self.log)\nself.log.append(1)\n{LATE}",
    "what a function gives back": f"x = larger(self.log, self.more)\nself.log.append(1)\n{LATE}",
    "a parameter of the helper that changes the field": "self.out = self.grow_and_count(self.log)",
    "a local given to such a helper": "x = self.log\nself.out = self.grow_and_count(x)",
    "a local that a helper is given, and a field that it is put in": f"x = [0]\nself.put_and_change(x)\n{LATE}",
    "a conditional expression": f"x = self.log if self.t == 0 else [0]\nself.log.append(1)\n{LATE}",
    "a default": f"x = self.log or [0]\nself.log.append(1)\n{LATE}",
    "an unpacked tuple": f"x, y = self.log, 1\nself.log.append(1)\n{LATE}",
    "two names at once": f"y = x = self.log\nself.log.append(1)\n{LATE}",
    "a tuple": "x = (self.log, 1)\nself.log.append(1)\nself.out = len(x[0])",
    "a record": "x = Box(self.log, 0)\nself.log.append(1)\nself.out = len(x.bits)",
    "a message": "x = Hi(self.log)\nself.log.append(1)\nsend(x, to=self)",
    "a list display": "x = [self.log]\nself.log.append(1)\nself.out = len(x[0])",
    "a dict display": "x = {0: self.log}\nself.log.append(1)\nself.out = len(x[0])",
    "a comprehension": "x = [xs for xs in self.ll]\nself.ll[0].append(1)\nself.out = len(x[0])",
    "a comprehension of the field itself": "x = [self.log for i in range(2)]\nself.log.append(1)\nself.out = len(x[0])",
    "a dict comprehension": "x = {i: self.log for i in range(2)}\nself.log.append(1)\nself.out = len(x[0])",
    "a shallow copy": "x = [*self.ll]\nself.ll[0].append(1)\nself.out = len(x[0])",
    "another shallow copy": "x = list(self.ll)\nself.ll[0].append(1)\nself.out = len(x[0])",
    "a slice": "x = self.ll[:1]\nself.ll[0].append(1)\nself.out = len(x[0])",
    "a sum": "x = self.ll + [[0]]\nself.ll[0].append(1)\nself.out = len(x[0])",
    "a copied dict": "x = dict(self.d)\nself.d[0].add(1)\nself.out = len(x[0])",
    "a choice": f"x = choose(self.ll)\nself.ll[0].append(1)\n{LATE}",
    "an option": f"x = some(self.maybe)\nx.append(1)\n{LATE}",
    "an item of a list": f"x = self.ll[0]\nself.ll[0].append(1)\n{LATE}",
    "the last item of a list": f"x = self.ll[-1]\nself.ll[1].append(1)\n{LATE}",
    "an item of a dict": f"x = self.d[0]\nself.d[0].add(1)\n{LATE}",
    "an item of a dict that may be absent": f"x = self.d.get(0, set())\nself.d[0].add(1)\n{LATE}",
    "an item of a dict that is an option": f"x = some(self.dl.get(0))\nself.dl[0].append(1)\n{LATE}",
    "an item of a dict that is put there": f"x = self.dl.setdefault(1, [])\nself.dl[1].append(1)\n{LATE}",
    "an item by setdefault": f"x = self.dl[0]\nself.dl.setdefault(0, []).append(1)\n{LATE}",
    "the longest": f"x = max(self.ll, key=lambda xs: len(xs))\nself.ll[0].append(1)\n{LATE}",
    "sorted lists": "x = sorted(self.ll, key=lambda xs: len(xs))\nself.ll[0].append(1)\nself.out = len(x[0])",
    "a part of a tuple field": f"x = self.pair[0]\nx.append(1)\n{LATE}",
    "a part of a record field": f"x = self.box.bits\nx.append(1)\n{LATE}",
    "an item of a field, changed": "x = self.d[0]\nx.add(1)",
    "an item that may be absent, changed": "x = self.d.get(0, set())\nx.add(1)",
    "an item that is put there, changed": "x = self.dl.setdefault(1, [])\nx.append(1)",
    "what a helper gives, changed": "x = self.give()\nx.append(1)",
    "what a helper gives back, changed": "x = self.same(self.log)\nx.append(1)",
    "a field, by an augmented assignment": "x = self.log\nx += [1]",
    "a set, by an augmented assignment": "x = self.s\nx |= {1}",
    "a field in one branch, changed": "x = [0]\nif self.t == 0:\n    x = self.log\nx.append(1)",
    "what was stored": "x = [0]\nself.log = x\nx.append(1)",
    "what was stored, read after the field changed": f"x = [0]\nself.log = x\nself.log.append(1)\n{LATE}",
    "what was put into a field": "x = [0]\nself.ll.append(x)\nx.append(1)",
    "what was put into a field in a display": "x = [0]\nself.ll = [x]\nx.append(1)",
    "what was added to a field": "x = [0]\nself.ll += [x]\nx.append(1)",
    "what was put into a field by a helper": "x = [0]\nself.put(x)\nx.append(1)",
    "what was stored by a helper": "x = [0]\nself.keep(x)\nx.append(1)",
    "what was stored in the last round": "x = [0]\nfor i in range(2):\n    x.append(1)\n    self.log = x",
    "a local by another name": f"x = [0]\ny = x\ny.append(1)\n{LATE}",
    "a local by the name it had": "x = [0]\ny = x\nx.append(1)\nself.out = len(y)",
    "a local in a list": "x = [0]\ny = [x]\nx.append(1)\nself.out = len(y[0])",
    "a local in a list, through it": f"x = [0]\ny = [x]\ny[0].append(1)\n{LATE}",
    "a local appended to a list": "x = [0]\ny = [[1]]\ny.append(x)\nx.append(1)\nself.out = len(y[1])",
    "an item taken out of a local": "y = [[0]]\nx = y[0]\nx.append(1)\nself.out = len(y[0])",
    "an item taken out, and changed through the list": f"y = [[0]]\nx = y[0]\ny[0].append(1)\n{LATE}",
    "an item of a dict taken out": f"y = {{0: {{0}}}}\nx = y[0]\ny[0].add(1)\n{LATE}",
    "one list in two places": "x = [0]\ny = [x, x]\ny[0].append(1)\nself.out = len(y[1])",
    "one list in two places, repeated": "y = [[0]] * 2\ny[0][0] = 1\nself.out = y[1][0]",
    "one list in two places, appended twice": "x = [0]\ny = [x]\ny.append(x)\ny[1].append(1)\nself.out = len(y[0])",
    "one list in two places, by a comprehension": "x = [0]\ny = [x for i in range(2)]\ny[0].append(1)\nself.out = len(y[1])",
    "one list in two places, by a helper": "x = [0]\ny = self.both(x, x)\ny[0].append(1)\nself.out = len(y[1])",
    "a local that a helper gives back": "x = [0]\ny = self.same(x)\ny.append(1)\nself.out = len(x)",
    "a message that is kept": "x = [0]\nm = Hi(x)\nx.append(1)\nsend(m, to=self)",
    "a loop over a field": "for b in self.log:\n    self.log.append(b)",
    "a loop over a local that names a field": "x = self.log\nfor b in x:\n    self.log.append(1)",
    "a loop over a field that a helper grows": "for b in self.log:\n    self.out = self.grow()",
    "a numbered loop": "for i, b in enumerate(self.log):\n    self.log.append(1)",
    "a paired loop": "for a, b in zip(self.more, self.log):\n    self.log.append(1)",
    "a reversed loop": "for b in reversed(self.log):\n    self.log.append(1)",
    "a loop over keys": "for k in self.dl:\n    self.dl[0] = [0]",
    "a loop over items": "for k, v in self.dl.items():\n    self.dl[0] = [0]",
    "a loop over values": "for v in self.dl.values():\n    self.dl[0] = [0]",
    "an item that was read before its own change": (
        "for k, v in self.d.items():\n    self.d[k].add(1)\n    self.out += len(v)"
    ),
    "a numbered loop that changes ahead": "for i, b in enumerate(self.log):\n    self.log[i + 1] = 1",
    "a numbered loop in another": (
        "for i, a in enumerate(self.log):\n    for j, b in enumerate(self.log):\n        self.log[i] = b"
    ),
    "a numbered loop that appends": "for i, b in enumerate(self.log):\n    self.log.append(1)",
    "assigned anew, and in a list": "x = self.log\ny = [x]\nself.log = [1, 1]\nx.append(1)\nself.out = len(y[0])",
    "assigned anew, and named twice": "x = self.log\ny = x\nself.log = [1, 1]\nx.append(1)\nself.out = len(y)",
    "assigned anew, and a part": "x = self.ll\ny = x[0]\nself.ll = []\nx[0].append(1)\nself.out = len(y)",
    "assigned anew in one branch": (
        "x = self.log\nif self.t == 0:\n    self.log = [1, 1]\nself.log.append(1)\nself.out = len(x)"
    ),
    "assigned anew before it was read": "self.log = [1]\nx = self.log\nself.log.append(1)\nself.out = len(x)",
    "taken by a helper that gives it": "x = self.log\ny = self.take()\ny.append(1)\nself.out = len(x)",
    "taken by a helper that gives it inside": "x = self.log\ny = self.take_in()\ny[0].append(1)\nself.out = len(x)",
    "taken by a helper that changes it": "x = self.log\nn = self.take_and_change()\nself.out = len(x) + n",
    "taken by a helper that changes its rows": "x = self.ll[0]\nn = self.take_rows_and_change()\nself.out = len(x) + n",
    "taken by a helper's helper": "x = self.log\nn = self.change_what_another_takes()\nself.out = len(x) + n",
    "assigned itself": "x = self.log\nself.log = x\nself.log.append(1)\nself.out = len(x)",
    "one or the other assigned anew": (
        "x = self.log if self.t == 0 else self.more\nself.log = [1, 1]\nself.log.append(1)\nself.more.append(1)\n"
        "self.out = len(x)"
    ),
    "assigned anew each time round": (
        "x = self.log\nfor i in range(2):\n    self.log.append(1)\n    self.out = len(x)\n    self.log = [1]"
    ),
    "a loop over a set": "for b in self.s:\n    self.s.discard(b)",
    "a loop over what a helper gives": "for b in self.give():\n    self.log.append(1)",
    "a loop over a conditional expression": "for b in self.log if self.t == 0 else self.more:\n    self.log.append(1)",
    "a loop over a field of lists": "for xs in self.ll:\n    self.ll[1].append(1)\n    self.out = len(xs)",
    "a loop over a local": "y = [0]\nfor b in y:\n    y.append(1)",
    "the variable of a loop": "for xs in self.ll:\n    xs.append(1)",
    "the variable of a loop over a local": "y = [[0], [1]]\nfor xs in y:\n    xs.append(1)\nself.out = len(y[0])",
    "the variable of a loop over items": "for k, v in self.d.items():\n    v.add(1)",
    "an operand": "x = self.log + self.grown()\nself.out = len(x)",
    "an argument": "x = larger(self.log, self.grown())\nself.out = len(x)",
    "an item of a display": "x = [self.log, self.grown()]\nself.out = len(x[0])",
    "an operand of a comparison": "self.out = 1 if self.log == self.grown() else 0",
    "an item by what changes the list": "self.out = self.log[self.grow() - 2]",
    "an item of a comprehension": "x = [self.grown() for i in range(2)]\nself.out = len(x[0])",
    "what a comprehension walks": "self.out = sum([self.grow() for b in self.log])",
}
HANDLERS = {
    "a part of a message": "x = m.bits\nx.append(1)",
    "a part of a message that was stored": "self.ll.append(m.bits)\nself.ll[2].append(1)\nself.out = len(m.bits)",
}
MODULES = {
    "two processes that may be one": """
@action
def step(a: Node, b: Node) -> None:
    x = a.log
    b.log.append(1)
    a.out = len(x)
""",
    "a process and one that is named": """
@action
def step(a: Node) -> None:
    x = a.log
    nodes[0].log.append(1)
    a.out = len(x)
""",
    "a property": """
@always
def nothing() -> bool:
    x = nodes[0].log
    x.append(1)
    return len(x) > 0
""",
}
WORDS = "may name|changes what a loop|changed while|is changed after|is an argument|in two places"


@pytest.mark.parametrize("name", REFUSED)
def test_a_change_that_another_name_would_show_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=WORDS) as error:
        lower(load(source(REFUSED[name])))
    assert error.value.where is not None


@pytest.mark.parametrize("name", HANDLERS)
def test_a_message_is_not_changed(name: str) -> None:
    with pytest.raises(ModelError, match=WORDS):
        lower(load(source(handler=HANDLERS[name])))


@pytest.mark.parametrize("name", MODULES)
def test_the_module_sees_all_fields_and_changes_each_by_its_path(name: str) -> None:
    with pytest.raises(ModelError, match=WORDS):
        lower(load(source(module=MODULES[name])))


ALLOWED = {
    "a copy": "x = list(self.log)\nself.log.append(1)\nself.out = len(x)",
    "a copy by its method": "x = self.log.copy()\nself.log.append(1)\nself.out = len(x)",
    "a copy by a display": "x = [*self.log]\nself.log.append(1)\nself.out = len(x)",
    "a copied set": "x = set(self.s)\nself.s.add(1)\nself.out = len(x)",
    "a set copied by a display": "x = {*self.s}\nself.s.add(1)\nself.out = len(x)",
    "a set copied by `union`": "x = self.s.union()\nself.s.add(1)\nself.out = len(x)",
    "a slice": "x = self.log[:]\nself.log.append(1)\nself.out = len(x)",
    "a sum": "x = self.log + [1]\nself.log.append(1)\nself.log.append(1)\nself.out = len(x)",
    "a sorted copy": "x = sorted(self.log)\nself.log.append(1)\nself.out = len(x)",
    "a deep copy": "x = [list(xs) for xs in self.ll]\nself.ll[0].append(1)\nself.out = len(x[0])",
    "a copy that changes": "x = list(self.log)\nx.append(1)\nself.out = len(x) * 2 + len(self.log)",
    "a copied set of a constant": "x = set(nodes)\nx.discard(self)\nself.out = len(x)",
    "a field that is assigned anew": "x = self.log\nself.log = self.log + [1]\nself.out = len(x)",
    "a field that is assigned anew and changes": (
        "x = self.log\nself.log = self.log + [1]\nself.log.append(1)\nself.out = len(x) * 3 + len(self.log)"
    ),
    "a field that is assigned anew, and what it was": (
        "x = self.log\nself.log = [1, 1]\nx.append(1)\nself.out = len(x) * 2 + len(self.log)"
    ),
    "lists in a field that is assigned anew": (
        "x = self.ll\nself.ll = [[1, 1]]\nself.ll[0].append(1)\nself.out = len(x) * 3 + len(x[0])"
    ),
    "what a helper takes": "y = self.take()\nself.out = len(y) * 2 + len(self.log)",
    "what a helper takes and changes": "n = self.take_and_change()\nself.out = n * 2 + len(self.log)",
    "a field assigned anew each time round": (
        "n = 0\nfor i in range(2):\n    x = self.log\n    self.log = [*self.log, 1]\n    self.log.append(1)\n"
        "    n += len(x)\nself.out = n"
    ),
    "a loop over keys that changes their items": (
        "for k in self.dl:\n    self.dl[k] = [*self.dl[k], 1]\n    self.dl[k].append(0)\nself.out = len(self.dl[0])"
    ),
    "a loop over items that changes them": (
        "for k, v in self.dl.items():\n    self.dl[k] = [*v, 1]\nself.out = len(self.dl[0])"
    ),
    "a loop over items of sets": "for k, v in self.d.items():\n    self.d[k].add(1)\nself.out = len(self.d[1])",
    "a loop over keys of a local": "y = {0: [0], 1: [1]}\nfor k in y:\n    y[k] = [k, k]\nself.out = len(y[1])",
    "a numbered loop that changes its item": (
        "for i, b in enumerate(self.log):\n    self.log[i] = 1 - b\nself.out = self.log[0]"
    ),
    "a numbered loop that changes its list": (
        "for i, xs in enumerate(self.ll):\n    self.ll[i].append(1)\nself.out = len(self.ll[1])"
    ),
    "a list that is walked by position": ("y = [[0], [1]]\nfor i in range(len(y)):\n    y[i][0] = 1 - i\nself.out = y[0][0]"),
    "a field that a helper assigns anew": "x = self.log\nn = self.rebind()\nself.out = len(x) * 3 + n",
    "another field that changes": "x = self.log\nself.more.append(1)\nself.out = len(x)",
    "a local that is assigned again": "x = self.log\nself.log.append(1)\nx = self.log\nself.out = len(x)",
    "a local read before the change": "x = self.log\nself.out = len(x)\nself.log.append(1)",
    "a local that changes": "x = [0]\nx.append(1)\nx += [1]\ndel x[0]\nself.log = x\nself.out = len(x)",
    "a local that changes in a loop": "x = {self.t}\nfor i in range(2):\n    x.add(i)\nself.out = len(x)",
    "a local put every time": (
        "for i in range(2):\n    x = [0, 0]\n    x[i] = 1\n    self.ll.append(x)\nself.out = self.ll[3][1]"
    ),
    "lists in a local list": "y = [[0], [0]]\ny[0][0] = 1\nself.out = y[0][0] + 2 * y[1][0]",
    "lists put into a local list": (
        "y = {0: {0}}\nfor i in range(1, 3):\n    x = {1}\n    x.add(i)\n    y[i] = x\nself.out = len(y[2]) + len(y)"
    ),
    "sets in a local dict": "y = {i: {0} for i in range(2)}\ny[0].add(1)\nself.out = len(y[0]) * 2 + len(y[1])",
    "setdefault of a local": "y = {0: {0}}\ny.setdefault(1, set()).add(1)\ny[1].add(0)\nself.out = len(y[1])",
    "a number that a helper finds": "n = self.count(self.log)\nself.log.append(1)\nself.out = n",
    "a local that a helper only reads": "x = [0]\nn = self.count(x)\nx.append(1)\nself.out = len(x) + n",
    "what a helper makes": "x = self.fresh()\nx.append(1)\nself.out = len(x)",
    "lists that a helper makes": "x = self.rows()\nx[0][0] = 1\nself.out = x[0][0] * 2 + x[1][0]",
    "a helper that changes a field, and a number": "n = len(self.log)\nself.out = n * 2 + self.grow()",
    "a helper after a number of the field": "self.out = len(self.log) * 3 + self.grow()",
    "a field in its own update": "self.log.append(len(self.log) % 2)\nself.out = len(self.log)",
    "a loop over a copy": "for b in list(self.log):\n    self.log.append(b)\nself.out = len(self.log)",
    "a loop over a copied set": "for b in set(self.s):\n    self.s.discard(b)\nself.out = len(self.s)",
    "a loop over sorted keys": "for k in sorted(self.d):\n    del self.d[k]\nself.out = len(self.d)",
    "a loop over copied keys": "for k in set(self.d):\n    self.d[k] = set()\nself.out = len(self.d[0])",
    "a loop that ends with the change": "for b in self.log:\n    self.log.append(1)\n    break\nself.out = len(self.log)",
    "a loop over a local that is assigned anew": "y = [0, 1]\nfor b in y:\n    y = [1, b]\nself.out = len(y) + y[1]",
    "a loop over items that are assigned anew": (
        "y = {0: [0], 1: [1]}\nn = 0\nfor k, v in y.items():\n    y = {0: [1, 1]}\n    n += len(v)\nself.out = n"
    ),
    "a loop over a field assigned anew": "n = 0\nfor b in self.more:\n    self.more = [1]\n    n += 1 + b\nself.out = n",
    "an item that was popped": "x = self.ll.pop(0)\nself.ll.append([1, 1])\nself.out = len(x)",
    "an item kept while another is put": "x = self.ll[0]\nself.ll.append([1, 1])\nself.out = len(x)",
    "a message with what changes afterwards": "x = [0]\nsend(Hi(x), to=self)\nx.append(1)\nself.out = len(x)",
    "a swap": "self.log, self.more = self.more, self.log\nself.out = len(self.log)",
    "a field changed after a condition read it": "if 0 in self.log:\n    self.log.append(1)\nself.out = len(self.log)",
    "named in one branch, changed in the other": (
        "x = [0]\nif self.t == 0:\n    x = self.log\nelse:\n    self.log.append(1)\nself.out = len(x)"
    ),
    "shared state, and a field": "x = self.log\nboard.notes.append(1)\nself.out = len(x)",
    "a loop over a number that is assigned anew": "n = 3\nfor i in range(n):\n    n = 1\n    self.out = i",
    "a loop over pairs that are assigned anew": (
        "y = [0, 1]\nn = 0\nfor a, b in zip(y, self.more):\n    y = [1, 1]\n    n += 1 + a\nself.out = n"
    ),
    "a numbered loop over what is assigned anew": "y = [0, 1]\nfor i, b in enumerate(y):\n    y = [0, 0]\n    self.out = b + i",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_nobody_else_names_changes_as_in_python(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(source(ALLOWED[name], properties=VALUES), encoding="utf-8")
    question = Question(path, {}, {})
    outcome = question.explored()
    assert outcome.error is None
    assert "violated" in outcome.verdicts.values()
    for engine in ("reference", "native"):
        assert differences(outcome, answered(question, engine)) == []


STORED = {
    "one field in another": ("self.log = self.more\nself.more.append(1)\nself.out = len(self.log)", 2),
    "a field among a field's items": ("self.ll[0] = self.log\nself.log.append(1)\nself.out = len(self.ll[0])", 1),
    "in two places of a field": ("self.ll = [self.log, self.log]\nself.ll[0].append(1)\nself.out = len(self.ll[1])", 1),
    "a field's item again": ("self.ll.append(self.ll[0])\nself.ll[0].append(1)\nself.out = len(self.ll[2])", 1),
    "a field in itself": ("self.ll.extend(self.ll)\nself.ll[0].append(1)\nself.out = len(self.ll[2])", 1),
}


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("name", STORED)
def test_a_field_keeps_a_copy_of_what_is_stored_into_it(name: str, engine: str, tmp_path: Path) -> None:
    body, out = STORED[name]
    path = tmp_path / "model.py"
    path.write_text(source(body, properties=VALUES), encoding="utf-8")
    found = {p["name"] for p in answered(Question(path, {}, {}), engine)["properties"] if p["verdict"] == "violated"}
    assert found == {f"out_is_{out}"}
