"""Which locals may share their value with a field or with one another: those are not changed in place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.declare import Record
from quorate.language.program import ir
from quorate.language.values.lattice import NOTHING, is_mutable
from quorate.language.values.types import SetOf, Type

if TYPE_CHECKING:
    from quorate.language.lowering.bodies.body import Body


def is_fresh(body: Body, node: ast.expr, t: Type) -> bool:
    """Say whether nobody else names the value of a node, at any depth."""
    if not is_mutable(t):
        return True
    match node:
        case ast.List(items) | ast.Set(items) | ast.Tuple(items):
            return all(is_fresh_item(body, i) for i in items)
        case ast.Dict(_, values):
            return all(is_fresh_item(body, v) for v in values)
        case ast.IfExp(_, then, otherwise):
            return is_fresh(body, then, t) and is_fresh(body, otherwise, t)
        case ast.BoolOp(_, values):
            return all(is_fresh(body, v, t) for v in values)
        case ast.BinOp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            return not any(is_mutable(p) for p in _items(t)) or comprehends_fresh(node)
        case ast.Subscript(_, ast.Slice()):
            return not any(is_mutable(p) for p in _items(t))
        case ast.Call(function):
            return is_fresh_call(body, node, function, t)
        case _:
            pass
    return False


def is_fresh_item(body: Body, node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or is_fresh(body, node, SetOf(NOTHING)) or not is_mutable(quiet(body, node))


def quiet(body: Body, node: ast.expr) -> Type:
    """Return the type of an expression that has been read already."""
    return body.expr(node.value if isinstance(node, ast.Starred) else node).type


def comprehends_fresh(node: ast.expr) -> bool:
    """Say whether each item of a comprehension is built for it: an empty container, or a display of constants."""
    match node:
        case ast.DictComp(_, item) | ast.ListComp(item) | ast.SetComp(item):
            pass
        case _:
            return False
    match item:
        case ast.Call(ast.Name("set" | "list" | "dict"), [], []):
            return True
        case ast.List(items) | ast.Set(items):
            return all(isinstance(i, ast.Constant) for i in items)
        case ast.Dict(_, values):
            return all(isinstance(v, ast.Constant) for v in values)
        case _:
            return False


def is_fresh_call(body: Body, node: ast.expr, function: ast.expr, t: Type) -> bool:
    if isinstance(function, ast.Name) and function.id in ("choose", "some", "min", "max"):
        return False
    value = body.expr(node)
    if isinstance(value, ir.Call):
        return value.function in body.assembly.fresh
    return not any(is_mutable(p) for p in _items(t))


def embedded(body: Body, node: ast.expr) -> set[str]:
    match node:
        case ast.Name(name):
            unique = body.flow.names.get(name)
            return {unique} if unique is not None and is_mutable(body.types[unique]) else set()
        case ast.List(items) | ast.Set(items) | ast.Tuple(items):
            return set().union(*(embedded(body, i) for i in items))
        case ast.Dict(_, values) | ast.BoolOp(_, values):
            return set().union(*(embedded(body, v) for v in values))
        case ast.IfExp(_, then, otherwise):
            return embedded(body, then) | embedded(body, otherwise)
        case ast.Call(ast.Name(name), arguments, keywords):
            found = vars(body.source.module).get(name)
            if isinstance(found, type) and issubclass(found, Record):
                return set().union(*(embedded(body, a) for a in [*arguments, *(k.value for k in keywords)]))
        case ast.Starred(value):
            return embedded(body, value)
        case _:
            pass
    return set()


def _items(t: Type) -> tuple[Type, ...]:
    return tuple(p for p in (getattr(t, "item", None), getattr(t, "key", None), getattr(t, "value", None)) if p is not None)
