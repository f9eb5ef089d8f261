"""Bounds of locals that have an annotation: looked at after each assignment; put into what Python runs.

`seq: tuple[Term, Count] = ...` bounds `seq` wherever the function assigns it, as a field's annotation does. Python itself
reads no annotation of a local. So behind each statement that assigns such a name its value is handed to `BOUNDED`, which
`prelude.py` defines.
"""

from __future__ import annotations

import ast

BOUNDED = "__bounded__"  # no model can call it


class Bounds(ast.NodeTransformer):
    """Adds a look at each local that has an annotation, after what assigns it; a class or module bounds its own."""

    names: frozenset[str] = frozenset()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self.names = self.names, annotated_names(node)
        self.generic_visit(node)
        self.names = outer
        return node

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        return [node, *(look for target in node.targets for look in self._looks(target, node))]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        return [node, *(self._looks(node.target, node) if node.value else [])]

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        return [node, *self._looks(node.target, node)]

    def _looks(self, target: ast.expr, node: ast.stmt) -> list[ast.stmt]:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        bound = [part.id for part in parts if isinstance(part, ast.Name) and part.id in self.names]
        return [look(name, node) for name in bound]


def annotated_names(function: ast.FunctionDef) -> frozenset[str]:
    """Return the names that a function annotates where it assigns or declares them."""
    nodes = (n.target for n in ast.walk(function) if isinstance(n, ast.AnnAssign))
    return frozenset(target.id for target in nodes if isinstance(target, ast.Name))


def look(name: str, node: ast.stmt) -> ast.stmt:
    """Return `BOUNDED("name", name)` as a statement that stands where the node does."""
    call = ast.Call(ast.Name(BOUNDED, ast.Load()), [ast.Constant(name), ast.Name(name, ast.Load())], [])
    made = ast.Expr(call)
    for part in ast.walk(made):
        ast.copy_location(part, node)
    return made
