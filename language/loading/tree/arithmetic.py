"""Numbers as the language has them: 64 bits in between, and no index below zero but a literal; put into what Python runs.

Python's integers have no end, and `log[at - 1]` with `at` 0 is the last entry without a word. The language calls both an error
of the model (docs/semantics.md), and C finds them as it computes. So inside functions every sum, difference, product, quotient
and negation goes through `FITS`, every item by a computed index through `ITEM` or `PLACE` (`HELD` and `HERE` where the
container is computed, too, and must not be read twice), a computed end of a slice through `NATURAL`, and `pop` and `insert`
through `MOVED`. A shift to the left goes through `SHIFTED`: Python would make the number first. `prelude.py` defines them.
"""

from __future__ import annotations

import ast
from copy import deepcopy

FITS, ITEM, PLACE, NATURAL, MOVED = "__fits__", "__item__", "__place__", "__natural__", "__moved__"  # no model can call these
HELD, HERE, SHIFTED = "__held__", "__here__", "__shifted__"
GROWING = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Pow)


class Arithmetic(ast.NodeTransformer):
    """Wraps what is computed inside functions; what a module does while it is loaded computes as Python does."""

    inside = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.inside += 1
        node.body = [new for statement in node.body for new in _several(self.visit(statement))]
        self.inside -= 1
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.LShift):
            return self._call(node, SHIFTED, node.left, node.right)
        return self._call(node, FITS, node) if isinstance(node.op, GROWING) else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return self._call(node, FITS, node) if isinstance(node.op, ast.USub) and not _is_literal(node) else node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        """`x += y` is looked at when it is done; a field looks for itself when it is written."""
        self.generic_visit(node)
        if not self.inside or not isinstance(node.op, GROWING) or not isinstance(node.target, ast.Name):
            return node
        read = ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
        return [node, ast.copy_location(ast.Expr(self._call(node, FITS, read)), node)]

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.slice, ast.Slice):
            node.slice.lower, node.slice.upper = self._end(node.slice.lower), self._end(node.slice.upper)
        elif _is_literal(node.slice) or isinstance(node.slice, ast.Tuple):
            pass
        elif isinstance(node.ctx, ast.Load):
            return self._call(node, ITEM, node.value, node.slice)
        elif _is_path(node.value):
            node.slice = self._call(node.slice, PLACE, deepcopy(node.value), node.slice)
        else:
            node.value, node.slice = self._call(node.value, HELD, node.value), self._call(node.slice, HERE, node.slice)
        return node

    def _end(self, node: ast.expr | None) -> ast.expr | None:
        return node if node is None or _is_literal(node) else self._call(node, NATURAL, node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Attribute(base, "pop"), [index], []) if not _is_literal(index):
                return self._call(node, MOVED, base, ast.copy_location(ast.Constant("pop"), base), index)
            case ast.Call(ast.Attribute(base, "insert"), [index, item], []):
                return self._call(node, MOVED, base, ast.copy_location(ast.Constant("insert"), base), index, item)
            case _:
                return node

    def _call(self, at: ast.expr | ast.stmt, name: str, *arguments: ast.expr) -> ast.expr:
        if not self.inside:
            assert isinstance(at, ast.expr)
            return at
        called = ast.copy_location(ast.Name(name, ast.Load()), at)
        return ast.copy_location(ast.Call(called, list(arguments), []), at)


def _several(made: ast.AST | list[ast.stmt]) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made] if isinstance(made, ast.stmt) else []


def _is_literal(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant)


def _is_path(node: ast.expr) -> bool:
    """Say whether reading the expression twice is as good as once."""
    match node:
        case ast.Name():
            return True
        case ast.Attribute(value):
            return _is_path(value)
        case ast.Subscript(value, index) | ast.Call(ast.Name("__item__"), [value, index]):
            return _is_path(value) and not any(isinstance(n, ast.Call) and not _is_ours(n) for n in ast.walk(index))
        case _:
            return False


def _is_ours(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in {FITS, ITEM, PLACE, NATURAL}
