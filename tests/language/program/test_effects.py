"""What expressions may do: never less than they do."""

from __future__ import annotations

import pytest

from quorate.language.program import ir
from quorate.language.program.effects import QUIET, Effects, Observer, is_below
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import integer
from quorate.language.values.types import Bool, Int, ListOf, Option, SetOf, Size, TupleOf, Type

SMALL, SIGNED, FREE, TRUTH = integer(0, 3), integer(-3, 3), Int(None, None), Bool()
X, Y = ir.Field(SMALL, 0, "Log", "x"), ir.Field(SIGNED, 0, "Log", "y")
LIST = ir.Field(ListOf(SMALL, Size(3, "3")), 0, "Log", "l")
OPTION = ir.Field(Option(SMALL), 0, "Log", "o")
N = ir.Local(SMALL, "n")


def ap(t: Type, operator: Op, *operands: ir.Expr) -> ir.Apply:
    return ir.Apply(t, operator, operands)


def number(value: int) -> ir.Const:
    return ir.Const(integer(value, value), value)


HELPERS = {
    "writes": ir.Function("writes", (), SMALL, (ir.Assign(X, number(1)), ir.Return(Y))),
    "appends": ir.Function("appends", (), None, (ir.Assign(LIST, LIST, in_place=True),)),
    "guards": ir.Function("guards", (), None, (ir.If(ir.Const(TRUTH, True), (ir.Require(ir.Const(TRUTH, True)),)),)),
    "calls": ir.Function("calls", (), SMALL, (ir.For((N,), LIST, (ir.Evaluate(ir.Call(SMALL, "writes", ())),)),)),
}
DOES: dict[str, tuple[ir.Expr, Effects]] = {
    "a constant": (number(1), QUIET),
    "a local": (N, QUIET),
    "a field": (X, Effects(reads=frozenset("x"))),
    "a field before the step": (ir.Field(SMALL, 0, "Log", "x", old=True), QUIET),
    "a small sum": (ap(integer(0, 6), Op.ADD, N, N), QUIET),
    "a sum without bounds": (ap(FREE, Op.ADD, N, N), Effects(fails=True)),
    "a sum beyond 64 bits": (ap(integer(0, 2**63), Op.ADD, N, N), Effects(fails=True)),
    "a division by a number": (ap(SMALL, Op.FLOORDIV, N, number(2)), QUIET),
    "a division by what may be zero": (ap(SMALL, Op.FLOORDIV, N, N), Effects(fails=True)),
    "a remainder by what may be zero": (ap(SMALL, Op.MOD, N, Y), Effects(fails=True, reads=frozenset("y"))),
    "a wider type": (ap(SIGNED, Op.CONVERT, N), QUIET),
    "a narrower type": (ap(integer(0, 2), Op.CONVERT, N), Effects(fails=True)),
    "an item of a list": (ap(SMALL, Op.INDEX, LIST, N), Effects(fails=True, reads=frozenset("l"))),
    "an item of a tuple": (ap(SMALL, Op.INDEX, ap(TupleOf((SMALL,)), Op.MAKE_TUPLE, N), number(0)), QUIET),
    "the least of a list": (
        ir.Comprehension(SMALL, ir.Reduction.MIN, (ir.Clause((N,), LIST),), (N,)),
        Effects(fails=True, reads=frozenset("l")),
    ),
    "a quantifier of a property": (
        ir.Comprehension(TRUTH, ir.Reduction.ANY, (ir.Clause((N,), LIST),), (ir.Const(TRUTH, True),), site=0),
        Effects(ranges=True, reads=frozenset("l")),
    ),
    "some": (ir.Some(SMALL, OPTION), Effects(ends=True, reads=frozenset("o"))),
    "a choice": (ir.Choose(SMALL, LIST), Effects(ends=True, chooses=True, reads=frozenset("l"))),
    "a helper that writes": (
        ir.Call(SMALL, "writes", ()),
        Effects(reads=frozenset("y"), writes=frozenset("x"), assigns=frozenset("x")),
    ),
    "a helper that changes in place": (ir.Call(SMALL, "appends", ()), Effects(reads=frozenset("l"), writes=frozenset("l"))),
    "a helper that guards": (ir.Call(SMALL, "guards", ()), Effects(ends=True)),
    "a helper in a loop of a helper": (
        ir.Call(SMALL, "calls", ()),
        Effects(reads=frozenset("yl"), writes=frozenset("x"), assigns=frozenset("x")),
    ),
    "a name": (
        ir.Let(SMALL, N, X, ap(SMALL, Op.FLOORDIV, N, N)),
        Effects(fails=True, reads=frozenset("x")),
    ),
}


@pytest.mark.parametrize("name", DOES)
def test_an_expression_does_this_much(name: str) -> None:
    expr, does = DOES[name]
    assert Observer(HELPERS).of(expr) == does


READS, WRITES = Effects(reads=frozenset("x")), Effects(writes=frozenset("x"))
FAILS, ENDS, CHOOSES, SENDS = Effects(fails=True), Effects(ends=True), Effects(chooses=True), Effects(sends=True)


@pytest.mark.parametrize(
    ("one", "other", "commute"),
    [
        (READS, READS, True),
        (READS, WRITES, False),
        (WRITES, WRITES, False),
        (WRITES, Effects(reads=frozenset("y")), True),
        (FAILS, FAILS, True),
        (FAILS, WRITES, True),
        (FAILS, ENDS, False),
        (FAILS, CHOOSES, False),
        (ENDS, ENDS, False),
        (CHOOSES, CHOOSES, False),
        (SENDS, SENDS, False),
        (SENDS, FAILS, True),
        (QUIET, CHOOSES, True),
    ],
)
def test_two_commute_if_nobody_sees_which_is_first(one: Effects, other: Effects, commute: bool) -> None:
    assert one.commutes(other) is commute
    assert other.commutes(one) is commute


@pytest.mark.parametrize(
    ("have", "want", "below"),
    [
        (SMALL, SIGNED, True),
        (SIGNED, SMALL, False),
        (SMALL, FREE, True),
        (FREE, SMALL, False),
        (ListOf(SMALL, Size(2, "2")), ListOf(SIGNED, Size(3, "3")), True),
        (ListOf(SMALL, Size(4, "4")), ListOf(SMALL, Size(3, "3")), False),
        (ListOf(SMALL, None), ListOf(SMALL, Size(3, "3")), False),
        (SetOf(SIGNED), SetOf(SMALL), False),
        (Option(SMALL), Option(SIGNED), True),
        (TupleOf((SMALL, SIGNED)), TupleOf((SIGNED, SMALL)), False),
    ],
)
def test_a_conversion_fails_where_a_value_may_not_fit(have: Type, want: Type, below: bool) -> None:
    assert is_below(have, want) is below
