"""Python's own hooks on a model's classes are refused, and enums have one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import EngineName, Request, check
from quorate.language.errors import ModelError
from quorate.language.loading.load import load

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
from __future__ import annotations
from enum import Enum, Flag, IntEnum, StrEnum, auto
from typing import Annotated
from quorate import Group, Max, Message, Process, Range, Record, Shared, action, always, durable, require, sometimes

class Color(COLOR):
    RED = FIRST
    GREEN = SECOND
ENUM

class Entry(Record):
    term: Annotated[int, Range(0, 3)]
RECORD

class Node(Process):
    color: Color = durable(Color.RED)
    colors: Annotated[list[Color], Max(2)] = durable([Color.GREEN, Color.RED])
    entry: Entry = durable(Entry(1))
PROCESS

    @action
    def act(self) -> None:
        require(self.color is Color.RED)
        self.color = Color.GREEN
        self.entry = Entry(2)

nodes = Group(Node, 1)

@always
def fine() -> bool:
    return all(n.color is Color.RED or n.entry == Entry(2) for n in nodes)

@sometimes
def in_order() -> bool:
    return all(sorted(n.colors)[0] is Color.RED and min(n.colors) is Color.RED and n.color is Color.GREEN for n in nodes)
"""


def model(**parts: str) -> str:
    text = MODEL
    for name in ("ENUM", "RECORD", "PROCESS"):
        text = text.replace(name, "\n".join(f"    {line}" for line in parts.get(name, "").splitlines()))
    return (
        text.replace("COLOR", parts.get("COLOR", "Enum"))
        .replace("FIRST", parts.get("FIRST", "1"))
        .replace("SECOND", parts.get("SECOND", "2"))
    )


EQ = "def __eq__(self, other: object) -> bool:\n    return True\ndef __hash__(self) -> int:\n    return 0"
REFUSED = {
    "a record's own equality": {"RECORD": EQ},
    "what a record does after it is built": {"RECORD": "def __post_init__(self) -> None:\n    assert self.term < 2"},
    "a record's own order": {"RECORD": "def __lt__(self, other: Entry) -> bool:\n    return True"},
    "a record's own length": {"RECORD": "def __len__(self) -> int:\n    return 0"},
    "an enum's own equality": {"ENUM": EQ},
    "an enum's own truth": {"ENUM": "def __bool__(self) -> bool:\n    return False"},
    "an enum's own order": {"ENUM": "def __lt__(self, other: object) -> bool:\n    return False"},
    "a process's own equality": {"PROCESS": EQ},
    "a process's own attributes": {"PROCESS": "def __getattr__(self, name: str) -> int:\n    return 0"},
    "a hook that is assigned": {"RECORD": "__bool__ = lambda self: False"},
    "a flag": {"COLOR": "Flag"},
    "numbers that descend": {"COLOR": "IntEnum", "FIRST": "5", "SECOND": "1"},
    "texts that descend": {"COLOR": "StrEnum", "FIRST": "'red'", "SECOND": "'green'"},
}
ACCEPTED = {
    "as it is": {},
    "numbers that ascend": {"COLOR": "IntEnum", "FIRST": "1", "SECOND": "5"},
    "texts that ascend": {"COLOR": "StrEnum", "FIRST": "'a'", "SECOND": "'b'"},
    "a text for people": {"RECORD": "def __str__(self) -> str:\n    return 'entry'"},
    "a method of its own name": {"RECORD": "def later(self) -> bool:\n    return self.term > 1"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hook_is_refused(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        load(model(**REFUSED[name]))
    assert caught.value.where is not None


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_left_means_the_same(name: str, engine: EngineName, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(model(**ACCEPTED[name]))
    result = check(Request(model=str(path), engine=engine))
    assert {a.name: a.verdict.value for a in result.answers} == {"fine": "holds", "in_order": "holds"}
