"""Arithmetic, the algebra of sets and lists, `and`, `or`, `not`, conditional expressions."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import FALSE, TRUE, apply, into, most_items, number, opened, truth, value_of
from quorate.language.lowering.bodies.narrowing import assume
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.constants import integer_of, joined, known_number, plain
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.bits import masked, merged, shifted_left, shifted_right
from quorate.language.values.lattice import (
    BOOL,
    NOTHING,
    hull,
    in_words,
    is_mutable,
    minus,
    negated,
    plus,
    quotient,
    remainder,
    times,
)
from quorate.language.values.types import (
    Bool,
    DictOf,
    Int,
    ListOf,
    Option,
    ProcessId,
    SetOf,
    Size,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.language.lowering.bodies.body import Body

ARITHMETIC: dict[type[ast.operator], tuple[Op, Callable[[Int, Int], Int]]] = {
    ast.Add: (Op.ADD, plus),
    ast.Sub: (Op.SUB, minus),
    ast.Mult: (Op.MUL, times),
    ast.FloorDiv: (Op.FLOORDIV, quotient),
    ast.Mod: (Op.MOD, remainder),
}
BITS: dict[type[ast.operator], tuple[Op, Callable[[Int, Int], Int]]] = {
    ast.BitAnd: (Op.BIT_AND, masked),
    ast.BitOr: (Op.BIT_OR, merged),
    ast.BitXor: (Op.BIT_XOR, merged),
    ast.LShift: (Op.SHIFT_LEFT, shifted_left),
    ast.RShift: (Op.SHIFT_RIGHT, shifted_right),
}
SET_ALGEBRA: dict[type[ast.operator], Op] = {
    ast.BitOr: Op.UNION,
    ast.BitAnd: Op.INTERSECTION,
    ast.Sub: Op.DIFFERENCE,
    ast.BitXor: Op.SYMMETRIC_DIFFERENCE,
}


def binary(body: Body, node: ast.expr, left: ir.Expr, operator: ast.operator, right: ir.Expr) -> ir.Expr:
    """Return an arithmetic operator, or the algebra of sets, lists and dicts."""
    operands = [sequence(body, value_of(body, operand, node)) for operand in (left, right)]
    return in_order(body, operands, lambda os: operated(body, node, os[0], operator, os[1]))


def operated(body: Body, node: ast.expr, left: ir.Expr, operator: ast.operator, right: ir.Expr) -> ir.Expr:
    kind = type(operator)
    match left.type, right.type:
        case Int(), Int() if kind in ARITHMETIC or kind in BITS:
            symbol, bounds = (ARITHMETIC | BITS)[kind]
            return apply(bounds(body.flow.range(left), body.flow.range(right)), symbol, left, right)
        case (SetOf() | ListOf(), SetOf() | ListOf()) if kind in SET_ALGEBRA and SetOf in (
            type(left.type),
            type(right.type),
        ):
            is_view = isinstance(right, ir.Apply) and right.operator is Op.KEYS
            frozen = isinstance(right.type, SetOf) and not is_view
            return algebra(body, node, SET_ALGEBRA[kind], as_set(body, left), as_set(body, right), frozen=frozen)
        case ListOf(), ListOf() if kind is ast.Add:
            return concatenated(body, node, left, right)
        case ListOf(), Int() if kind is ast.Mult:
            return repeated(body, node, left, right)
        case DictOf(), DictOf() if kind is ast.BitOr:
            t = joined(body, node, [left.type, right.type])
            return apply(t, Op.DICT_MERGE, into(body, left, t, node), into(body, right, t, node))
        case (ListOf(), ListOf()) if kind in SET_ALGEBRA and isinstance(left, ir.Const) and isinstance(right, ir.Const):
            return algebra(body, node, SET_ALGEBRA[kind], as_set(body, left), as_set(body, right))
        case (Bool(), _) | (_, Bool()) if kind in ARITHMETIC:
            raise body.refusal(node, "arithmetic with a `bool`", "write `1 if ... else 0`")
        case _:
            pass
    if kind is ast.Div:
        raise body.unsupported(node, "`/` gives a fraction, which has no C meaning", "write `//`")
    if kind is ast.Pow and isinstance(left, ir.Const | ir.Parameter) and isinstance(right, ir.Const | ir.Parameter):
        base, exponent = left.value, right.value
        if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
            return known_number(body, node, int(base**exponent))
    if kind is ast.Pow and isinstance(left.type, Int) and isinstance(right.type, Int):
        raise body.unsupported(node, "a power that is computed is not supported", "write a product: `a * a`")
    text = ast.unparse(ast.BinOp(ast.Name("a"), operator, ast.Name("b")))
    remedy = f"write `- {{...}}`: a set of `{in_words(right.type)}`" if isinstance(right.type, ProcessId) else None
    raise body.refusal(node, f"`{text}` has no meaning for `{in_words(left.type)}` and `{in_words(right.type)}`", remedy)


def algebra(body: Body, node: ast.expr, operator: Op, left: ir.Expr, right: ir.Expr, *, frozen: bool = True) -> ir.Expr:
    """Return an operation on two sets: the result's type has room for what it may hold.

    It is a `frozenset` where the left one is; not if the right one has an operator of its own, as groups and views do.
    """
    both = joined(body, node, [left.type, right.type])
    assert isinstance(both, SetOf)
    assert isinstance(left.type, SetOf)
    both = SetOf(both.item, left.type.frozen if frozen else False)
    return apply(both, operator, into(body, left, both, node), into(body, right, both, node))


def concatenated(body: Body, node: ast.expr, left: ir.Expr, right: ir.Expr) -> ir.Expr:
    assert isinstance(left.type, ListOf)
    assert isinstance(right.type, ListOf)
    item = body.lattice.items(left.type.item, right.type.item)
    if item is None:
        raise body.refusal(node, f"`{in_words(left.type)}` and `{in_words(right.type)}` cannot be one list")
    sides = [into(body, s, ListOf(item, s.type.longest), node) for s in (left, right) if isinstance(s.type, ListOf)]
    lengths = [most_items(body, left), most_items(body, right)]
    known = [n for n in lengths if n is not None]
    total = Size(sum(known), str(sum(known))) if len(known) == len(lengths) else None
    return apply(ListOf(item, total), Op.CONCAT, *sides)


def repeated(body: Body, node: ast.expr, items: ir.Expr, times_: ir.Expr) -> ir.Expr:
    """`[x] * n` with an n known when the model is loaded."""
    if isinstance(items, ir.Let):
        inner = repeated(body, node, items.body, times_)
        return replace(items, type=inner.type, body=inner)
    if not (isinstance(items, ir.Apply) and items.operator is Op.MAKE_LIST and isinstance(times_, ir.Const | ir.Parameter)):
        raise body.unsupported(
            node, "a list is repeated by a number that is not constant", "write a comprehension over `range(...)`"
        )
    assert isinstance(items.type, ListOf)
    if is_mutable(items.type.item):
        what = "this list holds one value in two places or more: changing it in one would change all"
        raise body.refusal(node, what, "build each: `[... for i in range(n)]`")
    count = times_.value
    assert isinstance(count, int)
    length = max(0, count) * len(items.operands)
    t = ListOf(items.type.item, Size(length, str(length)))
    return in_order(body, items.operands, lambda os: apply(t, Op.MAKE_LIST, *([*os] * max(0, count))))


def unary(body: Body, node: ast.expr, operator: ast.unaryop, operand: ast.expr) -> ir.Expr:
    if isinstance(operator, ast.Not):
        return apply(BOOL, Op.NOT, condition_of(body, operand))
    value = integer_of(body, operand)
    match operator, value:
        case ast.USub(), ir.Const(_, int() as known):
            return number(-known)
        case ast.USub(), _:
            return apply(negated(body.flow.range(value)), Op.NEG, value)
        case ast.UAdd(), _:
            return value
        case _:
            pass
    raise body.unsupported(node, "`~` is not supported", "write it in plainer arithmetic")


def condition_of(body: Body, node: ast.expr) -> ir.Expr:
    """Return whether Python takes the expression for true."""
    if isinstance(node, ast.BoolOp):
        is_and = isinstance(node.op, ast.And)
        operands = in_turn(body, is_and, node.values, lambda operand: condition_of(body, operand))
        return body.placed(apply(BOOL, Op.AND if is_and else Op.OR, *operands), node)
    known = plain(body, node)
    if isinstance(known, float | str):
        return TRUE if known else FALSE
    return truth(body, body.expr(node), node)


def connective(body: Body, operator: ast.boolop, values: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
    """`and`, `or` as a value: of conditions a condition, else one of the operands."""
    is_and = isinstance(operator, ast.And)
    operands = in_turn(body, is_and, values, lambda node: body.expr(node, expected))
    if all(isinstance(o.type, Bool) for o in operands):
        return apply(BOOL, Op.AND if is_and else Op.OR, *operands)
    return chosen(body, is_and, operands, values)


def in_turn(body: Body, is_and: bool, nodes: Sequence[ast.expr], read: Callable[[ast.expr], ir.Expr]) -> list[ir.Expr]:
    """Return the operands, each read knowing what those before it were."""
    before = body.flow.copy()
    operands: list[ir.Expr] = []
    for node in nodes:
        operands.append(read(node))
        if node is not nodes[-1]:
            assume(body.flow, truth(body, operands[-1], node), is_and)
    body.flow.take(before)
    return operands


def chosen(body: Body, is_and: bool, operands: list[ir.Expr], nodes: Sequence[ast.expr]) -> ir.Expr:
    """`a or b` of values that are not conditions is the first that is true, else the last."""
    result = operands[-1]
    for operand, node in zip(reversed(operands[:-1]), list(reversed(nodes))[1:], strict=True):
        result = in_order(body, [operand], partial(first_or_rest, body, node, is_and, result))
    return result


def first_or_rest(body: Body, node: ast.expr, is_and: bool, rest: ir.Expr, operands: Sequence[ir.Expr]) -> ir.Expr:
    """Return the one operand where it decides, else what the rest is."""
    (kept,) = operands
    condition = truth(body, kept, node)
    if not is_and and isinstance(kept.type, Option):
        kept = apply(kept.type.item, Op.VALUE, kept)
    t = joined(body, node, [kept.type, rest.type])
    kept, rest = into(body, kept, t, node), into(body, rest, t, node)
    return apply(t, Op.IF, condition, *((rest, kept) if is_and else (kept, rest)))


def conditional(body: Body, node: ast.IfExp, expected: Type | None) -> ir.Expr:
    condition = condition_of(body, node.test)
    before = body.flow.copy()
    assume(body.flow, condition, truth=True)
    yes = opened(body, body.expr(node.body, expected))
    yes_range = body.flow.range(yes)
    body.flow.take(before.copy())
    assume(body.flow, condition, truth=False)
    no = opened(body, body.expr(node.orelse, expected))
    no_range = body.flow.range(no)
    body.flow.take(before)
    if isinstance(yes.type, Int) and isinstance(no.type, Int):
        t: Type = hull(yes_range, no_range)
    else:
        t = joined(body, node, [NOTHING if _is_none(arm) else arm.type for arm in (yes, no)])
    return apply(t, Op.IF, condition, into(body, yes, t, node.body), into(body, no, t, node.orelse))


def _is_none(expr: ir.Expr) -> bool:
    """Say whether it is None itself, which has whatever type was expected, with bounds that need not be its own."""
    return isinstance(expr, ir.Const) and expr.value is None


def sequence(body: Body, expr: ir.Expr) -> ir.Expr:
    """Return a constant or short tuple of one item type as a list, for walking; anything else as it is."""
    if not isinstance(expr.type, TupleOf):
        return expr
    parts = expr.type.items
    item: Type | None = parts[0] if parts else NOTHING
    both = body.lattice.join if NOTHING in parts else body.lattice.items  # an item that is None makes an option of the others
    for t in parts[1:]:
        item = None if item is None else both(item, t)
    if item is None:
        return expr
    t = ListOf(item, Size(len(expr.type.items), str(len(expr.type.items))))
    return ir.Const(t, expr.value) if isinstance(expr, ir.Const) else apply(t, Op.TO_LIST, expr)


def as_set(body: Body, expr: ir.Expr) -> ir.Expr:
    """Return the set of a container's items."""
    expr = sequence(body, expr)
    match expr:
        case ir.Const(ListOf(item, _), tuple() as items):
            return ir.Const(SetOf(item), frozenset(items))
        case _:
            pass
    match expr.type:
        case ListOf(item, _):
            return apply(SetOf(item), Op.TO_SET, expr)
        case DictOf(key, _):
            return apply(SetOf(key), Op.KEYS, expr)
        case _:
            pass
    return expr


def container_of(body: Body, node: ast.expr) -> ir.Expr:
    """Return what can be walked, measured, or searched."""
    return value_of(body, body.expr(node), node)
