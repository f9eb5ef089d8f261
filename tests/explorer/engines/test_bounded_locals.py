"""Annotations of locals bound them in both engines, wherever the function assigns them."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.explorer.contract.verdict import Result

MODEL = """
Small = Annotated[int, Range(0, 3)]
Large = Annotated[int, Range(0, 9)]

class Node(Process):
    x: Large = durable(0)
    y: Large = durable(0)
    seen: set[tuple[Small, Small]] = durable({(0, 0)})
    friend: Node | None = durable(None)

    def raised(self, by: Large) -> int:
        k: Small = self.x
        k = k + by
        return k

    @action
    def act(self) -> None:
        require(self.x < 9)
        self.x += 1
%s

node = Node.single()
helpers = [Node.raised]  # some examples use it

@always
def fine() -> bool:
    return node.y < 9
"""

# An assignment, and the value of x at which it leaves the bounds.
BEYOND = {
    "assigned": ("k: Small = self.x\nself.y = k", 4),
    "assigned again": ("k: Small = 0\nk = self.x\nself.y = k", 4),
    "declared first": ("k: Small\nk = self.x\nself.y = k", 4),
    "under a condition": ("k: Small = 0\nif self.x > 4:\n    k = self.x\nself.y = k", 5),
    "added to": ("k: Small = 0\nk += self.x\nself.y = k", 4),
    "in a loop": ("k: Small = 0\nfor _ in range(self.x):\n    k += 1\nself.y = k", 4),
    "one of several targets": ("k: Small\nk, self.y = self.x, 0\nself.y = k", 4),
    "both of two targets": ("k: Small\nself.y = k = self.x", 4),
    "an option": ("k: Small | None = None\nk = self.x\nself.y = k", 4),
    "a tuple": ("k: tuple[Small, Node | None] = (self.x, self.friend)\nself.y = k[0]", 4),
    "in a helper": ("self.y = self.raised(2)", 2),
    "a number that no value of it is": ("k: Small = 0\nif self.x > 6:\n    k = self.x + 1\nself.y = k", 7),
}


def checked(folder: Path, text: str) -> Result:
    path = folder / "model.py"
    path.write_text(HEAD + MODEL % textwrap.indent(text, " " * 8), encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    assert not any("the reference engine ran" in note for note in result.notes)
    return result


@pytest.mark.parametrize("name", BEYOND)
def test_a_local_stays_within_its_annotation(name: str, tmp_path: Path) -> None:
    text, at = BEYOND[name]
    result = checked(tmp_path, text)
    assert "above its bound 3" in result.error
    assert result.exploration.states == at


def test_what_an_annotation_bounds_needs_no_other_bound(tmp_path: Path) -> None:
    newest = "seq: tuple[Small, Small] = max(self.seen, default=(0, 0))"
    result = checked(tmp_path, f"{newest}\nrequire(seq[0] < 3)\nseq = (seq[0] + 1, 0)\nself.seen.add(seq)")
    assert (result.error, result.exploration.states) == ("", 4)


def test_a_container_and_a_name_that_a_loop_binds_are_not_bounded(tmp_path: Path) -> None:
    loop = "k: Small = 0\nfor k in range(self.x + 1):\n    self.y = min(k, 8)"
    for text in ("k: Annotated[list[Small], Max(1)] = [self.x]\nk.append(self.x)\nself.y = len(k)", loop):
        result = checked(tmp_path, text)
        assert (result.error, result.exploration.states) == ("", 10)
