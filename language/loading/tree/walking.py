"""Sets and dicts are walked in the order of their items, in every run: put into the syntax tree that Python runs.

Python walks a set in the order of its hashes, which differs from run to run, and a dict in the order of insertion, which no
state keeps. A loop whose outcome depends on the order is refused (`language/soundness`); what is left to see, such as the
order in which a trace tells the messages of one step, is the same everywhere: the source of each `for` and of each
comprehension inside a function goes through `IN_ORDER`, which `prelude.py` defines.
"""

from __future__ import annotations

import ast

IN_ORDER = "__in_order__"  # no model can call it: a name of its own would be refused


class Walks(ast.NodeTransformer):
    """Wraps what is walked inside functions; what a module does while it is loaded walks as Python does."""

    inside = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.inside += 1
        self.generic_visit(node)
        self.inside -= 1
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        node.iter = self._wrapped(node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.iter = self._wrapped(node.iter)
        return node

    def _wrapped(self, source: ast.expr) -> ast.expr:
        if not self.inside:
            return source
        name = ast.copy_location(ast.Name(IN_ORDER, ast.Load()), source)
        return ast.copy_location(ast.Call(name, [source], []), source)
