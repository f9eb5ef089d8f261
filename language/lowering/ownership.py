"""Which locals may share their value with a field or with one another: those are not changed in place."""

from __future__ import annotations

import ast

from quorate.language.declare import Record
from quorate.language.lowering.mutations import Mutations
from quorate.language.program import ir
from quorate.language.values.lattice import NOTHING, is_mutable
from quorate.language.values.types import SetOf, Type


class Ownership(Mutations):
    """Adds what is fresh, and what goes on naming a value."""

    def is_fresh(self, node: ast.expr, t: Type) -> bool:
        """Say whether nobody else names the value of a node, at any depth."""
        if not is_mutable(t):
            return True
        match node:
            case ast.List(items) | ast.Set(items) | ast.Tuple(items):
                return all(self._is_fresh_item(i) for i in items)
            case ast.Dict(_, values):
                return all(self._is_fresh_item(v) for v in values)
            case ast.IfExp(_, then, otherwise):
                return self.is_fresh(then, t) and self.is_fresh(otherwise, t)
            case ast.BoolOp(_, values):
                return all(self.is_fresh(v, t) for v in values)
            case ast.BinOp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                return not any(is_mutable(p) for p in _items(t)) or self._comprehends_fresh(node)
            case ast.Subscript(_, ast.Slice()):
                return not any(is_mutable(p) for p in _items(t))
            case ast.Call(function):
                return self._is_fresh_call(node, function, t)
            case _:
                pass
        return False

    def _is_fresh_item(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) or self.is_fresh(node, SetOf(NOTHING)) or not is_mutable(self.quiet(node))

    def quiet(self, node: ast.expr) -> Type:
        """Return the type of an expression that has been read already."""
        return self.expr(node.value if isinstance(node, ast.Starred) else node).type

    def _comprehends_fresh(self, node: ast.expr) -> bool:
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

    def _is_fresh_call(self, node: ast.expr, function: ast.expr, t: Type) -> bool:
        if isinstance(function, ast.Name) and function.id in ("choose", "some", "min", "max"):
            return False
        value = self.expr(node)
        if isinstance(value, ir.Call):
            return value.function in self.assembly.fresh
        return not any(is_mutable(p) for p in _items(t))

    def embedded(self, node: ast.expr) -> set[str]:
        match node:
            case ast.Name(name):
                unique = self.flow.names.get(name)
                return {unique} if unique is not None and is_mutable(self._types[unique]) else set()
            case ast.List(items) | ast.Set(items) | ast.Tuple(items):
                return set().union(*map(self.embedded, items))
            case ast.Dict(_, values) | ast.BoolOp(_, values):
                return set().union(*map(self.embedded, values))
            case ast.IfExp(_, then, otherwise):
                return self.embedded(then) | self.embedded(otherwise)
            case ast.Call(ast.Name(name), arguments, keywords):
                found = vars(self.source.module).get(name)
                if isinstance(found, type) and issubclass(found, Record):
                    return set().union(*map(self.embedded, [*arguments, *(k.value for k in keywords)]))
            case ast.Starred(value):
                return self.embedded(value)
            case _:
                pass
        return set()


def _items(t: Type) -> tuple[Type, ...]:
    return tuple(p for p in (getattr(t, "item", None), getattr(t, "key", None), getattr(t, "value", None)) if p is not None)
