"""`if`, `for`, `break`, `continue`, `return`: what is known where ways part and meet."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.body import Body, assigned_names
from quorate.language.lowering.bodies.conversions import into, most_items
from quorate.language.lowering.bodies.narrowing import Fact, Flow, assume, stable
from quorate.language.lowering.changing.assignments import valued
from quorate.language.lowering.changing.paths import appends, assigned_local
from quorate.language.lowering.matching import at
from quorate.language.lowering.reading.records import seen
from quorate.language.lowering.reading.walks import mark_group, source_of, targets_of
from quorate.language.lowering.sending import tested
from quorate.language.program import ir
from quorate.language.program.traversal import assigned, statements
from quorate.language.soundness.commuting import dependence
from quorate.language.values.lattice import NOTHING, integer, one
from quorate.language.values.types import Bool, ListOf, Nothing, Option, SetOf, TupleOf

if TYPE_CHECKING:
    from collections.abc import Sequence


def if_statement(body: Body, test: ast.expr, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt]) -> None:
    condition = tested(body, test)
    before = body.flow.copy()
    assume(body.flow, condition, truth=True)
    yes = body.block(then)
    after = body.flow
    body.flow = before
    assume(body.flow, condition, truth=False)
    no = body.block(otherwise)
    body.flow = after.merged(body.flow)
    body.out.append(ir.If(condition, yes, no))


def for_statement(body: Body, node: ast.For) -> None:
    if node.orelse:
        raise body.unsupported(node, "`else` of a loop has no C meaning", "keep in a local whether the loop found something")
    source = source_of(body, node.iter)
    node = with_names(body, node, source)
    outer = body.flow
    head = outer.copy()
    while True:
        loop, end, breaks = looped(body, node, source, head.copy())
        again = stable(head, end)
        if again == head:
            break
        head = again
    body.flow = head.merged(end) if end.reachable else head
    for flow in breaks:
        body.flow = body.flow.merged(flow)
    body.flow.leave(outer)
    note_growth(body, outer, loop)
    body.out.append(loop)
    note_dependence(body, loop, set(head.names.values()))


def with_names(body: Body, node: ast.For, source: ir.Expr) -> ast.For:
    """Return a loop that binds names alone; whatever else it assigns or unpacks, it does first, each time round."""
    item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
    parts = node.target.elts if isinstance(node.target, ast.Tuple | ast.List) else []
    is_fit = isinstance(item, TupleOf) and len(item.items) == len(parts)
    first: list[ast.stmt] = []
    bound = [named(body, t, first) for t in (parts if is_fit else [node.target])]
    if not first and not isinstance(node.target, ast.List):
        return node
    target = at(ast.Tuple(bound, ast.Store()), node.target) if is_fit else bound[0]
    made = ast.For(target, node.iter, [*first, *node.body], [])
    at(made, node)
    return made


def named(body: Body, target: ast.expr, first: list[ast.stmt]) -> ast.expr:
    """Return a name for what a loop binds, and note what is assigned from it."""
    if isinstance(target, ast.Name):
        return target
    name = body.version("item", target)
    body.reserve({name})
    first.append(at(ast.Assign([target], ast.Name(name, ast.Load())), target))
    return at(ast.Name(name, ast.Store()), target)


def looped(body: Body, node: ast.For, source: ir.Expr, entry: Flow) -> tuple[ir.For, Flow, list[Flow]]:
    """Write the loop once, given what holds at its head; return it, what holds at its end, and where it is broken."""
    body.flow = entry
    targets = targets_of(body, node.target, source)
    prologue = reassigned(body, node.target, targets)
    body.times.append(most_items(body, source))
    body.leaving.append(([], []))
    made = body.block(node.body)
    broken, continued = body.leaving.pop()
    body.times.pop()
    end = body.flow
    for flow in continued:
        end = end.merged(flow)
    return ir.For(targets, source, (*prologue, *made)), end, broken


def note_growth(body: Body, before: Flow, loop: ir.For) -> None:
    """After a loop that only appends to a local list, it is longer by what all its places append at most."""
    for target in set(assigned(loop.body)):
        grown = body.growth.get(target.name, {}) if isinstance(target, ir.Local) else {}
        if not grown or not isinstance(target.type, ListOf) or None in grown.values():
            continue
        changes = [s.value for s in statements(loop.body) if isinstance(s, ir.Assign) and s.target == target]
        if all(appends(target, value) for value in changes):
            longest = before.longest(target)
            total = sum(n for n in grown.values() if n is not None)
            body.flow.note(target, Fact(range=integer(0, None if longest is None else longest + total)))


def reassigned(body: Body, target: ast.expr, targets: Sequence[ir.Local]) -> list[ir.Stmt]:
    """A loop variable that the function assigns elsewhere, too, is copied into that variable."""
    assert body.node is not None
    names = [t.id for t in (target.elts if isinstance(target, ast.Tuple) else [target]) if isinstance(t, ast.Name)]
    written: list[ir.Stmt] = []
    for name, local in zip(names, targets, strict=True):
        if name in assigned_names(body.node):
            variable = assigned_local(body, name, local.type, target)
            written.append(ir.Assign(variable, into(body, local, variable.type, target), where=body.place(target)))
            body.flow.forget(variable)
    return written


def note_dependence(body: Body, loop: ir.For, outer: set[str]) -> None:
    """Note that a group whose order decides what the loop does is not symmetric; over a set it is refused (`commuting.py`)."""
    if dependence(loop, outer, body.assembly.functions) is not None:
        mark_group(body, loop.source)


def leave(body: Body, node: ast.Break | ast.Continue) -> None:
    is_break = isinstance(node, ast.Break)
    body.leaving[-1][0 if is_break else 1].append(body.flow.copy())
    body.out.append(ir.Break() if is_break else ir.Continue())
    body.flow.reachable = False


def return_statement(body: Body, node: ast.Return, value: ast.expr | None) -> None:
    if value is None or (isinstance(value, ast.Constant) and value.value is None and body.standing.key.startswith("@")):
        if ("result", body.standing.key) in body.inference.known:
            body.inference.learn(("result", body.standing.key), NOTHING)
        body.out.append(ir.Return(nothing(body)))
    else:
        return_value(body, node, value)
    body.flow.reachable = False


def nothing(body: Body) -> ir.Expr | None:
    result = body.inference.known.get(("result", body.standing.key))
    return ir.Const(result, None) if result is not None and isinstance(result, Option | Nothing) else None


def return_value(body: Body, node: ast.Return, value: ast.expr) -> None:
    known = body.inference.known.get(("result", body.standing.key))
    if known is None and body.node is not None and body.node.returns is not None:
        known = body.names.annotated(body.node.returns, body.source)
    found = valued(body, value, known)
    if body.standing.key.startswith("@"):
        return_verdict(body, node, value, found)
        return
    learned = body.inference.learn(("result", body.standing.key), seen(body, found))
    if learned is None:
        raise body.unsupported(node, "this function returns values of two types", "write two functions")
    body.out.append(ir.Return(into(body, found, learned, value)))


def return_verdict(body: Body, node: ast.Return, value: ast.expr, found: ir.Expr) -> None:
    if body.standing.mode != "property":
        raise body.refusal(node, "a step returns nothing", "keep the value in a field")
    if not isinstance(found.type, Bool):
        what = f"a property is true or false, and this is {one(found.type)}"
        raise body.refusal(value, what, "compare it: `... > 0`, `... is not None`")
    body.out.append(ir.Return(found))
