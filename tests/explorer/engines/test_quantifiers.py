"""Which quantifiers had an item to range over, in both engines: it decides what is vacuous."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.test_regressions import verdicts

if TYPE_CHECKING:
    from pathlib import Path

NODE = """
class Node(Process):
    n: Small = durable(0)
    flags: Annotated[list[bool], Max(2)] = durable([True])
    nobody: set[Small] = durable(set())

    @action
    def up(self) -> None:
        require(self.n < 2)
        self.n += 1

node = Node.single()

@%s
def it() -> bool:
    return %s
"""


@pytest.mark.parametrize(
    ("modality", "condition", "verdict"),
    [
        ("sometimes", "all(x > 5 for x in node.nobody)", "vacuous"),
        ("sometimes", "any(x > 5 for x in node.nobody)", "violated"),
        ("sometimes", "all(x > 5 for x in node.nobody) and node.n == 1", "vacuous"),
        ("sometimes", "all(x > 5 for x in node.nobody) and node.n == 1 and any(x for x in node.flags)", "holds"),
        ("always", "all(x > 5 for x in node.nobody) and any(node.flags)", "vacuous"),
        ("always", "all(x > 5 for x in node.nobody) and any([node.n < 1, node.n > 0])", "vacuous"),
        ("never", "any(x > 5 for x in node.nobody)", "vacuous"),
        ("always", "any(node.flags)", "holds"),
        ("always", "all(node.n < 3 for _ in range(node.n))", "holds"),
        ("always", "all([x > 5 for x in sorted(node.nobody)])", "vacuous"),
        ("always", "all({x > 5 for x in node.nobody})", "vacuous"),
        ("final", "all(x > 5 for x in node.nobody)", "vacuous"),
        ("step", "all(x > 5 for x in node.nobody)", "vacuous"),
    ],
)
def test_what_ranges_over_nothing_is_vacuous(tmp_path: Path, modality: str, condition: str, verdict: str) -> None:
    assert verdicts(tmp_path, NODE % (modality, condition)) == (3, {"it": verdict})


@pytest.mark.parametrize(
    "condition",
    [
        "{1: any(f for f in node.flags)}.get(5) is None",
        "{1: any(f for f in node.flags)}.get(5, True)",
        "{any(f for f in node.flags): 1}.get(True) == 1",
        "(any(f for f in node.flags), True)[1]",
        "[any(f for f in node.flags), True][1]",
        "len([any(f for f in node.flags)]) == 1",
        "any(f for f in node.flags) != None",
        "[True] * 2 != [any(f for f in node.flags)] * 0",
    ],
)
def test_a_quantifier_counts_whose_value_decides_nothing(tmp_path: Path, condition: str) -> None:
    assert verdicts(tmp_path, NODE % ("always", condition)) == (3, {"it": "holds"})


@pytest.mark.parametrize(
    ("modality", "condition"),
    [
        ("sometimes", "all(6 // (2 - node.n) > 0 for _ in range(node.n - 1))"),
        ("sometimes", "all([6 // (2 - node.n) > 0 for _ in range(node.n - 1)])"),
        ("always", "all(6 // (2 - node.n) > 0 for _ in range(node.n - 1))"),
    ],
)
def test_an_item_that_fails_is_none(tmp_path: Path, modality: str, condition: str) -> None:
    """The search ends with the error: the property held where there was nothing to range over, and that is no answer."""
    assert verdicts(tmp_path, NODE % (modality, condition))[1] == {"it": "cut"}


def test_the_level_after_an_error_does_not_count(tmp_path: Path) -> None:
    """Its states are found, but the search ended before them: the witness that was found is one over nothing."""
    source = NODE % ("sometimes", "all(node.n > 0 for _ in range(node.n))")
    failing = """    @action
    def fail(self) -> None:
        require(self.n == 0)
        self.flags[1] = True

node = Node"""
    assert verdicts(tmp_path, source.replace("node = Node", failing)) == (2, {"it": "cut"})
