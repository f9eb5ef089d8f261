"""How an expression becomes one of another type: a literal, an option, other bounds; or is refused."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import BOOL, in_words, integer, one, shape
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.lowering.bodies.body import Body, Located

MAKERS = (Op.MAKE_SET, Op.MAKE_LIST, Op.MAKE_DICT)


def apply(t: Type, operator: Op, *operands: ir.Expr) -> ir.Apply:
    return ir.Apply(t, operator, operands)


def copied(expr: ir.Expr) -> ir.Expr:
    """Return a container as one that nothing else names."""
    made = isinstance(expr, ir.Comprehension) or (isinstance(expr, ir.Apply) and expr.operator in MAKERS)
    return expr if made else apply(expr.type, Op.COPY, expr)


def number(value: int) -> ir.Const:
    return ir.Const(integer(value, value), value)


TRUE = ir.Const(BOOL, True)
FALSE = ir.Const(BOOL, False)


def into(body: Body, expr: ir.Expr, t: Type, node: Located) -> ir.Expr:
    """Return the expression as one of type `t`. Errors: ModelError where its values are none of that type."""
    if expr.type == t:
        return expr
    converted = conversion(body, expr, t, node)
    if converted is None:
        raise body.refusal(node, f"this is `{in_words(expr.type)}`, where `{in_words(t)}` belongs", remedy(expr.type, t))
    return body.placed(converted, node)


def remedy(have: Type, want: Type) -> str | None:
    if isinstance(have, Bool) and isinstance(want, Int):
        return "write `1 if ... else 0`: True must not pass for 1"
    if isinstance(have, Enumeration) and isinstance(want, Int):
        return "a member of an enum is no number here: write `... if x is ... else ...`, or a `match` with its members"
    if isinstance(have, Option) and not isinstance(want, Option):
        return "it may be None here: test `is not None` before, or write `some(...)`"
    return None


def conversion(body: Body, expr: ir.Expr, t: Type, node: Located) -> ir.Expr | None:
    if isinstance(expr, ir.Const) and (recast := constant_as(body, expr, t)):
        return recast
    if isinstance(expr, ir.Apply) and expr.operator in MAKERS and (made := remade(body, expr, t, node)):
        return made
    if isinstance(expr, ir.Let):
        inner = expr.body if expr.body.type == t else conversion(body, expr.body, t, node)
        return None if inner is None else replace(expr, type=t, body=inner)
    match expr.type, t:
        case Option(item), Option(other):
            if shape(item) == shape(other) or is_wider(body, item, other):
                return apply(t, Op.CONVERT, expr)
            return None
        case Option(item), _:
            return into(body, apply(item, Op.VALUE, expr), t, node) if body.flow.is_present(expr) else None
        case Nothing(), Option():
            return apply(t, Op.CONVERT, expr)
        case _, Option(item):
            inner = conversion(body, expr, item, node) if expr.type != item else expr
            return None if inner is None else apply(t, Op.INJECT, inner)
        case TupleOf(), TupleOf(wanted):
            return tuple_into(body, expr, t, wanted, node)
        case _:
            pass
    return apply(t, Op.CONVERT, expr) if is_wider(body, expr.type, t) else None


def is_wider(body: Body, have: Type, want: Type) -> bool:
    """Say whether one CONVERT leads from one type to the other: the same shape, or ids of a base class."""
    match have, want:
        case Int(), Int():
            return True
        case ProcessId(), ProcessId():
            return body.lattice.is_below(have, want)
        case (Option(a), Option(b)) | (SetOf(a), SetOf(b)) | (ListOf(a, _), ListOf(b, _)):
            return isinstance(a, Nothing) or is_wider(body, a, b)
        case Nothing(), Option():
            return True
        case DictOf(j, v), DictOf(k, w):
            return isinstance(j, Nothing) or (is_wider(body, j, k) and is_wider(body, v, w))
        case TupleOf(xs), TupleOf(ys):
            return len(xs) == len(ys) and all(is_wider(body, x, y) for x, y in zip(xs, ys, strict=True))
        case RecordOf(a, _), RecordOf(b, _):
            return a == b
        case _:
            pass
    return have == want or (isinstance(want, Option) and is_wider(body, have, want.item))


def constant_as(body: Body, const: ir.Const, t: Type) -> ir.Const | None:
    """The frozen form of a value does not say its type: it is the same inside an option, or with other bounds."""
    return ir.Const(t, const.value) if fits(body, const.value, const.type, t) else None


def fits(body: Body, value: object, have: Type, want: Type) -> bool:
    if isinstance(want, Option):
        return value is None or fits(body, value, have.item if isinstance(have, Option) else have, want.item)
    if isinstance(have, Option):
        return value is not None and fits(body, value, have.item, want)
    match have, want:
        case Int(), Int(low, high):
            assert isinstance(value, int)
            return (low is None or low.value <= value) and (high is None or value <= high.value)
        case SetOf(a, is_frozen), SetOf(b, becomes):
            assert isinstance(value, frozenset)
            return becomes in (is_frozen, None) and all(fits(body, v, a, b) for v in value)
        case ListOf(a, _), ListOf(b, longest):
            assert isinstance(value, tuple)
            return (longest is None or len(value) <= longest.value) and all(fits(body, v, a, b) for v in value)
        case TupleOf(xs), TupleOf(ys) if len(xs) == len(ys):
            assert isinstance(value, tuple)
            return all(fits(body, v, x, y) for v, x, y in zip(value, xs, ys, strict=True))
        case DictOf(j, v), DictOf(k, w):
            assert isinstance(value, tuple)
            return all(fits(body, a, j, k) and fits(body, b, v, w) for a, b in value)
        case ProcessId(), ProcessId():
            return body.lattice.is_below(have, want) or value in want.members
        case _:
            pass
    return have == want


def remade(body: Body, made: ir.Apply, t: Type, node: Located) -> ir.Expr | None:
    """A display takes the type of its use, item by item."""
    if isinstance(t, Option):
        inner = remade(body, made, t.item, node)
        return None if inner is None else apply(t, Op.INJECT, inner)
    wanted: Sequence[Type]
    if isinstance(t, SetOf) and isinstance(made.type, SetOf) and t.frozen and not made.type.frozen:
        inner = remade(body, made, SetOf(t.item), node)  # what the display is stays in sight
        return None if inner is None else apply(t, Op.CONVERT, inner)
    match made.operator, t:
        case (Op.MAKE_SET, SetOf(item)) | (Op.MAKE_LIST, ListOf(item, _)):
            wanted = [item] * len(made.operands)
        case Op.MAKE_DICT, DictOf(key, value):
            wanted = [key, value] * (len(made.operands) // 2)
        case _:
            return None
    if isinstance(t, ListOf) and t.longest is not None and len(made.operands) > t.longest.value:
        return apply(t, Op.CONVERT, made)
    return in_order(body, made.operands, lambda os: apply(t, made.operator, *each_into(body, os, wanted, node)))


def each_into(body: Body, exprs: Sequence[ir.Expr], types: Sequence[Type], node: Located) -> list[ir.Expr]:
    return [into(body, e, t, node) for e, t in zip(exprs, types, strict=True)]


def tuple_into(body: Body, expr: ir.Expr, t: Type, wanted: tuple[Type, ...], node: Located) -> ir.Expr | None:
    assert isinstance(expr.type, TupleOf)
    if len(expr.type.items) != len(wanted):
        return None
    if isinstance(expr, ir.Apply) and expr.operator is Op.MAKE_TUPLE:
        return in_order(body, expr.operands, lambda os: apply(t, Op.MAKE_TUPLE, *each_into(body, os, wanted, node)))
    if is_wider(body, expr.type, t):
        return apply(t, Op.CONVERT, expr)
    have = expr.type.items

    def rebuilt(whole: ir.Expr) -> ir.Expr:
        items = [apply(h, Op.INDEX, whole, number(i)) for i, h in enumerate(have)]
        return apply(t, Op.MAKE_TUPLE, *each_into(body, items, wanted, node))

    return in_order(body, [expr], lambda os: rebuilt(os[0]))


def truth(body: Body, expr: ir.Expr, node: Located) -> ir.Expr:
    """Return whether Python takes the value for true."""
    match expr.type:
        case Bool():
            return expr
        case Int():
            return apply(BOOL, Op.NE, expr, number(0))
        case SetOf() | ListOf() | DictOf():
            return apply(BOOL, Op.GT, length_of(body, expr), number(0))
        case Nothing():
            return FALSE
        case Option(TupleOf(())) | TupleOf(()):
            return in_order(body, [expr], lambda _: FALSE)
        case Enumeration() as t if falsy := false_members(body, t):
            return in_order(body, [expr], lambda os: is_none_of(os[0], falsy))
        case Option(Bool() | Int() | SetOf() | ListOf() | DictOf() as item):
            return in_order(body, [expr], lambda os: truth_inside(body, os[0], item, node))
        case Option(Enumeration() as item) if false_members(body, item):
            return in_order(body, [expr], lambda os: truth_inside(body, os[0], item, node))
        case Option():
            return is_none(expr, negated=True)
        case Enumeration() | ProcessId() | RecordOf() | TupleOf():
            raise body.refusal(node, f"{one(expr.type)} is always true", "compare it with a value")


def truth_inside(body: Body, option: ir.Expr, item: Type, node: Located) -> ir.Expr:
    inner = truth(body, apply(item, Op.VALUE, option), node)
    return apply(BOOL, Op.AND, is_none(option, negated=True), inner)


def false_members(body: Body, t: Enumeration) -> list[ir.Expr]:
    """Return the members that Python takes for false: those of an enum of numbers or texts whose value is 0, or empty."""
    members = body.assembly.model.enums[t.name]
    return [ir.Const(t, t.members.index(m.name)) for m in members if not m]


def is_none_of(expr: ir.Expr, values: Sequence[ir.Expr]) -> ir.Expr:
    """Return whether a value is none of these."""
    apart = [apply(BOOL, Op.NE, expr, value) for value in values]
    return reduce(lambda one, two: apply(BOOL, Op.AND, one, two), apart)


def is_none(expr: ir.Expr, *, negated: bool = False) -> ir.Expr:
    """Return whether an option is None (or is not)."""
    return apply(BOOL, Op.NE if negated else Op.EQ, expr, ir.Const(expr.type, None))


def as_number(condition: ir.Expr) -> ir.Expr:
    """Return 1 where the condition is true, else 0."""
    t = integer(0, 1)
    return apply(t, Op.IF, condition, ir.Const(t, 1), ir.Const(t, 0))


def length_of(body: Body, expr: ir.Expr) -> ir.Expr:
    """Return the length of a container, between the bounds that its type and what is known of it give."""
    if isinstance(expr, ir.Const) and isinstance(expr.value, tuple | frozenset):
        return number(len(expr.value))
    return apply(integer(0, most_items(body, expr)), Op.LEN, expr)


def most_items(body: Body, expr: ir.Expr) -> int | None:
    """Return how many items a container may have here, or None where that is not known."""
    match expr.type:
        case ListOf():
            return body.flow.longest(expr)
        case SetOf(item) | DictOf(item, _):
            return item.cardinality
        case _:
            return None


def opened(body: Body, expr: ir.Expr) -> ir.Expr:
    """Return the value of an option that is known to be there; any other expression as it is."""
    if isinstance(expr.type, Option) and body.flow.is_present(expr):
        return apply(expr.type.item, Op.VALUE, expr)
    return expr


def value_of(body: Body, expr: ir.Expr, node: Located) -> ir.Expr:
    """Return an option's value where it is known to be there; any other expression as it is."""
    if not isinstance(expr.type, Option):
        return expr
    if not body.flow.is_present(expr):
        raise body.refusal(node, "this may be None here", "test `is not None` before, or write `some(...)`")
    return apply(expr.type.item, Op.VALUE, expr)
