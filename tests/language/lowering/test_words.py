"""What a refusal says is true, and leads on: the right remedy at the right place."""

from __future__ import annotations

import pytest

from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

MODEL = """
from __future__ import annotations
from enum import Enum, IntEnum
from fractions import Fraction
from functools import cache
from typing import Annotated
from quorate import choose as pick, Group, Max, Process, Range, action, always, durable, param, require

RATE = param(0.5, choices=[0.5, 0.9])
MODE = param("fast", choices=["fast", "slow"])
HALF = Fraction(1, 2)
LIST = [1]
DICT = {1: 2}
MODES = ("FAST", "SLOW")
Small = Annotated[int, Range(0, 5)]

class Color(Enum):
    RED = 1
    BLUE = 2

class Level(IntEnum):
    LOW = 1
    HIGH = 2

def adder(k: int):
    def add(x: int) -> int:
        return x + k
    return add

closed = adder(2)
short = lambda x: x + 1

@cache
def kept(x: int) -> int:
    return x + 1

class Names:
    FIRST = 1
    HALF = 0.5
    NAME = "a"
    class Inner:
        PAIR = (1, 2)
    def first() -> int:
        return 1

class Node(Process):
    count: Small = durable(0)
    on: bool = durable(False)
    log: Annotated[list[Small], Max(3)] = durable([])
    seen: set[Small] = durable(set())
    color: Color | None = durable(None)
    level: Level | None = durable(None)
    votes: dict[Small, Small] = durable({})

    def emptied(self) -> int:
        self.log = []
        return 0

    @action
    def never(self) -> None:
        require(self.count > 5)
        self.count = self.emptied()

    @action
    def act(self) -> None:
        STEP

nodes = Group(Node, 2)
used = kept, closed, short  # some steps call them

@always
def fine() -> bool:
    return PROPERTY
"""
SAID = {
    "a local in a field's place": ("count = 1", "a local that nothing reads", "write `self.count` for the field"),
    "a local that is read before": ("count = count + 1", "`count` may have no value here", "write `self.count`, or give it"),
    "a local that is added to": ("count += 1", "`count` may have no value here", "write `self.count`, or give it"),
    "a field without its process": ("self.on = count > 1", "unknown name `count` (did you mean `self.count`?)", ""),
    "a name that was not imported": ("self.on = choose([True])", "unknown name `choose`\n", "`from quorate import choose`"),
    "an item that an order decides": ("self.seen.pop()", "which item `.pop` takes depends on an order", "write `choose(...)`"),
    "a module's list": ("self.count = LIST[0]", "it could change during the search", "write a tuple"),
    "a module's dict": ("self.count = DICT[1]", "it could change during the search", "write a function with a `match`"),
    "a number's method": ("self.count = self.count.real()", "an `int` has no method `real`", ""),
    "an argument too many": ("self.count = abs(1, 2)", "`abs` takes one argument here", ""),
    "another name for what Quorate has": (
        "self.on = pick([True])",
        "`pick` has no meaning in a step",
        "its own name, `choose`",
    ),
    "a class of processes": ("self.on = Node.on", "`Node` is not a value that a step can use", "name one of its processes"),
    "a function without its call": (
        "self.on = require",
        "`require` is not a value that a step can use",
        "call it: `require(...)`",
    ),
    "one process less": ("self.count = len(nodes - self)", "`a - b` has no meaning", "write `- {...}`"),
    "a member and a number": ("self.on = Color.RED == 1", "`Color` and `int` are never equal", "by its name"),
    "a number's member and a number": ("self.on = Level.LOW == 1", "a member of `Level` is equal to its value", "by its name"),
    "such a member, smaller": ("self.on = Level.LOW < 2", "no order by `<` here: in Python a member of `Level`", "by its name"),
    "two such members": ("self.on = Level.LOW < Level.HIGH", "have no order by `<` here", "order by declaration"),
    "a truth value and a number": ("self.on = self.count == self.on", "in Python `True` is equal to 1", "(1 if ... else 0)"),
    "such pairs": ("self.on = (1, self.on) == (self.on, 1)", "are not compared: in Python `True` is equal to 1", "(1 if"),
    "a truth value among numbers": (
        "self.on = self.on in self.log",
        "`bool` is not looked for in `list[int]`",
        "(1 if ... else 0)",
    ),
    "a truth value below a number": (
        "self.on = self.on < self.count",
        "here: in Python `True` is equal to 1",
        "(1 if ... else 0)",
    ),
    "two options": (
        "self.on = self.level == self.color",
        "`Level | None` and `Color | None` are not compared",
        "ask each `is None`",
    ),
    "two sets": ("self.on = self.seen == {Color.RED}", "are not compared: both may be empty", "ask each for its `len(...)`"),
    "two sorts of containers": ("self.on = self.seen == self.log", "`set[int]` and `list[int]` are never equal", ""),
    "a member by its value": ("self.color = Color(2)", "a member of `Color` is looked up here", "`Color.BLUE`"),
    "a member by its name": ('self.color = Color["BLUE"]', "a member of `Color` is looked up here", "`Color.BLUE`"),
    "a member by a number": ("self.color = Color(self.count)", "a member of `Color` is looked up here", "write a `match`"),
    "a member as a number": ("self.count = Level.LOW", "this is `Level`, where `int` belongs", "no number here"),
    "a text for a member": (
        'self.color = "BLUE"',
        "text cannot be a value of the state",
        "write the member itself, `Color.BLUE`",
    ),
    "a value of another library": (
        "self.on = HALF > 0",
        "`HALF` is a `Fraction`, which no step can use",
        "numbers, truth values",
    ),
    "a closure": ("self.count = closed(1)", "`add` was made inside a function", "define it at the top level"),
    "a lambda": ("self.count = short(1)", "`short` has no meaning in a step", "written with `def`"),
    "a function behind another's decorator": ("self.count = kept(1)", "`kept` has no meaning in a step", "without a decorator"),
    "a loop over a set that puts in and takes out": (
        "for v in {1, 2}:\n            self.seen.add(v)\n            self.seen.discard(2)",
        "it puts items into `self.seen` and takes some out",
        "sorted(...)",
    ),
    "a loop over a set that sets an item": (
        "for v in self.seen:\n            self.votes[1] = v",
        "the last value assigned to an item of `self.votes` wins",
        "sorted(...)",
    ),
    "a loop's variable that changes": (
        "rows = [[1], [2]]\n        for row in rows:\n            row.append(3)\n        self.count = len(rows[0])",
        "to change `row` here changes what a loop walks through, too",
        "`for i in range(len(rows))`, and change `rows[i]`",
    ),
    "a list that grows while it is walked": (
        "for v in self.log:\n            self.log.append(v)",
        "`self.log` is changed while a loop walks through it",
        "list(self.log)",
    ),
    "a set that is unpacked": (
        "a, b = self.seen\n        self.count = a + b",
        "which item of a `set[int]` goes to which name depends on an order",
        "sorted(...)",
    ),
    "a class of Python's": (
        "self.votes = dict.fromkeys([1, 2], 0)",
        "`dict.fromkeys` is not part",
        "`{key: ... for key in ...}`",
    ),
    "a method by its class": ("self.seen = set.union(self.seen, {1})", "`set.union` is not part", "`x.union(...)`"),
    "a function of a class": ("self.count = Names.first", "none of the language's", "at the top level"),
    "a type in a value's place": ("self.count = Small", "`Small` is not a value", "this is a type"),
    "what a comprehension walks without a name": ("self.log = [1 for self.count in [1]]", "has no name", "for x in ..."),
    "the greatest of nothing": ("self.count = max([])", "there is never an item here", "`default=...`"),
    "the next of a list": ("self.count = next(sorted(self.seen))", "an iterator cannot be kept", "`sorted(self.seen)[0]`"),
    "the next that fits": (
        "self.count = next((v for v in self.log if v > 1), 0)",
        "an iterator cannot be kept",
        "`([v for v in self.log if v > 1] + [0])[0]`",
    ),
    "the next of a set": ("self.count = next(iter(self.seen))", "which item is `next` depends on an order", "`choose(...)`"),
    "an argument that assigns anew": (
        "self.log.append(self.emptied())",
        "this assigns `log` anew while `log` is being changed",
        "on a line of its own, before",
    ),
    "what a dict shows": ("self.count = len(list(self.votes.items()))", "a list made from a dict's values or items", "sorted"),
}
ANSWERS = {
    "a number": ("sum(n.count for n in nodes)", "a property is true or false, and this is an `int`"),
    "a set": ("{n.on for n in nodes}", "a property is true or false, and this is a `set[bool]`"),
    "a process or none": ("next_of(nodes[0])", "a property is true or false, and this is a `Node`"),
}


def lowered(step: str, answer: str = "True") -> None:
    lower(load(MODEL.replace("STEP", step).replace("PROPERTY", answer)))


@pytest.mark.parametrize("name", SAID)
def test_a_refusal_says_what_is_wrong_and_what_to_write(name: str) -> None:
    step, what, remedy = SAID[name]
    with pytest.raises(ModelError) as caught:
        lowered(step)
    assert what in str(caught.value)
    assert remedy in (caught.value.remedy or "")


@pytest.mark.parametrize("name", ANSWERS)
def test_a_property_is_true_or_false(name: str) -> None:
    answer, what = ANSWERS[name]
    text = MODEL + "def next_of(node: Node) -> Node:\n    return node\nused = next_of\n"
    with pytest.raises(ModelError) as caught:
        lower(load(text.replace("STEP", "self.on = True").replace("PROPERTY", answer)))
    assert what in str(caught.value)


def test_texts_and_fractions_are_compared_where_they_are_known() -> None:
    lowered("self.on = RATE > 0.7 and MODE == 'fast' and MODE in ('slow', 'medium')", "RATE >= 0.5 or MODE != 'slow'")
    with pytest.raises(ModelError, match="these two have no order"):
        lowered("self.on = RATE > MODE")


def test_a_class_of_the_models_own_may_hold_constants() -> None:
    lowered("self.count = Names.FIRST + Names.Inner.PAIR[1]", "Names.HALF > 0.2 and Names.NAME == 'a'")


ACCEPTED = [
    "rows = [[1], [2]]\n        for i in range(len(rows)):\n            rows[i][0] = 3\n        self.count = rows[0][0]",
    "self.votes = {key: 0 for key in [1, 2]}",
    "self.seen = self.seen.union({1})",
    "self.count = max([], default=1) + sum([]) + min(set(), default=0)",
    "self.count = ([v for v in self.log if v > 1] + [0])[0]",
    "a, b = sorted(self.seen); self.count = min(a + b, 5)",
    "n = self.emptied(); self.log.append(n)",
    "self.on = self.count == (1 if self.on else 0)",
    "self.on = Level.HIGH is self.level",
]


@pytest.mark.parametrize("step", ACCEPTED)
def test_what_a_refusal_offers_is_accepted(step: str) -> None:
    lowered(step)


def test_what_is_said_of_a_known_text_is_known() -> None:
    lowered("self.on = MODE.startswith('fa') and len(MODE) == 4 and MODE[0] == 'f' and MODE.upper() in MODES")


def test_a_local_has_the_bound_that_it_is_given() -> None:
    lowered("require(self.count < 3)\n        n: Annotated[int, Range(0, 3)] = self.count\n        self.seen = {n + n, n}")


def test_where_there_is_no_c_the_construct_itself_is_named() -> None:
    step = "for i, n in enumerate(self.log, 1):\n            self.count = max(i, n)"
    with pytest.raises(Unsupported, match="`enumerate` from another start is not supported"):
        lowered(step)
