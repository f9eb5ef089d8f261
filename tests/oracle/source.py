"""Executing a model's own source with the stand-in in place of `quorate`.

The source is changed in four small ways, all inside functions: a computed index is checked (docs: one below zero is an
error), bounds are checked after a statement that changes a container in place, the items of quantifiers are counted, and
comparisons of order follow docs/semantics.md (see `order.py`).
"""

from __future__ import annotations

import ast
import itertools
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from . import author
from .order import BUILTINS
from .stage import STAGE, Declared, ModelError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

CHANGES = {"append", "extend", "insert", "add", "update", "setdefault", "union_update", "symmetric_difference_update"}
Site = tuple[int, int]
_serial = itertools.count()


class Rewritten(ast.NodeTransformer):
    """The source as it is executed."""

    def __init__(self) -> None:
        self.depth = 0
        self.quantifiers: dict[int, set[Site]] = {}  # by the first line of their function
        self.inside: list[int] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        self.quantifiers[first] = set()
        self.inside.append(first)
        body: list[ast.stmt] = []
        for statement in node.body:
            body.extend(_listed(self.visit(statement)))
        node.body = body
        self.inside.pop()
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if self.inside and not isinstance(node.slice, ast.Slice | ast.Constant) and not _negative_literal(node.slice):
            node.value = _call("__indexed__", node.value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        quantifier = isinstance(node.func, ast.Name) and node.func.id in ("any", "all") and len(node.args) == 1
        if self.inside and quantifier and isinstance(node.args[0], ast.GeneratorExp | ast.ListComp | ast.SetComp):
            site = (node.lineno, node.col_offset)
            self.quantifiers[self.inside[-1]].add(site)
            node.args[0] = _call("__ranged__", ast.Tuple([ast.Constant(n) for n in site], ast.Load()), node.args[0])
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is not None:
            node.value = self.visit(node.value)
        node.target = self.visit(node.target)
        return self.settled(node, isinstance(node.target, ast.Subscript))

    def visit_Expr(self, node: ast.Expr) -> Any:
        call = node.value
        changes = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHANGES
        self.generic_visit(node)
        return self.settled(node, changes)

    def visit_Assign(self, node: ast.Assign) -> Any:
        changes = any(isinstance(n, ast.Subscript) for target in node.targets for n in ast.walk(target))
        self.generic_visit(node)
        return self.settled(node, changes)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        self.generic_visit(node)
        return self.settled(node, changes=True)

    def settled(self, node: ast.stmt, changes: bool) -> Any:
        return [node, ast.Expr(_call("__settle__"))] if changes and self.inside else node


def _listed(visited: Any) -> list[ast.stmt]:
    return visited if isinstance(visited, list) else [visited]


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _negative_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)


class Indexed:
    """A sequence whose index is computed."""

    def __init__(self, items: Any) -> None:
        self.items = items

    def __getitem__(self, index: Any) -> Any:
        return self.items[_checked(index)]

    def __setitem__(self, index: Any, value: Any) -> None:
        self.items[_checked(index)] = value

    def __delitem__(self, index: Any) -> None:
        del self.items[_checked(index)]


def _checked(index: Any) -> Any:
    if isinstance(index, int) and index < 0:
        raise ModelError(f"the computed index {index}")
    return index


def _indexed(items: Any) -> Any:
    return Indexed(items) if isinstance(items, list | tuple | range | author.Group) else items


def _ranged(site: Site, items: Any) -> Iterator[Any]:
    STAGE.asked.add(site)
    for item in items:
        STAGE.ranged.add(site)
        yield item


def _settle() -> None:
    if STAGE.run is not None:
        STAGE.run.settle()


HOOKS = {"__indexed__": _indexed, "__ranged__": _ranged, "__settle__": _settle}


def parameter_lines(tree: ast.Module) -> dict[int, str]:
    "Return the names that `NAME = param(...)` gives, by the line of the call."
    found: dict[int, str] = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "param":
            for target in targets:
                if isinstance(target, ast.Name):
                    found[value.lineno] = target.id
    return found


def execute(
    source: str, path: Path | None, parameters: dict[str, Any]
) -> tuple[Declared, dict[str, Any], dict[int, set[Site]]]:
    "Run the module; return what it declared, its names, and its quantifiers by function."
    tree = ast.parse(source)
    model = Declared(parameters, parameter_lines(tree))
    rewritten = Rewritten()
    code = compile(ast.fix_missing_locations(rewritten.visit(tree)), str(path or "<model>"), "exec", dont_inherit=True)
    module = ModuleType(f"oracle_model_{next(_serial)}")
    vars(module)["__builtins__"] = {**BUILTINS, **HOOKS}
    model.modules[module.__name__] = module
    with _in_place(model, path):
        exec(code, vars(module))
    return model, vars(module), rewritten.quantifiers


@contextmanager
def _in_place(model: Declared, path: Path | None) -> Generator[None]:
    "While a model executes, `quorate` is the stand-in and modules beside the model are found."
    real = sys.modules.get("quorate")
    sys.modules["quorate"] = author
    before = set(sys.modules)
    STAGE.declared, STAGE.domains, STAGE.run = model, None, None
    if path is not None:
        sys.path.insert(0, str(path.parent))
    try:
        yield
    finally:
        STAGE.declared = None
        if path is not None:
            sys.path.remove(str(path.parent))
        if real is None:
            del sys.modules["quorate"]
        else:
            sys.modules["quorate"] = real
        for name in set(sys.modules) - before:
            if path is not None and str(getattr(sys.modules[name], "__file__", "")).startswith(str(path.parent)):
                model.modules[name] = sys.modules.pop(name)
