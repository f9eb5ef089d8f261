"""Which expression of Python's `ast` is what: the table of all sorts, and what is none of the language's."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.body import Body
from quorate.language.lowering.calls import call
from quorate.language.lowering.reading.attributes import attribute
from quorate.language.lowering.reading.comparisons import comparisons
from quorate.language.lowering.reading.comprehensions import comprehension
from quorate.language.lowering.reading.constants import literal, name_of, plain
from quorate.language.lowering.reading.displays import dict_display, items_display, subscript, tuple_display
from quorate.language.lowering.reading.operators import binary, conditional, connective, unary

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
    ast.JoinedStr: ("a step makes no text, but in the message of an `assert`", "compare the values, or use an `Enum`"),
}


Row = Callable[[Body, Any, "Type | None"], "ir.Expr"]  # the node is of the row's own sort

TABLE: dict[type[ast.expr], Row] = {
    ast.Constant: lambda body, node, expected: literal(body, node, node.value, expected),
    ast.Name: lambda body, node, _: name_of(body, node, node.id),
    ast.Attribute: lambda body, node, _: attribute(body, node),
    ast.BinOp: lambda body, node, expected: binary(
        body, node, body.expr(node.left, expected), node.op, body.expr(node.right, expected)
    ),
    ast.UnaryOp: lambda body, node, _: unary(body, node, node.op, node.operand),
    ast.BoolOp: lambda body, node, expected: connective(body, node.op, node.values, expected),
    ast.Compare: lambda body, node, _: comparisons(body, node, [node.left, *node.comparators], node.ops),
    ast.IfExp: conditional,
    ast.Set: lambda body, node, expected: items_display(body, node, node.elts, expected),
    ast.List: lambda body, node, expected: items_display(body, node, node.elts, expected),
    ast.Tuple: lambda body, node, expected: tuple_display(body, node.elts, expected),
    ast.Dict: lambda body, node, expected: dict_display(body, node, node.keys, node.values, expected),
    ast.Subscript: lambda body, node, _: subscript(body, node, node.value, node.slice),
    ast.Call: call,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.DictComp: comprehension,
    ast.GeneratorExp: comprehension,
}


def expression(body: Body, node: ast.expr, expected: Type | None) -> ir.Expr:
    """Return what an expression means, by the table, with its place. `expected` is the type of its use."""
    known = plain(body, node) if isinstance(node, ast.Call | ast.Subscript) else ABSENT
    if known is not ABSENT:
        return body.placed(literal(body, node, known, expected), node)
    row = TABLE.get(type(node))
    if row is not None:
        return body.placed(row(body, node, expected), node)
    if type(node) in REMEDIES:
        raise body.refusal(node, *REMEDIES[type(node)])
    what = f"an expression of this sort (`{type(node).__name__.lower()}`) is not supported"
    raise body.unsupported(node, what, "write it in plainer Python")
