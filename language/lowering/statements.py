"""Which statement of Python's `ast` is what, and whole functions; a problem in one statement does not hide the next."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from quorate.language.errors import ModelError
from quorate.language.loading.marks import number_of
from quorate.language.lowering.bodies.body import Body, assigned_names
from quorate.language.lowering.bodies.conversions import into, is_none
from quorate.language.lowering.bodies.narrowing import assume
from quorate.language.lowering.bodies.sequence import named_last
from quorate.language.lowering.branches import for_statement, if_statement, leave, return_statement
from quorate.language.lowering.changing.assignments import annotated_assign, assign, augmented, delete
from quorate.language.lowering.changing.mutations import changed, popped
from quorate.language.lowering.changing.paths import assigned_local
from quorate.language.lowering.foreign import hidden
from quorate.language.lowering.matching import as_branches
from quorate.language.lowering.reading.constants import is_builtin
from quorate.language.lowering.sending import assert_statement, broadcast, limit, require, send, skip
from quorate.language.program import ir
from quorate.language.values.lattice import NOTHING, integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


REFUSED: dict[type[ast.stmt], tuple[str, str]] = {
    ast.While: (
        "`while` is not part of the modelling language",
        "a step must end: use `for i in range(...)` with a constant bound",
    ),
    ast.Try: ("`try` is not part of the modelling language", "test for what would fail, with `if` or `require(...)`"),
    ast.TryStar: ("`try` is not part of the modelling language", "test for what would fail, with `if` or `require(...)`"),
    ast.Global: ("`global` is not part of the modelling language", "make it a field of a `Shared` class"),
    ast.Nonlocal: ("`nonlocal` is not part of the modelling language", "hand the value over and return the new one"),
    ast.Raise: ("`raise` is not part of the modelling language", "write `assert False, ...` for what must not happen"),
    ast.AsyncFor: ("`async` is not part of the modelling language", "a step is atomic: split it in two where it would wait"),
    ast.With: ("`with` is not part of the modelling language", "a step needs no resources"),
    ast.FunctionDef: (
        "a function inside a function is not part of the modelling language",
        "define it beside the class, or as a method",
    ),
    ast.ClassDef: (
        "a class inside a function is not part of the modelling language",
        "define it at the top level of the module",
    ),
    ast.Import: ("an import inside a function is not part of the modelling language", "import at the top of the module"),
    ast.ImportFrom: ("an import inside a function is not part of the modelling language", "import at the top of the module"),
    ast.AsyncWith: ("`async` is not part of the modelling language", "a step is atomic: split it in two where it would wait"),
}
WRITERS: dict[str, Callable[[Body, ast.Call], None]] = {
    "require": require,
    "limit": limit,
    "skip": skip,
    "send": send,
    "broadcast": broadcast,
}


def function(body: Body, parameters: Sequence[ir.Local], key: str) -> ir.Function:
    assert body.node is not None
    parameters_in, prologue = renamed(body, parameters)
    made = (*prologue, *whole(body, body.node))
    if body.flow.reachable and ("result", key) in body.inference.known:
        body.inference.learn(("result", key), NOTHING)
    result = body.inference.known.get(("result", key))
    return ir.Function(key, parameters_in, result, made)


def renamed(body: Body, parameters: Sequence[ir.Local]) -> tuple[tuple[ir.Local, ...], list[ir.Stmt]]:
    """Give each parameter that the body assigns another name, so that the local may have a wider type."""
    assert body.node is not None
    assigned = assigned_names(body.node)
    kept: list[ir.Local] = []
    prologue: list[ir.Stmt] = []
    for parameter in parameters:
        if parameter.name not in assigned:
            body.keep_name(parameter.name)
            kept.append(parameter)
            continue
        given = body.temporary(parameter.type, body.node, f"{parameter.name}_given")
        local = assigned_local(body, parameter.name, parameter.type, body.node)
        wider = into(body, given, local.type, ast.copy_location(ast.Name(parameter.name), body.node))
        prologue.append(ir.Assign(local, wider, where=body.place(body.node)))
        kept.append(given)
    return tuple(kept), prologue


def whole(body: Body, node: ast.FunctionDef) -> tuple[ir.Stmt, ...]:
    """Return the statements of a function, docstring left out."""
    made = node.body
    if isinstance(made[0], ast.Expr) and isinstance(made[0].value, ast.Constant) and isinstance(made[0].value.value, str):
        made = made[1:]
    found = body.block(made)
    body.assembly.problems += unread_locals(body, node)
    for name, sites in body.growth.items():
        counts = [c for c in sites.values() if c is not None]
        total = sum(counts) if len(counts) == len(sites) else None
        body.inference.learn(("growth", body.standing.key, name), integer(0, total))
    return found


def unread_locals(body: Body, node: ast.FunctionDef) -> Iterator[ModelError]:
    """Yield an error for each local that nothing reads, and whose name is a field's: `self.` is missing."""
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign | ast.AnnAssign):
            targets = inner.targets if isinstance(inner, ast.Assign) else [inner.target]
            for target in targets:
                field = body.own_field(target.id) if isinstance(target, ast.Name) and target.id not in read else None
                if field is not None:
                    what = f"`{ast.unparse(target)}` is a local that nothing reads"
                    yield body.refusal(target, what, f"write `{field}` for the field")


def block(body: Body, nodes: Sequence[ast.stmt]) -> tuple[ir.Stmt, ...]:
    """Return the statements of a block, each with its place; what cannot be reached is left out."""
    before, body.out = body.out, []
    for node in nodes:
        if not body.flow.reachable:
            break
        start = len(body.out)
        try:
            statement(body, node)
        except ModelError as problem:
            body.assembly.problems.append(problem)  # before those of what is inside
            body.assembly.problems += hidden(body, node, problem)
        body.out[start:] = [body.placed(made, node) for made in body.out[start:]]
    written, body.out = tuple(body.out), before
    return written


def statement(body: Body, node: ast.stmt) -> None:
    """Read one statement, by the table."""
    row = TABLE.get(type(node))
    if row is not None:
        row(body, node)
        return
    if type(node) in REFUSED:
        raise body.refusal(node, *REFUSED[type(node)])
    raise body.refusal(
        node, f"`{type(node).__name__.lower()}` is not part of the modelling language", "write it in plainer Python"
    )


def matched(body: Body, node: ast.Match) -> None:
    for branch in as_branches(body, node):
        statement(body, branch)


def annotated(body: Body, node: ast.AnnAssign) -> None:
    if node.value is not None:
        annotated_assign(body, node.target, node.annotation, node.value)


def deleted(body: Body, node: ast.Delete) -> None:
    for target in node.targets:
        delete(body, target)


def expression(body: Body, node: ast.Expr, value: ast.expr) -> None:
    if isinstance(value, ast.Constant) and (isinstance(value.value, str) or value.value is ...):
        return
    if not isinstance(value, ast.Call):
        body.expr(value)
        raise body.refusal(node, "this computes a value and drops it", "assign it, or leave it out")
    number = number_of(value)
    if number is not None:
        body.out.append(ir.Mark(number))
        return
    name = value.func.id if isinstance(value.func, ast.Name) and is_builtin(body, value.func, value.func.id) else ""
    if name in WRITERS:
        if body.standing.mode == "property":
            raise body.refusal(value, f"`{name}` is for steps: a property only looks", "write a condition")
        WRITERS[name](body, value)
    elif not changed(body, value):
        evaluated(body, value)


def evaluated(body: Body, value: ast.Call) -> None:
    found = popped(body, value) or body.expr(value)
    if isinstance(named_last(found), ir.Call | ir.Some | ir.Choose):
        body.out.append(ir.Evaluate(found))
        if isinstance(found, ir.Some):
            assume(body.flow, is_none(found.option, negated=True), truth=True)
    elif not isinstance(found, ir.Local):
        raise body.refusal(value, "this computes a value and drops it", "assign it, or leave it out")


TABLE: dict[type[ast.stmt], Callable[[Body, Any], None]] = {
    ast.Expr: lambda body, node: expression(body, node, node.value),
    ast.Assign: lambda body, node: assign(body, node, node.targets, node.value),
    ast.AnnAssign: annotated,
    ast.AugAssign: lambda body, node: augmented(body, node.target, node.op, node.value),
    ast.If: lambda body, node: if_statement(body, node.test, node.body, node.orelse),
    ast.For: for_statement,
    ast.Match: matched,
    ast.Return: lambda body, node: return_statement(body, node, node.value),
    ast.Break: leave,
    ast.Continue: leave,
    ast.Assert: lambda body, node: assert_statement(body, node.test),
    ast.Delete: deleted,
    ast.Pass: lambda _body, _node: None,
}
