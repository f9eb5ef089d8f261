"""Module-level steps that change a process that is down: in both engines the step is not there, or an error of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.explorer.engines.agreement import agreed
from tests.explorer.engines.samples import HEAD

if TYPE_CHECKING:
    from pathlib import Path

NODES = """
Small = Annotated[int, Range(0, 2)]

class Hi(Message):
    n: Small

class Node(Process):
    x: Small = durable(2)
    l: Annotated[list[Small], Max(2)] = durable([1, 2])
    none: Annotated[list[Small], Max(2)] = durable([])
    s: set[Small] = durable({1})
    d: dict[Small, Small] = durable({1: 2})
    deep: dict[Small, Annotated[list[Small], Max(1)]] = durable({1: [0]})
    pair: tuple[Small, bool] = durable((0, True))

    @receive
    def on_hi(self, m: Hi) -> None:
        self.x = m.n

@action
def change(p: Node, q: Node) -> None:
    require(not up(p) and p is not q)
    %s

nodes = Group(Node, 2)

@always
def low() -> bool:
    return all(n.x < 3 for n in nodes)

presets = [Preset("default", faults=Faults(crash="1 of Node"))]
"""


def ended_in_error(folder: Path, change: str) -> bool:
    path = folder / "model.py"
    path.write_text(HEAD + NODES % change, encoding="utf-8")
    result = agreed(path, depth=None)
    assert not isinstance(result, str), result
    assert bool(result.error) or result.exploration.fired["change"] == 0
    return bool(result.error)


@pytest.mark.parametrize(
    "change",
    [
        "p.x += 1",
        "p.x = 6 // (p.x - 2)",
        "p.x, q.x = 0, 6 // (p.x - 2)",
        "p.x, p.pair = 0, {(1, True): p.pair}[p.pair]",
        "p.pair = (p.x + 1, True)",
        "p.l.append(0)",
        "p.none.pop()",
        "p.none.pop(0)",
        "p.l[2] = 0",
        "p.l[0] = p.x + 1",
        "p.l.extend([0])",
        "p.l += [0]",
        "p.l.insert(0, 1)",
        "p.l.remove(0)",
        "del p.none[0]",
        "p.s.remove(2)",
        "p.s.add(p.x + 1)",
        "p.s |= {p.x + 1}",
        "del p.d[0]",
        "p.d.pop(0)",
        "p.d[1] = p.x + 1",
        "p.d.update({0: 0, 1: p.x + 1})",
        "p.d.setdefault(0, p.x + 1)",
        "p.deep[1].append(0)",
        "p.deep[0].clear()",
        "send(Hi(p.x + 1), to=q, sender=p)",
    ],
)
def test_what_is_stored_in_a_process_that_is_down_is_checked_first(tmp_path: Path, change: str) -> None:
    assert ended_in_error(tmp_path, change)


@pytest.mark.parametrize(
    "change",
    [
        "p.x = 0; q.x = 9 // (p.x - 2)",
        "p.l.clear(); q.l.append(0)",
        "p.l.pop()",
        "p.l[1] = 0",
        "p.s.discard(2)",
        "p.s -= {2}",
        "p.d.setdefault(1, 0)",
        "p.d.update({0: 0, 1: 1})",
        "p.deep[1][0] = 1",
        "p.x, q.x = 0, p.x - 2",
        "send(Hi(0), to=q, sender=p)",
        "broadcast(Hi(0), to=nodes - {q}, sender=p)",
    ],
)
def test_a_step_that_changes_a_process_that_is_down_is_not_there(tmp_path: Path, change: str) -> None:
    assert not ended_in_error(tmp_path, change)
