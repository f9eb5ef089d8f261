"""What a generated protocol may have, and how each of them begins. Read next: `protocols.py`, which draws among these."""

from __future__ import annotations

FEATURES = {
    "displays": "what is composed, as items of displays, whose ranges are narrower than what is looked for in them",
    "effects": "helpers that change something and return a value, in every place of an operand",
    "aliases": "locals, loop variables and parameters that name a field's value, read after it changed",
    "choices": "`choose` and `some` inside expressions",
    "plain": "`int` fields without a bound",
    "nested": "containers in containers",
    "options": "`T | None` of anything",
    "records": "a second record, with containers and options in it; records in sets, as keys and values",
    "enums": "values of enums, and a second enum",
    "int_enums": "`IntEnum` and `StrEnum`",
    "conditional": "steps and properties under `if`",
    "variants": "fields under `if` and `else`, and declared twice",
    "groups": "several groups of a kind, and singles",
    "client": "a second kind of process",
    "inheritance": "a base class with fields and steps",
    "shared": "state of no process",
    "ghosts": "fields that only properties read",
    "initial": "`@initial`, with choices",
    "module": "actions at module level",
    "openings": "`@initial` at module level, with choices and messages; in a preset that names it; `in_flight`",
    "limits": "`limit`",
    "constraints": "`@constraint`",
    "faults": "budgets of faults",
    "walks": "loops over sets",
    "keys": "`sorted`, `min`, `max` with a key",
    "ordered": "what depends on the order of processes",
    "errors": "indices, divisions, bounds and assertions that may fail",
    "messages": "messages and their handlers",
}

HEADER = """\
from __future__ import annotations

from enum import Enum, IntEnum, StrEnum, auto
from typing import Annotated

from quorate import (
    Faults, Group, Max, Message, Preset, Process, Range, Record, Shared, action, always, broadcast, choose, constraint, durable,
    final, ghost, in_flight, initial, limit, never, old, others, param, receive, require, send, skip, some, sometimes, step, up,
    volatile,
)

NODES = param({nodes}, "nodes")
FLAG = param({flag}, "whether there is more")

{enums}
Small = Annotated[int, Range(0, 2)]

class Pair(Record):
    left: Small
    right: bool

def larger(a: int, b: int) -> int:
    if a > b:
        return a
    return b

def first_of(items: list[int], usual: int) -> int:
    for item in items:
        if item != usual:
            return item
    return usual

"""

COLORS = (
    "class Color(Enum):\n    RED = auto()\n    GREEN = auto()\n    BLUE = auto()\n",
    "class Color(Enum):\n    RED = 'r'\n    GREEN = 'g'\n    BLUE = 'b'\n",
    "class Color(Enum):\n    RED = 3\n    GREEN = 1\n    BLUE = 2\n",
    "class Color(Enum):\n    RED = (0, 'r')\n    GREEN = (0, 'g')\n    BLUE = (1, 'b')\n    CRIMSON = RED\n",
    "class Color(StrEnum):\n    RED = 'a'\n    GREEN = 'b'\n    BLUE = 'c'\n",
    "class Color(IntEnum):\n    RED = 0\n    GREEN = 1\n    BLUE = 2\n",
    "class Color(str, Enum):\n    RED = 'a'\n    GREEN = 'b'\n    BLUE = 'c'\n",
    "class Color(IntEnum):\n    RED = 1\n    GREEN = 3\n    BLUE = 7\n",
)
LEVEL = "class Level(Enum):\n    LOW = auto()\n    HIGH = auto()\n"
