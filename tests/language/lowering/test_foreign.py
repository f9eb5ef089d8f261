"""What has no C meaning hides nothing: all that is inside is judged, and what is sound falls back to the reference engine."""

from __future__ import annotations

import textwrap

import pytest

from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

HEAD = """
from __future__ import annotations
import itertools
import math
import random
import statistics
from enum import Enum, StrEnum
from typing import Annotated
from quorate import (
    Group, Max, Message, Preset, Process, Range, Record, action, always, choose, durable, ghost, param, receive, require, send,
    volatile,
)

RATE = 0.5
MODE = param("fast", choices=["fast", "slow"])

class Answer(StrEnum):
    NO = "no"
    YES = "yes"

class Word(Message):
    term: Annotated[int, Range(0, 9)]

def is_fast(mode: object) -> bool:
    return mode == "fast"

def guess(mode: str) -> bool:
    return mode == "fast" and random.random() > 0

def scaled(rate: float, term: int) -> int:
    return 1 if rate * term > 1 else 0

class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3

class Entry(Record):
    term: Annotated[int, Range(0, 9)]

def largest(*terms: int) -> int:
    return max(terms)

def rounded(term: int) -> int:
    return pow(2, term)

class Node(Process):
    term: Annotated[int, Range(0, 9)] = durable(0)
    on: bool = durable(False)
    color: Color = durable(Color.RED)
    colors: set[Color] = durable(set())
    log: Annotated[list[Annotated[int, Range(0, 9)]], Max(3)] = durable([])
    votes: dict[Node, Annotated[int, Range(0, 9)]] = durable({})
    peer: Node | None = durable(None)
    word: Answer = durable(Answer.YES)
    seen: Annotated[int, Range(0, 9)] = ghost(0)

    @receive
    def on_word(self, m: Word) -> None:
        self.term = m.term

    def larger(self, term: int) -> int:
        return max(self.term, term)

    def count(self, term: int) -> int:
        self.term = term
        return term

    def next(self) -> int:
        return self.term + 1

    @action
    def act(self) -> None:
"""
TAIL = """
nodes = Group(Node, 2)
helpers = largest, rounded, is_fast, guess, scaled, Node.next, Node.larger, Node.count, statistics  # each example uses some

@always
def fine() -> bool:
    return True
"""


def lowered(step: str) -> None:
    lower(load(HEAD + textwrap.indent(textwrap.dedent(step).strip(), " " * 8) + "\n" + TAIL))


FOREIGN = {
    "a power": "self.term = pow(2, self.term)",
    "a local with a value without C meaning": "t = pow(2, self.term)\nself.term = t\nif t > 3:\n    self.on = True",
    "a helper that returns one": "self.term = rounded(self.term)",
    "a local that a branch gives such a value": "t = 0\nif self.on:\n    t = pow(2, self.term)\nself.term = t",
    "a loop with else": "for i in range(3):\n    if i == self.term:\n        break\nelse:\n    self.on = True",
    "a slice with a step": "self.on = len(self.log[::2]) > 1",
    "a slice that is assigned": "self.log[1:] = []",
    "the name of an enum": 'self.on = self.color.name == "RED"',
    "a class pattern": "match self.term:\n    case int():\n        self.on = True",
    "alternatives with different names": (
        "match (self.term, self.next()):\n    case (1, t) | (t, 1):\n        self.term = t\n    case _:\n        self.term = 0"
    ),
    "alternatives of different lengths": (
        "match (self.term, self.on):\n    case (1, _) | (1, _, _):\n        self.term = 1\n    case _:\n        self.term = 0"
    ),
    "a guard that uses a name": "match self.term:\n    case t if t > 3:\n        self.on = True",
    "numbers from one": "for i, t in enumerate(self.log, 1):\n    self.term = max(i, t)",
    "numbers from one, as a name": "self.on = all(i > 0 for i, t in enumerate(self.log, start=1))",
    "a list of such numbers": "self.log = [i for i, t in enumerate(self.log, 1)]",
    "three lists at once": "self.term = sum([a for a, b, c in zip(self.log, self.log, self.log)])",
    "a slice that is walked": "for t in self.log[::2]:\n    self.term = t",
    "a sum of such": "for t in self.log[::2] + [1]:\n    self.term = t",
    "a sum from a number": "self.term = sum(self.log, 1)",
    "a computed power": "self.term = self.term ** 2 % 3",
    "a class of numbers": "self.on = isinstance(self.term, int)",
    "a class of the model": "self.on = isinstance(self, Node)",
    "a starred target": "first, *rest = [1, 2, 3]\nself.term = len(rest)",
    "a list that is unpacked": "require(len(self.log) == 2)\nfirst, *rest = self.log\nself.term = first",
    "a library of numbers": "self.term = math.gcd(self.term, 4)",
    "a library of lists": "self.on = any(a > b for a, b in itertools.combinations(self.log, 2))",
    "a fraction of the module": "self.on = round(self.term * RATE) > 1",
    "a fraction of the source": "self.on = self.term > 0.5",
    "a quotient": "self.on = self.term / 2 > 1",
    "a quotient that is rounded": "self.term = math.ceil(self.term / 2)",
    "a fraction as a local": "t = 0.5\nself.on = self.term > t",
    "a text as a local": 'mode = MODE\nself.on = mode == "fast"',
    "a text for a helper": "self.on = is_fast(MODE)",
    "a fraction for a helper": "self.term = scaled(RATE, self.term)",
    "such a value for a helper of the process": "self.term = self.larger(pow(2, self.term))",
    "a value of a text": "self.on = self.word == 'no'",
    "a message with such a value": "send(Word(term=pow(2, self.term)), to=choose(nodes - {self}))",
    "a message with such a value in a loop": "for n in nodes:\n    send(Word(term=pow(2, self.term)), to=n)",
    "a choice among such values": "self.term = choose([pow(2, self.term), 1])",
    "a choice of a slice": "self.term = choose(choose([[1, 2], [3]])[::2])",
    "a record of such a value": "self.on = Entry(term=pow(2, self.term)) == Entry(1)",
    "a container that gets such a value": "self.log.append(pow(2, self.term))\nself.colors.discard(self.color)",
    "a ghost that a ghost decides": "self.seen = pow(2, self.seen) % 3",
    "a set of such values": "self.on = 4 in {pow(2, t) for t in self.log}",
    "sorted backward": "self.log = sorted(self.log, reverse=self.on)",
    "a walk in order that is summed": "self.term = sum(pow(2, n.index) for n in sorted({self}))",
    "pop in the middle": "require(len(self.log) > 0)\nself.term = self.log.pop() + 0",
}
HIDDEN = {
    "a loop over a set under a class pattern": (
        "match self.term:\n    case int():\n        for c in self.colors:\n            self.color = c",
        "the order of a set or dict decides what this loop does",
    ),
    "a loop over a set in a match": (
        "match self.color:\n    case _:\n        for c in self.colors:\n            self.color = c",
        "the order of a set or dict decides what this loop does",
    ),
    "a loop over a set with else": (
        "for c in self.colors:\n    self.color = c\nelse:\n    self.on = True",
        "a set or dict is walked where its order may show",
    ),
    "a loop under an if with a foreign condition": (
        "if pow(2, self.term) > 3:\n    for c in self.colors:\n        self.color = c",
        "the order of a set or dict decides what this loop does",
    ),
    "randomness as an argument": ("self.term = pow(2, random.randint(0, 2))", "randomness makes two runs differ"),
    "a file as an argument": ('self.term = pow(2, len(open("x").read()))', "a step opens no file"),
    "an identity": ("self.term = divmod(id(self), 2)[1]", "`id` differs from run to run"),
    "a hash in a comparison": ("self.on = pow(2, hash(self)) > 3", "`hash` differs from run to run"),
    "another process's field": (
        "require(self.peer is not None)\nself.term = pow(2, self.peer.term)",
        "a field of another process",
    ),
    "a list of a set": ("self.on = round(list(self.colors)[0] is Color.RED) == 1", "depends on an order"),
    "a tuple of a set": ("self.on = tuple(self.colors)[0] is Color.RED", "depends on its order"),
    "a comprehension over a set": ("self.log = [pow(2, 1 + self.term) for c in self.colors]", "set"),
    "a function inside": ("def inner() -> None:\n    pass\ninner()", "a function inside a function"),
    "a class inside": ("class Inner:\n    pass", "a class inside a function"),
    "an import inside": ("import os\nself.on = True", "an import inside a function"),
    "with": ("with self.log:\n    self.on = True", "`with` is not part"),
    "a lambda that is called": ("f = lambda: 1\nself.term = f()", "`lambda` has no meaning here"),
    "a field of another process that is written": (
        "require(self.peer is not None)\nself.peer.log[1:] = []",
        "another process",
    ),
    "a walked set of what has no meaning": ("for c in {pow(2, self.term)}:\n    self.term = c", "order cannot be judged"),
    "a name that nothing defines": ("self.term = pow(2, undefined)", "unknown name `undefined`"),
    "numbers over a set": (
        "for i, c in enumerate(self.colors, 1):\n    self.color = c",
        "a set or dict is walked where its order may show",
    ),
    "a sum over a set": ("self.on = sum(n.index / 10 for n in {self}) > 0", "where its order may show"),
    "numbers over a dict": ("self.log = [i for i, n in enumerate(self.votes, 1)]", "where its order may show"),
    "pairs over a set": ("self.on = all(a is b for a, b in itertools.combinations(self.colors, 2))", "depends on its order"),
    "pairs over a dict": ("for a, b in itertools.pairwise(self.votes):\n    self.on = a is b", "where its order may show"),
    "a list of such pairs of a set": ("self.term = len(list(itertools.permutations(self.colors)))", "depends on its order"),
    "a tuple of a dict": ("for n in tuple(self.votes):\n    self.on = n is self", "where its order may show"),
    "a spread of a set": ("self.term = largest(*{1, 2})", "not part of the modelling language"),
    "randomness beside such a local": (
        "t = pow(2, self.term)\nself.on = t > random.random()",
        "randomness makes two runs differ",
    ),
    "randomness beside such a helper": ("self.on = rounded(1) > random.random()", "randomness makes two runs differ"),
    "an identity beside such a local": ("t = [pow(2, self.term)]\nself.on = t[0] > 1 and id(self) > 1", "`id` differs"),
    "randomness in a key": (
        "self.log.sort(key=lambda t: random.random(), reverse=self.on)",
        "randomness makes two runs differ",
    ),
    "randomness in what a helper gets": ("self.on = is_fast([MODE, random.random()])", "randomness makes two runs differ"),
    "randomness under such an argument": ("self.on = guess(MODE)", "randomness makes two runs differ"),
    "the last of a set": ("t = 0\nfor c in {1, 2}:\n    t = pow(2, c)\nself.term = t", "the last value assigned to `t` wins"),
    "the last of a set in a field": (
        "for c in {1, 2}:\n    self.term = pow(c, 1)",
        "the last value assigned to `self.term` wins",
    ),
    "a name of a loop after it": ("for c in {1, 2}:\n    a, (b, d) = c, (c, c)\nself.term = a", "`a` may have no value here"),
    "a list that gets the items of a set": ("for c in {1, 2}:\n    self.log.append(pow(c, 1))", "the last value assigned"),
    "a message for each of a set": (
        "for c in {1, 2}:\n    send(Word(term=pow(c, 1)), to=nodes[0])",
        "messages to one process are sent in that order",
    ),
    "a helper for each of a set": ("self.on = any(self.count(c) > pow(2, c) for c in {1, 2})", "for each item of a set"),
    "a choice from a set of such values": ("self.term = choose({pow(2, self.term), 1})", "order cannot be judged"),
    "a ghost that decides a field": ("self.term = pow(2, self.seen)", "`seen` is a ghost, and it decides what `term` becomes"),
    "a ghost in a condition": ("if pow(2, self.seen) > 1:\n    self.on = True", "`seen` is a ghost"),
    "a ghost in a guard": ("require(pow(2, self.seen) > 1)", "`seen` is a ghost, and it decides whether the step exists"),
    "a ghost in a local": ("t = pow(2, self.seen)\nself.term = t", "`seen` is a ghost"),
    "a ghost for a helper": ("self.on = is_fast([self.seen, MODE])", "`seen` is a ghost"),
    "whom a message goes to": ("send(Word(term=1), to=nodes[round(self.term)])", "and it decides who gets the message"),
    "an identity of fractions": ("t = 0.5\nself.on = t is RATE", "`is` compares None, enums and processes"),
    "a map": ("self.term = sum(map(int, [self.on]))", "`map` is not part"),
    "a filter": ("self.on = any(filter(bool, self.log))", "`filter` is not part"),
    "a text that is made": ('self.on = str(self.term) == "1"', "a step makes no text"),
    "a library of the machine": ("self.term = statistics.mode(self.log)", "`math` and `itertools`"),
    "a text in a field": ('self.color = "RED"', "text cannot be a value of the state"),
    "a formatted text": ('self.on = pow(2, len(f"{self}")) > 1', "text"),
}
WITH_MEANING = {
    "values": (
        "match self.color:\n    case Color.RED:\n        self.on = True\n"
        "    case Color.GREEN | Color.BLUE:\n        self.on = False"
    ),
    "none": "match self.peer:\n    case None:\n        self.peer = self\n    case p:\n        self.on = p is self",
    "a guard": "match self.term:\n    case 0 if self.on:\n        self.term = 1\n    case 1:\n        self.term = 0",
    "tuples": (
        "match (self.on, self.color):\n    case (True, Color.RED):\n        self.term = 1\n"
        "    case (False, _):\n        self.term = 2"
    ),
    "a name": "match self.next():\n    case 3:\n        self.term = 0\n    case n:\n        self.term = min(n, 9)",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_sound_falls_back(name: str) -> None:
    with pytest.raises(Unsupported):
        lowered(FOREIGN[name])


@pytest.mark.parametrize("name", HIDDEN)
def test_nothing_hides_inside(name: str) -> None:
    step, said = HIDDEN[name]
    with pytest.raises(ModelError) as caught:
        lowered(step)
    assert not isinstance(caught.value, Unsupported)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", WITH_MEANING)
def test_a_match_is_what_its_branches_are(name: str) -> None:
    lowered(WITH_MEANING[name])


def test_a_property_falls_back_too() -> None:
    model = HEAD + "        self.on = True\n" + TAIL.replace("return True", "return all(pow(2, n.term) > 0 for n in nodes)")
    with pytest.raises(Unsupported, match="`pow` is not supported"):
        lower(load(model))
