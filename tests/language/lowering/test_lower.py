"""What source becomes: names kept, bounds inferred, options opened, paths rebuilt; and the same meaning in both engines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.explorer.contract.engine import Limits
from quorate.language.errors import ModelError
from quorate.language.loading.load import load, shipped
from quorate.language.lowering.lower import lower
from quorate.language.program import ir
from quorate.language.program.footprint import footprint
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import every_expression, statements
from quorate.language.program.well_formed import well_formed
from quorate.language.values.types import Int, ListOf, Size

if TYPE_CHECKING:
    from quorate.explorer.contract.verdict import Result

CONSTRUCTS = sorted((Path(__file__).parent / "constructs").glob("*.py"))

HEAD = """from __future__ import annotations
from enum import Enum
from typing import Annotated
from quorate import *

TOP = param(3, "largest number")
SIZE = param(3, "how many")

Small = Annotated[int, Range(0, TOP)]
"""


def lowered(tmp_path: Path, source: str) -> ir.Program:
    path = tmp_path / "sample.py"
    path.write_text(HEAD + source, encoding="utf-8")
    program = lower(load(path))
    well_formed(program)
    return program


def field_type(program: ir.Program, kind: str, name: str) -> object:
    return next(f.type for f in program.fields[kind] if f.name == name)


def applied(body: tuple[ir.Stmt, ...]) -> list[Op]:
    return [e.operator for e in every_expression(body) if isinstance(e, ir.Apply)]


# -- whole models -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(shipped()))
def test_shipped_models_are_well_formed(name: str) -> None:
    well_formed(lower(load(name)))


@pytest.mark.parametrize("path", CONSTRUCTS, ids=lambda p: p.stem)
def test_constructs_are_well_formed(path: Path) -> None:
    well_formed(lower(load(path)))


def essence(result: Result) -> object:
    counts = replace(result.exploration, seconds=0.0, peak_bytes=0, engine="native", threads=1)
    return counts, [(a.name, a.verdict, a.notes) for a in result.answers], result.error


@pytest.mark.parametrize("path", CONSTRUCTS, ids=lambda p: p.stem)
def test_constructs_mean_the_same_in_both_engines(path: Path) -> None:
    request = Request(model=str(path), limits=Limits(depth=2))
    truth = check(replace(request, engine="reference"))
    assert truth.exploration.states > 1000
    assert essence(check(replace(request, engine="native"))) == essence(truth)


# -- bounds -----------------------------------------------------------------------------------------------------------


def test_plain_int_is_bounded_by_its_limit(tmp_path: Path) -> None:
    program = lowered(
        tmp_path,
        """
class Clock(Process):
    time: int = durable(0)

    @action
    def tick(self) -> None:
        limit(self.time < TOP)
        self.time += 1

clock = Clock.single()
""",
    )
    found = field_type(program, "Clock", "time")
    assert isinstance(found, Int)
    assert (found.low, found.high) == (Size(0, "0"), Size(3, "3"))
    assert [b.text for b in program.limits] == ["TOP = 3"]


def test_plain_int_travels_through_messages(tmp_path: Path) -> None:
    program = lowered(
        tmp_path,
        """
class Told(Message):
    time: int

class Clock(Process):
    time: int = durable(0)

    @action
    def tick(self) -> None:
        require(self.time <= 4)
        self.time += 2
        broadcast(Told(time=self.time), to=clocks)

    @receive
    def on_told(self, m: Told) -> None:
        self.time = max(self.time, m.time)

clocks = Group(Clock, 2)
""",
    )
    for found in (field_type(program, "Clock", "time"), dict(program.messages[0].fields)["time"]):
        assert isinstance(found, Int)
        assert found.high is not None
        assert found.high.value == 6


def test_a_list_that_a_loop_appends_to_has_room_for_every_round(tmp_path: Path) -> None:
    program = lowered(
        tmp_path,
        """
class Node(Process):
    low: Small = durable(0)

    @action
    def act(self) -> None:
        found: list[int] = []
        for n in range(3):
            for m in range(2):
                if n > m:
                    found.append(n + m)
        self.low = min(found)

node = Node.single()
""",
    )
    types = {e.type for e in every_expression(program.steps[0].body) if isinstance(e, ir.Local) and e.name == "found"}
    assert types == {ListOf(Int(Size(1, "1"), Size(3, "3")), Size(6, "6"))}


def test_parameters_and_sizes_keep_their_names(tmp_path: Path) -> None:
    program = lowered(
        tmp_path,
        """
class Node(Process):
    n: Small = durable(0)

    @action
    def act(self) -> None:
        require(self.n < len(nodes))

nodes = Group(Node, SIZE)
""",
    )
    (guard,) = program.steps[0].body
    assert isinstance(guard, ir.Require)
    size = Int(Size(3, "SIZE"), Size(3, "SIZE"))
    assert isinstance(guard.condition, ir.Apply)
    assert guard.condition.operands[1] == ir.Parameter(size, "SIZE", 3)
    assert field_type(program, "Node", "n") == Int(Size(0, "0"), Size(3, "TOP"))


# -- options ----------------------------------------------------------------------------------------------------------

PEER = """
class Node(Process):
    peer: Node | None = durable(None)
    best: Small | None = durable(None)
    seen: set[Node] = durable(set())

    @action
    def act(self, other: Node) -> None:
        {body}

nodes = Group(Node, 2)
"""


@pytest.mark.parametrize(
    "body",
    [
        "if self.peer is not None: self.seen.add(self.peer)",
        "if self.peer is None: return\n        self.seen.add(self.peer)",
        "require(self.peer is not None)\n        self.seen.add(self.peer)",
        "self.seen.add(some(self.peer))",
        "if not (self.peer is None or self.best is None): self.seen.add(self.peer)",
        "if self.peer in (None, other): return\n        self.seen.add(self.peer)",
        "if self.peer == other: self.seen.add(self.peer)",
        "self.peer = other\n        self.seen.add(self.peer)",
        "self.seen |= {self.peer} if self.peer is not None else set()",
        "require(self.best is None or self.best < 2)",
        "self.seen.add(self.peer or other)",
    ],
)
def test_what_a_test_says_of_an_option_is_known_behind_it(tmp_path: Path, body: str) -> None:
    step = lowered(tmp_path, PEER.replace("{body}", body)).steps[0]
    opened = [e for e in every_expression(step.body) if isinstance(e, ir.Some)]
    assert opened or Op.VALUE in applied(step.body)


def test_an_assignment_ends_what_was_known(tmp_path: Path) -> None:
    body = "if self.peer is not None:\n            self.peer = None\n            self.seen.add(self.peer)"
    with pytest.raises(ModelError, match="it may be None here"):
        lowered(tmp_path, PEER.replace("{body}", body))


# -- order, sites, helpers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "ordered"),
    [
        ("require(all(n is not self for n in nodes - {self}))", False),
        ("require(self is not nodes[0])", True),
        ("require(self.index > 0)", True),
        ("self.first = sorted(nodes)[0]", True),
        ("self.first = min(nodes, key=lambda n: 0)", True),
        ("for i, n in enumerate(nodes):\n            require(i < 4)", True),
        ("for n in nodes:\n            self.first = n", True),
        ("for n in nodes:\n            self.seen.add(n)", False),
    ],
)
def test_using_the_order_of_a_group_marks_it(tmp_path: Path, body: str, ordered: bool) -> None:
    source = f"""
class Node(Process):
    first: Node | None = volatile(None)
    seen: set[Node] = volatile(set())

    @action
    def act(self) -> None:
        {body}

nodes = Group(Node, SIZE)
"""
    assert lowered(tmp_path, source).ordered == (frozenset({"nodes"}) if ordered else frozenset())


def test_a_helper_has_sites_of_its_own_in_each_property(tmp_path: Path) -> None:
    program = lowered(
        tmp_path,
        """
class Node(Process):
    n: Small = durable(0)

def none_above(top: int) -> bool:
    return all(node.n <= top for node in nodes)

nodes = Group(Node, 2)

@always
def small() -> bool:
    return any(n.n == 0 for n in nodes) or none_above(3)

@always
def smaller() -> bool:
    return none_above(2) and none_above(3)
""",
    )
    assert [len(p.sites) for p in program.properties] == [2, 1]
    assert len(program.functions) == 2


def test_footprints_go_through_helpers(tmp_path: Path) -> None:
    program = lowered(
        tmp_path,
        """
class Ping(Message):
    n: Small

class Node(Process):
    n: Small = durable(0)
    peer: Node | None = durable(None)

    def tell(self, p: Node) -> None:
        self.peer = p
        send(Ping(n=self.n), to=p)

    @action
    def act(self) -> None:
        self.tell(choose(others(self)))

    @receive
    def on_ping(self, m: Ping, sender: Node) -> None:
        self.n = m.n

nodes = Group(Node, 2)
""",
    )
    act, on_ping = (footprint(step, program) for step in program.steps)
    assert act.reads == frozenset({("Node", "n")})
    assert act.writes == frozenset({("Node", "peer")})
    assert act.sends == frozenset({"Ping"})
    assert act.chooses
    assert on_ping.reads == frozenset()
    assert on_ping.writes == frozenset({("Node", "n")})
    assert on_ping.receives == frozenset({"Ping"})
    assert not on_ping.chooses


def test_a_swap_reads_the_right_side_first(tmp_path: Path) -> None:
    body = (
        lowered(
            tmp_path,
            """
class Node(Process):
    a: Small = durable(0)
    b: Small = durable(1)

    @action
    def swap(self) -> None:
        self.a, self.b = self.b, self.a

node = Node.single()
""",
        )
        .steps[0]
        .body
    )
    kept = [s for s in statements(body) if isinstance(s, ir.Assign) and isinstance(s.target, ir.Local)]
    assert len(kept) == 1
    assert isinstance(kept[0].value, ir.Field)
    assert kept[0].value.name == "a"
