"""Which statements of the bodies of classes were executed: under an `if` only one branch declares.

Before a module is executed, each of its classes, and each assignment to a name in a class's body, gets a call beside it that
notes where it stands. So a field has the annotation that Python gave it, and a class that is written twice the body that ran.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.language.loading.model import Source

NOTER = "__executed__"  # a builtin of the model's modules, called with the line and column of what was executed


def noting(tree: ast.Module) -> ast.Module:
    """Have the module call `NOTER` for each class, and each assignment in its body, that is executed; return it."""
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.ClassDef):
            head = 1 if ast.get_docstring(node) is not None else 0
            _note_in(node)
            node.body.insert(head, _call(node))
    return tree


def _note_in(node: ast.AST) -> None:
    """Put a call after each assignment in the statements of a body, those of the blocks in it included."""
    for name, value in ast.iter_fields(node):
        for statement in [v for v in value if isinstance(v, ast.AST)] if isinstance(value, list) else []:
            if not isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
                _note_in(statement)
        if isinstance(value, list) and any(isinstance(v, (ast.Assign, ast.AnnAssign)) for v in value):
            setattr(node, name, [new for v in value for new in ([v, _call(v)] if isinstance(v, ast.stmt) else [v])])


def _call(at: ast.stmt) -> ast.stmt:
    place: list[ast.expr] = [ast.Constant(at.lineno), ast.Constant(at.col_offset)]
    call = ast.copy_location(ast.Expr(ast.Call(ast.Name(NOTER, ast.Load()), place, [])), at)
    return ast.fix_missing_locations(call)


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body and of the blocks in it (`if`, `for`, `with`, ...), in the order of the source."""
    for statement in body:
        yield statement
        if not isinstance(statement, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from statements(_inside(statement))


def _inside(statement: ast.stmt) -> list[ast.stmt]:
    """Return the statements that stand in a compound one."""
    parts = [p for _, value in ast.iter_fields(statement) if isinstance(value, list) for p in value]
    blocks = [p.body if isinstance(p, (ast.ExceptHandler, ast.match_case)) else [p] for p in parts]
    return [s for block in blocks for s in block if isinstance(s, ast.stmt)]


def executed(node: ast.ClassDef, source: Source) -> list[ast.Assign | ast.AnnAssign]:
    """Return the assignments of a class's body that were executed, in the order of the source."""
    found = [s for s in statements(node.body) if isinstance(s, (ast.Assign, ast.AnnAssign))]
    return [s for s in found if (s.lineno, s.col_offset) in source.executed]


def class_node(cls: type, source: Source) -> ast.ClassDef:
    """Return the statement that defined the class: of several (in the branches of an `if`) the one that was executed."""
    named = [node for name, node in _classes(source.tree.body) if name == cls.__qualname__]
    found = [node for node in named if (node.lineno, node.col_offset) in source.executed]
    if not found:
        remedy = "write it with `class`: its annotations are read in the source"
        raise ModelError(f"the class `{cls.__qualname__}` has no statement in the model", None, remedy)
    return found[-1]


def _classes(body: Sequence[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield the classes of a body by qualified name, those inside classes included."""
    for statement in statements(body):
        if isinstance(statement, ast.ClassDef):
            yield prefix + statement.name, statement
            yield from _classes(statement.body, f"{prefix}{statement.name}.")
