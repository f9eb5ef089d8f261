"""A container that may be None is changed in place where it is known to be there: as Python does, in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import EngineName, Request, check
from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower
from tests.oracle.search import explore

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import Max, Process, Range, action, always, durable, require

Small = Annotated[int, Range(0, 5)]

class Node(Process):
    d: dict[Small, Small] | None = durable(None)
    s: set[Small] | None = durable(None)
    l: Annotated[list[Small], Max(3)] | None = durable(None)
    n: dict[Small, set[Small] | None] = durable({1: None})
    x: Small = durable(0)

    @action
    def begin(self) -> None:
        require(self.d is None)
        self.d, self.s, self.l = {}, {1}, []

    @action
    def end(self) -> None:
        self.d, self.s, self.l = None, None, None

    @action
    def act(self) -> None:
        STEP

node = Node.single()

@always
def fine() -> bool:
    return node.x < 6
"""
STEPS = {
    "an item of a dict": "if self.d is not None: self.d[1] = 2",
    "an item that is added to": "require(self.d is not None); self.d[1] = 2; self.d[1] += 1; self.x = self.d[1]",
    "an item that goes": (
        "if self.d is not None and 1 in self.d: del self.d[1]\n        elif self.d is not None: self.d[1] = 0"
    ),
    "a set": "require(self.s is not None); self.s.add(2); self.s |= {3}; self.s.discard(1); self.x = len(self.s)",
    "a list": "if self.l is not None and len(self.l) < 3: self.l.append(len(self.l)); self.l[0] = 4",
    "what is taken": (
        "if self.l is not None and len(self.l) > 1: self.x = self.l.pop()\n        elif self.l is not None: self.l += [1]"
    ),
    "what is taken by key": "require(self.d is not None); self.d.setdefault(2, 3); self.x = self.d.pop(2)",
    "an option in a dict": "if self.n[1] is not None: self.n[1].add(2); self.x = 1\n        else: self.n[1] = set()",
    "after an assignment": "self.s = {5}; self.s.add(4); self.x = min(self.s)",
}


@pytest.mark.parametrize("name", STEPS)
def test_it_is_changed_as_python_changes_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(MODEL.replace("STEP", STEPS[name]))
    engines: list[EngineName] = ["reference", "native"]
    found = [check(Request(model=str(path), engine=engine)).exploration for engine in engines]
    outcome = explore(path.read_text())
    assert {(e.states, e.edges) for e in found} == {(outcome.states, outcome.edges)}


def test_what_may_be_none_is_not_changed() -> None:
    with pytest.raises(ModelError, match="this may be None here"):
        lower(load(MODEL.replace("STEP", "self.d[1] = 2")))
