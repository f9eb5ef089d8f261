"""What an error offers instead is accepted, when it is written."""

from __future__ import annotations

import pytest

from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

MODEL = """
from __future__ import annotations
from typing import Annotated
from quorate import Group, Max, Process, Range, Record, action, durable, old, require, step, up

Small = Annotated[int, Range(0, 9)]

class Entry(Record):
    a: Small
    b: Small

class Node(Process):
    pairs: set[tuple[Small, Small]] = durable(set())
    entries: set[Entry] = durable(set())
    count: Small = durable(0)
    friend: Node | None = durable(None)

    @action
    def act(self) -> None:
        STEP

nodes = Group(Node, 2)

@step
def fine() -> bool:
    return PROPERTY
"""
OFFERED = [
    ("require(self.pairs); self.count = max(self.pairs, key=lambda r: r[0])[1]", "key=lambda r: (r[0], r)"),
    ("require(self.entries); self.count = max(self.entries, key=lambda r: r.a).b", "key=lambda r: (r.a, r.b)"),
    ("self.count = count", "self.count"),
]


def lowered(step: str, answer: str = "True") -> None:
    lower(load(MODEL.replace("STEP", step).replace("PROPERTY", answer)))


@pytest.mark.parametrize(("step", "offered"), OFFERED)
def test_an_error_offers_what_to_write(step: str, offered: str) -> None:
    with pytest.raises(ModelError) as caught:
        lowered(step)
    assert offered in str(caught.value)


def test_what_is_offered_is_accepted() -> None:
    lowered("require(self.pairs); self.count = max(self.pairs, key=lambda r: (r[0], r))[1]")
    lowered("require(self.pairs); self.count = max(self.pairs, key=lambda r: (r[1], r[0]))[1]")
    lowered("require(self.entries); self.count = max(self.entries, key=lambda r: (r.a, r.b)).b")


def test_what_old_gives_is_compared_with_none() -> None:
    lowered("self.count = 1", "all(old(n).friend is None or n.friend is not None for n in nodes)")


def test_whether_a_process_was_up_is_not_asked_of_old() -> None:
    with pytest.raises(ModelError, match="`up` is asked of the state after the step"):
        lowered("self.count = 1", "all(up(old(n)) for n in nodes)")
