"""`.sort()` sorts by the order of the language in both engines, or is refused where Python's own has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import EngineName, Request, check
from quorate.language.errors import ModelError
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """
from __future__ import annotations
from enum import Enum, auto
from typing import Annotated
from quorate import Group, Max, Process, Range, action, always, durable, require

Small = Annotated[int, Range(0, 9)]

class Color(Enum):
    RED = auto()
    GREEN = auto()

class Node(Process):
    colors: Annotated[list[Color], Max(2)] = durable([Color.GREEN, Color.RED])
    nodes: Annotated[list[Node], Max(2)] = durable([])
    numbers: Annotated[list[Small], Max(2)] = durable([7, 3])
    pairs: Annotated[list[tuple[Color, Small]], Max(2)] = durable([(Color.GREEN, 1), (Color.RED, 2)])
    sets: Annotated[list[set[Small]], Max(2)] = durable([{1}, {0}])
    kept: dict[Small, Annotated[list[Color], Max(2)]] = durable({1: [Color.GREEN, Color.RED]})
    done: bool = durable(False)

    @action
    def act(self) -> None:
        require(not self.done)
        self.done = True
        STEP

nodes = Group(Node, 2)

@always
def sorted_then() -> bool:
    return all(not n.done or CONDITION for n in nodes)
"""
SORTED = {
    "enums": ("self.colors.sort()", "n.colors == [Color.RED, Color.GREEN]"),
    "numbers": ("self.numbers.sort()", "n.numbers == [3, 7]"),
    "tuples": ("self.pairs.sort()", "n.pairs[0][0] is Color.RED"),
    "processes": ("self.nodes = [nodes[1], nodes[0]]; self.nodes.sort()", "n.nodes == [nodes[0], nodes[1]]"),
    "what a dict keeps": ("self.kept[1].sort()", "n.kept[1][0] is Color.RED"),
    "a local of numbers": ("xs = [2, 1]; xs.sort(); self.numbers = xs", "n.numbers == [1, 2]"),
}
REFUSED = {
    "sets": "self.sets.sort()",
    "a local of enums": "xs = [Color.GREEN, Color.RED]; xs.sort(); self.colors = xs",
}


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("name", SORTED)
def test_both_engines_sort_alike(name: str, engine: EngineName, tmp_path: Path) -> None:
    step, condition = SORTED[name]
    path = tmp_path / "model.py"
    path.write_text(MODEL.replace("STEP", step).replace("CONDITION", condition))
    assert [a.verdict.value for a in check(Request(model=str(path), engine=engine)).answers] == ["holds"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_python_does_not_sort_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="no order"):
        lower(load(MODEL.replace("STEP", REFUSED[name]).replace("CONDITION", "True")))
