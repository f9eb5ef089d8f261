"""What the IR says of the source: where each node stands, and which assignments change a container in place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.language.errors import Place
from quorate.language.loading.load import load, shipped
from quorate.language.lowering.lower import lower
from quorate.language.program import ir
from quorate.language.program.traversal import every_expression, statements
from tests.language.lowering.test_lower import CONSTRUCTS, HEAD, lowered

if TYPE_CHECKING:
    from collections.abc import Iterator


def bodies(program: ir.Program) -> list[tuple[ir.Stmt, ...]]:
    whole = [b.body for b in program.steps] + [b.body for b in program.properties]
    return whole + [b.body for b in program.functions.values()]


@pytest.mark.parametrize("model", [*sorted(shipped()), *map(str, CONSTRUCTS)], ids=lambda m: Path(m).stem)
def test_what_a_pass_may_refuse_has_a_place(model: str) -> None:
    """A statement, and whatever reads, chooses, calls or walks; of `Apply` what the source spells out, so not asked here."""
    for body in bodies(lower(load(model))):
        assert all(s.where is not None for s in statements(body))
        for expr in every_expression(body):
            if isinstance(expr, ir.Field | ir.Call | ir.Choose | ir.Some | ir.Comprehension):
                assert expr.where is not None
            clauses = expr.clauses if isinstance(expr, ir.Comprehension) else ()
            assert all(c.where is not None for c in clauses)


PLACES = """
def top(n: Node) -> int:
    n.x = 1
    return 2

class Node(Process):
    x: Small = durable(0)
    s: set[Small] = durable(set())

    @action
    def go(self) -> None:
        self.s = {k for k in self.s if k != 1}
        self.x = choose([1,
                         top(self)])

node = Node.single()
"""


def test_a_place_is_that_of_the_innermost_node(tmp_path: Path) -> None:
    program = lowered(tmp_path, PLACES)
    found = {(type(e).__name__, e.where.line, e.where.text.strip()) for b in bodies(program) for e in parts(b) if e.where}
    first = HEAD.count("\n")
    assert ("Clause", first + 12, "self.s = {k for k in self.s if k != 1}") in found
    assert ("Assign", first + 13, "self.x = choose([1,") in found
    assert ("Choose", first + 13, "self.x = choose([1,") in found
    assert ("Call", first + 14, "top(self)])") in found
    assert ("Assign", first + 3, "n.x = 1") in found


def parts(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Placed]:
    for part in (*statements(body), *every_expression(body)):
        if isinstance(part, ir.Placed):
            yield part
        yield from part.clauses if isinstance(part, ir.Comprehension) else ()


def test_equality_and_text_do_not_see_the_place() -> None:
    here, there = (ir.Break(where=Place("m.py", line, 1)) for line in (1, 2))
    assert here == there
    assert hash(here) == hash(there)
    assert repr(here) == "Break()"


CHANGES = {
    "self.l.append(1)": True,
    "self.l.pop()": True,
    "taken = self.l.pop()": True,
    "self.l[0] = 1": True,
    "self.l[-1] = 1": True,
    "self.l += [1]": True,
    "self.l.sort()": True,
    "del self.l[0]": True,
    "self.l.clear()": True,
    "self.s.add(1)": True,
    "self.s.discard(1)": True,
    "self.s |= {1}": True,
    "self.s -= {1}": True,
    "self.s.update({1})": True,
    "self.d[1] = {2}": True,
    "self.d[1].add(2)": True,
    "self.d[1] |= {2}": True,
    "self.d.setdefault(1, set()).add(2)": True,
    "del self.d[1]": True,
    "self.d.pop(1)": True,
    "self.d |= {1: {2}}": True,
    "self.l = self.l + [1]": False,
    "self.l = []": False,
    "self.s = self.s | {1}": False,
    "self.d = {1: {2}}": False,
    "self.x = 1": False,
    "self.x += 1": False,
    "self.x, self.s = 1, {2}": False,
}


@pytest.mark.parametrize(("line", "in_place"), CHANGES.items(), ids=CHANGES)
def test_an_assignment_says_whether_python_changes_the_container_itself(tmp_path: Path, line: str, in_place: bool) -> None:
    source = """
class Node(Process):
    x: Small = durable(0)
    l: Annotated[list[Small], Max(4)] = durable([])
    s: set[Small] = durable(set())
    d: dict[Small, set[Small]] = durable({})

    @action
    def go(self) -> None:
        LINE

node = Node.single()
"""
    program = lowered(tmp_path, source.replace("LINE", line))
    stores = [s for s in program.steps[0].body if isinstance(s, ir.Assign) and isinstance(s.target, ir.Field)]
    assert stores
    assert {s.in_place for s in stores} == {in_place}


def test_a_local_list_that_grows_is_changed_in_place(tmp_path: Path) -> None:
    source = PLACES.replace("self.x = choose", "xs = [1]\n        xs.append(2)\n        xs = xs + [3]\n        self.x = choose")
    body = lowered(tmp_path, source).steps[0].body
    found = [s.in_place for s in body if isinstance(s, ir.Assign) and isinstance(s.target, ir.Local) and s.target.name == "xs"]
    assert found == [False, True, False]
