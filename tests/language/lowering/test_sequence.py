"""Where the IR names an operand, and where not: only what Python's order, or a second use, makes visible."""

from __future__ import annotations

import pytest

from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower
from quorate.language.program import ir
from quorate.language.program.traversal import every_expression
from quorate.language.program.well_formed import well_formed

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import *

Small = Annotated[int, Range(0, 7)]

class Pair(Record):
    left: Small
    right: Small

class Node(Process):
    x: Small = durable(1)
    y: Small = durable(1)
    o: Small | None = durable(None)
    l: Annotated[list[Small], Max(3)] = durable([1])
    d: dict[Small, Small] = durable({{}})
    s: set[Small] = durable({{1}})
    answer: bool = durable(False)
    result: Small = durable(0)
    pair: Pair = durable(Pair(0, 0))

    def inc(self) -> int:
        self.x += 1
        return self.x

    def put(self) -> int:
        self.y = 2
        return 1

    @action
    def act(self) -> None:
        require(self.x < 3)
        {body}
        self.result = self.inc() + self.put()

node = Node.single()

@always
def fine() -> bool:
    return True
"""
PLAIN = [
    "self.result = self.x + self.inc()",
    "self.result = self.inc() - self.put()",
    "self.answer = 0 < self.x < 3",
    "self.answer = self.x in self.l",
    "self.answer = self.put() in self.l",
    "self.answer = self.x in (1, 2, self.y)",
    "self.answer = self.x in [choose([1, 2]), self.x]",
    "self.pair = Pair(right=self.x, left=self.y)",
    "self.pair = Pair(left=self.inc(), right=self.x)",
    "self.pair = self.pair.replace(left=self.inc())",
    "self.result = min(self.l, default=self.x)",
    "self.result = min(self.x, self.inc(), self.put())",
    "self.result = self.d.get(self.x, self.inc())",
    "self.answer = self.s > {self.x}",
    "self.result = len(self.l[self.x:])",
    "self.answer = self.x < self.inc() and self.inc() > 2",
    "self.l = [self.x, self.inc()]",
    "self.answer = bool(self.o)",
]
NAMED = {
    "self.answer = self.inc() in self.s": 0,
    "self.answer = 0 < self.inc() < 3": 1,
    "self.answer = self.inc() in [self.x, self.inc()]": 3,
    "self.answer = self.inc() in (1, 2)": 1,
    "self.answer = 1 in [1, 1 // self.y]": 1,
    "self.answer = {self.inc()} > {self.x, self.inc()}": 2,
    "self.pair = Pair(right=self.inc(), left=self.x)": 2,
    "self.pair = Pair(right=self.inc(), left=self.put())": 2,
    "self.pair = Pair(right=choose([1, 2]), left=choose([1, 2]))": 2,
    "self.result = min(self.l, default=1 // self.y)": 1,
    "self.answer = bool(choose([None, 0, 1]))": 1,
    "self.result = choose([0, 1]) or self.x": 1,
    "self.l = [self.x + 6, some(self.o)]": 1,
    "self.l = [self.inc()] * 2": 1,
}


def names(body: str) -> int:
    """Return how many names the step gives."""
    program = lower(load(MODEL.format(body=body)))
    well_formed(program)
    return sum(isinstance(e, ir.Let) for e in every_expression(program.steps[0].body))


@pytest.mark.parametrize("body", PLAIN)
def test_what_nobody_could_see_has_no_name(body: str) -> None:
    assert names(body) == 0


@pytest.mark.parametrize("body", NAMED)
def test_what_could_be_seen_is_evaluated_before(body: str) -> None:
    assert names(body) == NAMED[body]
