"""Comparisons: equality, identity, order, inclusion, membership."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.conversions import FALSE, TRUE, apply, into, is_none, number, value_of
from quorate.language.lowering.bodies.narrowing import assume
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.attributes import is_through_old
from quorate.language.lowering.reading.constants import computed, joined, mark_ordered, plain
from quorate.language.lowering.reading.operators import as_set, container_of, sequence
from quorate.language.lowering.reading.walks import walk_of
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import (
    BOOL,
    frozen_aside,
    high,
    hull,
    in_words,
    is_hashable,
    low,
)
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    SetOf,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.language.errors import ModelError
    from quorate.language.lowering.bodies.body import Body

COMPARISONS: dict[type[ast.cmpop], Op] = {
    ast.Eq: Op.EQ,
    ast.NotEq: Op.NE,
    ast.Is: Op.EQ,
    ast.IsNot: Op.NE,
    ast.Lt: Op.LT,
    ast.LtE: Op.LE,
    ast.Gt: Op.GT,
    ast.GtE: Op.GE,
}

SYMBOLS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
ORDER_REMEDY = "`sorted`, `min` and `max` order by declaration; or write `in (...)` with the members meant"


def comparisons(body: Body, node: ast.Compare, nodes: list[ast.expr], operators: Sequence[ast.cmpop]) -> ir.Expr:
    """`a < b <= c` compares neighbours: what stands in the middle is read once, and the rest only where it matters."""
    known = settled(body, node)
    if known is not None:
        return TRUE if known else FALSE
    before = body.flow.copy()
    found = chain(body, node, body.expr(nodes[0]), nodes[1:], operators)
    body.flow.take(before)
    return found


def settled(body: Body, node: ast.Compare) -> bool | None:
    """Return what a comparison of texts or fractions comes to where all of them are known, whatever the state; else None."""
    values: list[object] = []
    for part in [node.left, *node.comparators]:
        for inner in part.elts if isinstance(part, ast.Tuple | ast.List | ast.Set) else [part]:
            values.append(plain(body, inner))
    if any(v is ABSENT for v in values) or not any(isinstance(v, float | str | tuple | frozenset) for v in values):
        return None
    return bool(computed(body, node))


def chain(body: Body, node: ast.Compare, left: ir.Expr, nodes: list[ast.expr], operators: Sequence[ast.cmpop]) -> ir.Expr:
    """Return the comparison of `left` with the first of the nodes, and of that with the next ones."""
    display = displayed(nodes[0], operators[0])
    if display is not None and len(nodes) == 1:
        items = [body.expr(o, left.type) for o in display]
        if not isinstance(nodes[0], ast.Set) or all(is_hashable(o.type) for o in (left, *items)):
            return in_order(body, [left, *items], lambda os: listed(body, operators[0], display, os[0], os[1:]))
    right = compared(body, nodes[0], operators[0], left.type)

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        first = comparison(body, node, operands[0], operators[0], operands[1])
        if len(nodes) == 1:
            return first
        assume(body.flow, first, truth=True)
        rest = chain(body, node, operands[1], nodes[1:], operators[1:])
        parts = rest.operands if isinstance(rest, ir.Apply) and rest.operator is Op.AND else (rest,)
        return apply(BOOL, Op.AND, first, *parts)

    return in_order(body, [left, right], made)


def displayed(node: ast.expr, operator: ast.cmpop) -> list[ast.expr] | None:
    """Return the items of a display that something is searched in, which needs no container."""
    if not isinstance(operator, ast.In | ast.NotIn) or not isinstance(node, ast.Tuple | ast.List | ast.Set):
        return None
    return None if any(isinstance(e, ast.Starred) for e in node.elts) else node.elts


def compared(body: Body, node: ast.expr, operator: ast.cmpop, expected: Type) -> ir.Expr:
    """Return what something is compared with, or searched in."""
    if isinstance(operator, ast.In | ast.NotIn):
        return walk_of(body, node) or sequence(body, container_of(body, node))
    return body.expr(node, expected if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) else None)


def comparison(body: Body, node: ast.Compare, a: ir.Expr, operator: ast.cmpop, b: ir.Expr) -> ir.Expr:
    match operator:
        case ast.In() | ast.NotIn():
            found = contains(body, node.left, b, a)
            return apply(BOOL, Op.NOT, found) if isinstance(operator, ast.NotIn) else found
        case ast.Eq() | ast.NotEq() | ast.Is() | ast.IsNot():
            if isinstance(operator, ast.Is | ast.IsNot):
                check_identity(body, node, a, b)
            return equality(body, node, COMPARISONS[type(operator)], a, b)
        case _:
            return order(body, node, a, operator, b)


def listed(body: Body, operator: ast.cmpop, nodes: Sequence[ast.expr], item: ir.Expr, options: Sequence[ir.Expr]) -> ir.Expr:
    """Return whether an item is one of those of a display, or is not."""
    tests = [equality(body, n, Op.EQ, item, o) for n, o in zip(nodes, options, strict=True)]
    found = FALSE if not tests else tests[0] if len(tests) == 1 else apply(BOOL, Op.OR, *tests)
    return apply(BOOL, Op.NOT, found) if isinstance(operator, ast.NotIn) else found


def equality(body: Body, node: ast.expr, operator: Op, a: ir.Expr, b: ir.Expr) -> ir.Expr:
    """Return whether two values are equal (or are not), both brought to the type that they have in common."""
    if isinstance(a.type, Int) and isinstance(b.type, Int):
        return apply(BOOL, operator, a, b)
    t = body.lattice.join(a.type, b.type)
    if t is None:
        both = f"`{in_words(a.type)}` and `{in_words(b.type)}` are"
        raise apart(body, node, a.type, b.type, (f"{both} not compared", f"{both} never equal"))
    return apply(BOOL, operator, into(body, a, t, node), into(body, b, t, node))


def apart(body: Body, node: ast.expr, a: Type, b: Type, words: tuple[str, str]) -> ModelError:
    """Return the error of values that have no type in common: some may be equal in Python all the same, or none ever is.

    `words` say both: that this is not asked here, and that it is never so.
    """
    alike = may_be_equal(body, a, b)
    if alike is not None:
        return body.refusal(node, f"{words[0]}: {alike[0]}", alike[1])
    remedy = "compare with a member of the enum, by its name" if Enumeration in (type(a), type(b)) else None
    return body.refusal(node, words[1], remedy)


def may_be_equal(body: Body, a: Type, b: Type) -> tuple[str, str] | None:
    """Return why Python may find values of two types equal, and what to write instead; None where it never does."""
    match a, b:
        case Option(x), Option(y):
            return may_be_equal(body, x, y) or ("both may be None", "ask each `is None`")
        case (Option(x), y) | (x, Option(y)):
            return may_be_equal(body, x, y)
        case (Bool(), Int()) | (Int(), Bool()):
            return "in Python `True` is equal to 1", "write `(1 if ... else 0)` for the truth value"
        case (Enumeration() as t, other) | (other, Enumeration() as t) if is_valued(body, t, other):
            return f"in Python a member of `{t.name}` is equal to its value", "compare with a member of the enum, by its name"
        case TupleOf(xs), TupleOf(ys) if len(xs) == len(ys):
            different = [(x, y) for x, y in zip(xs, ys, strict=True) if body.lattice.join(x, y) is None]
            found = [may_be_equal(body, x, y) for x, y in different]
            return None if None in found else next(iter(found), None)
        case (SetOf(x), SetOf(y)) | (ListOf(x), ListOf(y)) | (DictOf(x), DictOf(y)):
            return may_be_equal(body, x, y) or ("both may be empty", "ask each for its `len(...)`")
        case _:
            return None


def is_valued(body: Body, t: Enumeration, other: Type) -> bool:
    """Say whether members of an enum are numbers or texts in Python, and may so be equal to values of another type."""
    sorts = {int if isinstance(m, int) else str for m in body.assembly.model.enums[t.name] if isinstance(m, int | str)}
    if isinstance(other, Enumeration):
        return any(isinstance(m, sort) for sort in sorts for m in body.assembly.model.enums[other.name])
    return int in sorts and isinstance(other, Int | Bool)


def check_identity(body: Body, node: ast.Compare, a: ir.Expr, b: ir.Expr) -> None:
    nones = any(isinstance(s, ir.Const) and s.value is None for s in (a, b))
    if not nones and (is_through_old(body, a) or is_through_old(body, b)):
        raise body.refusal(node, "`is` does not compare a process with one reached through `old`", "write `==` or `!=`")
    without_parts = (Nothing, Enumeration, ProcessId)
    for t in (a.type, b.type):
        inner = t.item if isinstance(t, Option) else t
        if not isinstance(inner, without_parts) and not nones:
            raise body.refusal(node, f"`is` compares None, enums and processes, not `{in_words(t)}`", "write `==` or `!=`")


def order(body: Body, node: ast.Compare, a: ir.Expr, operator: ast.cmpop, b: ir.Expr) -> ir.Expr:
    a, b = value_of(body, a, node), value_of(body, b, node)
    if SetOf in (type(a.type), type(b.type)):
        return inclusion(body, node, as_set(body, a), operator, as_set(body, b))
    t = body.lattice.join(a.type, b.type)
    if t is None or not _has_order(t, operator):
        alike = may_be_equal(body, a.type, b.type) if t is None else None
        what = f"`{in_words(a.type)}` and `{in_words(b.type)}` have no order by `{SYMBOLS[type(operator)]}`"
        if alike is not None or (isinstance(t, Enumeration) and is_valued(body, t, t)):  # in Python they have
            what += " here" if alike is None else f" here: {alike[0]}"
        raise body.refusal(node, what, ORDER_REMEDY if t is not None and is_ordered(body, t) else alike and alike[1])
    mark_ordered(body, t)
    if isinstance(t, Int):
        return apply(BOOL, COMPARISONS[type(operator)], a, b)
    return apply(BOOL, COMPARISONS[type(operator)], into(body, a, t, node), into(body, b, t, node))


def is_ordered(body: Body, t: Type) -> bool:
    """Say whether values of the type can be compared by `<`."""
    return isinstance(t, Int | Enumeration | ProcessId | Bool) or (
        isinstance(t, TupleOf) and all(is_ordered(body, i) for i in t.items)
    )


def inclusion(body: Body, node: ast.Compare, a: ir.Expr, operator: ast.cmpop, b: ir.Expr) -> ir.Expr:
    t = joined(body, node, [a.type, b.type])
    a, b = into(body, a, t, node), into(body, b, t, node)
    small, large = (a, b) if isinstance(operator, ast.Lt | ast.LtE) else (b, a)
    subset = apply(BOOL, Op.SUBSET, small, large)
    if isinstance(operator, ast.LtE | ast.GtE):
        return subset
    return apply(BOOL, Op.AND, subset, apply(BOOL, Op.NE, small, large))


def contains(body: Body, node: ast.expr, container: ir.Expr, item: ir.Expr) -> ir.Expr:
    t = container.type
    wanted = items_of(t)
    if wanted is None:
        raise body.refusal(node, f"`in` has no meaning for `{in_words(t)}`")
    if isinstance(wanted, Nothing):
        return FALSE
    if isinstance(item.type, Nothing) and not isinstance(wanted, Option):
        return FALSE
    if isinstance(item.type, Option) and not isinstance(wanted, Option):
        inside = contains(body, node, container, apply(item.type.item, Op.VALUE, item))
        return apply(BOOL, Op.AND, is_none(item, negated=True), inside)
    common = common_to(body, wanted, item.type)
    if common is None:
        item_, list_ = f"`{in_words(item.type)}` is", f"in `{in_words(t)}`"
        raise apart(body, node, item.type, wanted, (f"{item_} not looked for {list_}", f"{item_} never {list_}"))
    if isinstance(wanted, Int):
        return contains_number(body, container, item)
    if common != wanted:  # it may be none of the items' type, and is not in the container then
        keys = apply(SetOf(wanted), Op.KEYS, container) if isinstance(t, DictOf) else container
        container = into(body, keys, rewrapped(keys.type, common), node)
    return apply(BOOL, Op.CONTAINS, container, into(body, item, common, node))


def common_to(body: Body, wanted: Type, t: Type) -> Type | None:
    """Return the type that items and what is looked for among them have in common: a set is found, frozen or not."""
    common = body.lattice.join(wanted, t)
    return wanted if common is not None and frozen_aside(common) == frozen_aside(wanted) else common


def items_of(t: Type) -> Type | None:
    """Return the type of what can be in a container, if it is one."""
    return t.key if isinstance(t, DictOf) else t.item if isinstance(t, SetOf | ListOf) else None


def contains_number(body: Body, container: ir.Expr, item: ir.Expr) -> ir.Expr:
    """A number outside the bounds of a container's items is not in it, and must not be converted to one."""
    t = container.type
    wanted = items_of(t) or t
    is_range = isinstance(container, ir.Apply) and container.operator is Op.RANGE
    if is_range or not isinstance(wanted, Int) or hull(wanted, body.flow.range(item)) == wanted:
        return apply(
            BOOL,
            Op.CONTAINS,
            container,
            item if is_range else apply(wanted, Op.CONVERT, item) if item.type != wanted else item,
        )
    return if_within(item, wanted, lambda inside: apply(BOOL, Op.CONTAINS, container, inside), FALSE)


def looked_up(
    body: Body, node: ast.expr, item: ir.Expr, container: ir.Expr, *, found: Callable[[ir.Expr], ir.Expr], absent: ir.Expr
) -> ir.Expr:
    """Return what is found for an item; one outside the bounds of the items is absent, and no error."""
    wanted = items_of(container.type)
    assert wanted is not None
    item = item if isinstance(wanted, Option) else value_of(body, item, node)
    if isinstance(wanted, Int) and isinstance(item.type, Int):
        if hull(wanted, body.flow.range(item)) != wanted:
            return if_within(item, wanted, found, absent)
    elif common_to(body, wanted, item.type) not in {wanted, None}:
        there = found(into(body, item, wanted, node))
        return apply(there.type, Op.IF, contains(body, node, container, item), there, absent)
    return found(into(body, item, wanted, node))


def if_within(item: ir.Expr, wanted: Int, found: Callable[[ir.Expr], ir.Expr], absent: ir.Expr) -> ir.Expr:
    """Return what is found for a number where it is within these bounds, else what there is where it is absent."""
    tests: list[ir.Expr] = []
    if low(wanted) is not None:
        tests.append(apply(BOOL, Op.GE, item, number(low(wanted) or 0)))
    if high(wanted) is not None:
        tests.append(apply(BOOL, Op.LE, item, number(high(wanted) or 0)))
    inside = found(apply(wanted, Op.CONVERT, item))
    if absent == FALSE:
        return apply(BOOL, Op.AND, *tests, inside)
    return apply(inside.type, Op.IF, tests[0] if len(tests) == 1 else apply(BOOL, Op.AND, *tests), inside, absent)


def rewrapped(t: Type, item: Type) -> Type:
    return ListOf(item, t.longest) if isinstance(t, ListOf) else SetOf(item, isinstance(t, SetOf) and t.frozen)


def _has_order(t: Type, operator: ast.cmpop) -> bool:
    """Say whether Python itself compares two values so: an `Enum` has no `<`, a process nothing but `<` and `>`."""
    if isinstance(t, TupleOf):
        return all(_has_order(i, operator) for i in t.items)
    return isinstance(t, Int | Bool) or (isinstance(t, ProcessId) and isinstance(operator, ast.Lt | ast.Gt))
