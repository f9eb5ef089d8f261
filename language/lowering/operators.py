"""Arithmetic, the algebra of sets and lists, `and`, `or`, `not`, conditional expressions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.attributes import Attributes
from quorate.language.lowering.conversions import apply, number
from quorate.language.lowering.narrowing import assume
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import (
    BOOL,
    NOTHING,
    hull,
    in_words,
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
    SetOf,
    Size,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ARITHMETIC: dict[type[ast.operator], tuple[Op, Callable[[Int, Int], Int]]] = {
    ast.Add: (Op.ADD, plus),
    ast.Sub: (Op.SUB, minus),
    ast.Mult: (Op.MUL, times),
    ast.FloorDiv: (Op.FLOORDIV, quotient),
    ast.Mod: (Op.MOD, remainder),
}
SET_ALGEBRA: dict[type[ast.operator], Op] = {
    ast.BitOr: Op.UNION,
    ast.BitAnd: Op.INTERSECTION,
    ast.Sub: Op.DIFFERENCE,
    ast.BitXor: Op.SYMMETRIC_DIFFERENCE,
}


class Operators(Attributes):
    """Adds operators."""

    def binary(self, node: ast.expr, left: ir.Expr, operator: ast.operator, right: ir.Expr) -> ir.Expr:
        """Return an arithmetic operator, or the algebra of sets, lists and dicts."""
        left, right = self.sequence(self.value_of(left, node)), self.sequence(self.value_of(right, node))
        kind = type(operator)
        match left.type, right.type:
            case Int(), Int() if kind in ARITHMETIC:
                symbol, bounds = ARITHMETIC[kind]
                return apply(bounds(self.flow.range(left), self.flow.range(right)), symbol, left, right)
            case (SetOf() | ListOf(), SetOf() | ListOf()) if kind in SET_ALGEBRA and SetOf in (
                type(left.type),
                type(right.type),
            ):
                return self.algebra(node, SET_ALGEBRA[kind], self.as_set(left), self.as_set(right))
            case ListOf(), ListOf() if kind is ast.Add:
                return self.concatenated(node, left, right)
            case ListOf(), Int() if kind is ast.Mult:
                return self._repeated(node, left, right)
            case DictOf(), DictOf() if kind is ast.BitOr:
                t = self.joined(node, [left.type, right.type])
                return apply(t, Op.DICT_MERGE, self.into(left, t, node), self.into(right, t, node))
            case (ListOf(), ListOf()) if kind in SET_ALGEBRA and isinstance(left, ir.Const) and isinstance(right, ir.Const):
                return self.algebra(node, SET_ALGEBRA[kind], self.as_set(left), self.as_set(right))
            case (Bool(), _) | (_, Bool()) if kind in ARITHMETIC:
                raise self.refusal(node, "arithmetic with a `bool`", "write `1 if ... else 0`")
            case _:
                pass
        if kind is ast.Div:
            raise self.refusal(node, "`/` gives a float, which cannot be in the state", "write `//`")
        if kind is ast.Pow and isinstance(left, ir.Const | ir.Parameter) and isinstance(right, ir.Const | ir.Parameter):
            base, exponent = left.value, right.value
            if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
                return number(int(base**exponent))
        text = ast.unparse(ast.BinOp(ast.Name("a"), operator, ast.Name("b")))
        raise self.refusal(node, f"`{text}` has no meaning for `{in_words(left.type)}` and `{in_words(right.type)}`")

    def algebra(self, node: ast.expr, operator: Op, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """Return an operation on two sets: the result's type has room for what it may hold."""
        both = self.joined(node, [left.type, right.type])
        return apply(both, operator, self.into(left, both, node), self.into(right, both, node))

    def concatenated(self, node: ast.expr, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        assert isinstance(left.type, ListOf)
        assert isinstance(right.type, ListOf)
        item = self.lattice.items(left.type.item, right.type.item)
        if item is None:
            raise self.refusal(node, f"`{in_words(left.type)}` and `{in_words(right.type)}` cannot be one list")
        sides = [self.into(s, ListOf(item, s.type.longest), node) for s in (left, right) if isinstance(s.type, ListOf)]
        lengths = [self.most(left), self.most(right)]
        known = [n for n in lengths if n is not None]
        total = Size(sum(known), str(sum(known))) if len(known) == len(lengths) else None
        return apply(ListOf(item, total), Op.CONCAT, *sides)

    def _repeated(self, node: ast.expr, items: ir.Expr, times_: ir.Expr) -> ir.Expr:
        """`[x] * n` with an n known when the model is loaded."""
        if not (isinstance(items, ir.Apply) and items.operator is Op.MAKE_LIST and isinstance(times_, ir.Const | ir.Parameter)):
            raise self.unsupported(
                node, "a list is repeated by a number that is not constant", "write a comprehension over `range(...)`"
            )
        assert isinstance(items.type, ListOf)
        count = times_.value
        assert isinstance(count, int)
        length = max(0, count) * len(items.operands)
        return apply(ListOf(items.type.item, Size(length, str(length))), Op.MAKE_LIST, *(items.operands * max(0, count)))

    def _unary(self, node: ast.expr, operator: ast.unaryop, operand: ast.expr) -> ir.Expr:
        if isinstance(operator, ast.Not):
            return apply(BOOL, Op.NOT, self.condition(operand))
        value = self.integer(operand)
        match operator, value:
            case ast.USub(), ir.Const(_, int() as known):
                return number(-known)
            case ast.USub(), _:
                return apply(negated(self.flow.range(value)), Op.NEG, value)
            case ast.UAdd(), _:
                return value
            case _:
                pass
        raise self.unsupported(node, "`~` is not supported", "write it in plainer arithmetic")

    def condition(self, node: ast.expr) -> ir.Expr:
        """Return whether Python takes the expression for true."""
        if isinstance(node, ast.BoolOp):
            is_and = isinstance(node.op, ast.And)
            return apply(BOOL, Op.AND if is_and else Op.OR, *self._in_turn(is_and, node.values, self.condition))
        return self.truth(self.expr(node), node)

    def _connective(self, operator: ast.boolop, values: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
        """`and`, `or` as a value: of conditions a condition, else one of the operands."""
        is_and = isinstance(operator, ast.And)
        operands = self._in_turn(is_and, values, lambda node: self.expr(node, expected))
        if all(isinstance(o.type, Bool) for o in operands):
            return apply(BOOL, Op.AND if is_and else Op.OR, *operands)
        return self._chosen(is_and, operands, values)

    def _in_turn(self, is_and: bool, nodes: Sequence[ast.expr], read: Callable[[ast.expr], ir.Expr]) -> list[ir.Expr]:
        """Return the operands, each read knowing what those before it were."""
        before = self.flow.copy()
        operands: list[ir.Expr] = []
        for node in nodes:
            operands.append(read(node))
            if node is not nodes[-1]:
                assume(self.flow, self.truth(operands[-1], node), is_and)
        self.flow.take(before)
        return operands

    def _chosen(self, is_and: bool, operands: list[ir.Expr], nodes: Sequence[ast.expr]) -> ir.Expr:
        """`a or b` of values that are not conditions is the first that is true, else the last."""
        result = operands[-1]
        for operand, node in zip(reversed(operands[:-1]), list(reversed(nodes))[1:], strict=True):
            if not self.is_repeatable(operand):
                raise self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
            kept = operand
            if not is_and and isinstance(kept.type, Option):
                kept = apply(kept.type.item, Op.VALUE, kept)
            t = self.joined(node, [kept.type, result.type])
            kept, result = self.into(kept, t, node), self.into(result, t, node)
            condition = self.truth(operand, node)
            result = apply(t, Op.IF, condition, *((result, kept) if is_and else (kept, result)))
        return result

    def _conditional(
        self, node: ast.expr, test: ast.expr, then: ast.expr, otherwise: ast.expr, expected: Type | None
    ) -> ir.Expr:
        condition = self.condition(test)
        before = self.flow.copy()
        assume(self.flow, condition, truth=True)
        yes = self.opened(self.expr(then, expected))
        yes_range = self.flow.range(yes)
        self.flow.take(before.copy())
        assume(self.flow, condition, truth=False)
        no = self.opened(self.expr(otherwise, expected))
        no_range = self.flow.range(no)
        self.flow.take(before)
        if isinstance(yes.type, Int) and isinstance(no.type, Int):
            t: Type = hull(yes_range, no_range)
        else:
            t = self.joined(node, [yes.type, no.type])
        return apply(t, Op.IF, condition, self.into(yes, t, then), self.into(no, t, otherwise))

    def sequence(self, expr: ir.Expr) -> ir.Expr:
        """Return a constant or short tuple of one item type as a list, for walking; anything else as it is."""
        if not isinstance(expr.type, TupleOf):
            return expr
        item: Type | None = NOTHING
        for t in expr.type.items:
            item = None if item is None else self.lattice.items(item, t)
        if item is None:
            return expr
        t = ListOf(item, Size(len(expr.type.items), str(len(expr.type.items))))
        return ir.Const(t, expr.value) if isinstance(expr, ir.Const) else apply(t, Op.TO_LIST, expr)

    def as_set(self, expr: ir.Expr) -> ir.Expr:
        """Return the set of a container's items."""
        expr = self.sequence(expr)
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
