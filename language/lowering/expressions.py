"""Which expression of Python's `ast` is what: the table of all sorts, and what is none of the language's."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.displays import Displays

if TYPE_CHECKING:
    from quorate.language.program import ir
    from quorate.language.values.types import (
        Type,
    )

REMEDIES: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("`lambda` has no meaning here", "it is allowed as the `key` of `min`, `max` and `sorted`; write a function"),
    ast.NamedExpr: ("`:=` is not part of the modelling language", "assign on a line of its own"),
    ast.Await: ("`await` is not part of the modelling language", "a step is atomic: split it in two where it would wait"),
    ast.Yield: ("`yield` is not part of the modelling language", "build a list"),
    ast.YieldFrom: ("`yield` is not part of the modelling language", "build a list"),
}


class Expressions(Displays):
    """Adds the table. `call` and `comprehension` come with the next layers."""

    def call(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        raise NotImplementedError

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, expected: Type | None
    ) -> ir.Expr:
        raise NotImplementedError

    def expr(self, node: ast.expr, expected: Type | None = None) -> ir.Expr:
        """Return what an expression means. `expected` is the type of its use: displays and None take theirs from it.

        Long because it is the table: one row for each sort of expression.
        """
        match node:
            case ast.Constant(value):
                return self._literal(node, value, expected)
            case ast.Name(name):
                return self._name(node, name)
            case ast.Attribute():
                return self._attribute(node)
            case ast.BinOp(left, operator, right):
                return self.binary(node, self.expr(left, expected), operator, self.expr(right, expected))
            case ast.UnaryOp(operator, operand):
                return self._unary(node, operator, operand)
            case ast.BoolOp(operator, values):
                return self._connective(operator, values, expected)
            case ast.Compare(left, operators, comparators):
                return self._comparisons(node, [left, *comparators], operators)
            case ast.IfExp(test, then, otherwise):
                return self._conditional(node, test, then, otherwise, expected)
            case ast.Set(items) | ast.List(items):
                return self._items(node, items, expected)
            case ast.Tuple(items):
                return self._tuple_display(items, expected)
            case ast.Dict(keys, values):
                return self._dict_display(node, keys, values, expected)
            case ast.Subscript(base, index):
                return self._subscript(node, base, index)
            case ast.Call():
                return self.call(node, expected)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self.comprehension(node, expected)
            case ast.Lambda() | ast.NamedExpr() | ast.Await() | ast.Yield() | ast.YieldFrom():
                raise self.refusal(node, *REMEDIES[type(node)])
            case ast.JoinedStr():
                raise self.refusal(
                    node, "text is allowed in the message of an `assert` only", "use an `Enum` for a name in the state"
                )
            case _:
                what = type(node).__name__.lower()
                raise self.unsupported(
                    node, f"an expression of this sort (`{what}`) is not supported", "write it in plainer Python"
                )
