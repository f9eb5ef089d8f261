"""Where what was assumed contradicts itself, nothing gets: the model is read all the same."""

from __future__ import annotations

import pytest

from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import Max, Process, Range, action, always, durable, require

Small = Annotated[int, Range(0, 9)]

class Node(Process):
    x: Small = durable(0)
    y: Small = durable(1)
    l: Annotated[list[Small], Max(3)] = durable([])

    @action
    def act(self) -> None:
        STEP

node = Node.single()

@always
def fine() -> bool:
    return True
"""
STEPS = {
    "a division": "if self.x == 0 and self.x == 7: self.x = 1 // 7",
    "a remainder": "if self.x == 0 and self.x == 7: self.x = 8 % 7",
    "a division by what cannot be": "if self.x > 5 and self.x < 3: self.y = 9 // self.x",
    "a product": "if self.x > 5 and self.x < 3: self.y = self.x * self.x",
    "a comparison of constants": "if 0 == 7: self.x = 1 // 7",
    "a range": "if self.x > 5 and self.x < 3: self.l = [i for i in range(self.x)]",
    "a slice": "if self.x > 5 and self.x < 3: self.l = self.l[self.x:self.y]",
    "an index": "if len(self.l) > 2 and len(self.l) < 1: self.x = self.l[0]",
    "min and max": "if self.x > 5 and self.x < 3: self.y = min(self.x, max(self.x, 2))",
    "a conditional": "self.y = (1 // self.x if self.x == 3 else 0) if self.x == 0 else 1",
    "a guard": "require(self.x == 0 and self.x == 7); self.y = 10 // 7",
}


@pytest.mark.parametrize("name", STEPS)
def test_a_contradiction_is_read(name: str) -> None:
    lower(load(MODEL.replace("STEP", STEPS[name])))
