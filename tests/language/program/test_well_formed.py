"""`well_formed` accepts what `lower` makes and notices each way of breaking it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from quorate.language.loading.load import load
from quorate.language.lowering.bodies.conversions import TRUE, apply, number
from quorate.language.lowering.lower import lower
from quorate.language.program import ir
from quorate.language.program.ir import Operator
from quorate.language.program.signatures import SIGNATURES
from quorate.language.program.well_formed import IllFormed, well_formed
from quorate.language.values.lattice import BOOL, integer

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
from __future__ import annotations
from typing import Annotated
from quorate import *

class Node(Process):
    n: Annotated[int, Range(0, 3)] = durable(0)

    @action
    def act(self) -> None:
        require(self.n < 3)
        self.n += 1

node = Node.single()
"""


@pytest.fixture
def program(tmp_path: Path) -> ir.Program:
    path = tmp_path / "node.py"
    path.write_text(SOURCE, encoding="utf-8")
    return lower(load(path))


def test_every_operator_has_a_signature() -> None:
    assert set(SIGNATURES) == set(Operator)


def test_accepts_what_lowering_makes(program: ir.Program) -> None:
    well_formed(program)


def test_accepts_a_tuple_with_and_without_none_that_is_walked(tmp_path: Path) -> None:
    path = tmp_path / "node.py"
    asked = "@always\ndef none() -> bool:\n    return any(x is None or x for x in (True if node.n > 3 else None, node.n < 4))\n"
    path.write_text(SOURCE + asked, encoding="utf-8")
    well_formed(lower(load(path)))


NOWHERE = ir.Local(integer(0, 3), "nowhere")


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (ir.Require(number(1)), "a condition is a bool"),
        (ir.Evaluate(NOWHERE), "a local is bound"),
        (ir.Assign(NOWHERE, number(1)), "exactly the target's type"),
        (ir.Evaluate(apply(BOOL, Operator.AND, TRUE, number(1))), "the types fit AND"),
        (ir.Evaluate(ir.Const(integer(0, 3), 4)), "a constant is of its type"),
        (ir.Limit(TRUE, 7), "a limit has a number"),
        (ir.Evaluate(ir.Call(BOOL, "missing", ())), "the helper exists"),
        (ir.Evaluate(ir.Field(integer(0, 3), 0, "Node", "m")), "the kind has the field"),
        (ir.Evaluate(ir.Some(BOOL, TRUE)), "`some` opens an option"),
    ],
)
def test_notices_what_breaks_a_rule(program: ir.Program, statement: ir.Stmt, rule: str) -> None:
    step = program.steps[0]
    broken = replace(program, steps=(replace(step, body=(*step.body, statement)),))
    with pytest.raises(IllFormed, match=rule):
        well_formed(broken)
