"""Which loops depend on the order of what they walk: those over a set are refused, those over a group break its symmetry.

A loop does not depend on the order when everything it changes outside itself, it changes in a way that commutes: it adds to a
number, puts into or takes out of a set, sets the dict item of its own key, assigns what is the same every time round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.footprint import footprint_of
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import every_expression, expressions, statements, within
from quorate.language.values.types import SetOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COMMUTING: dict[Op, str] = {
    Op.ADD: "sum",
    Op.SUB: "sum",
    Op.SET_ADD: "put in",
    Op.UNION: "put in",
    Op.SET_DISCARD: "take out",
    Op.SET_REMOVE: "take out",
    Op.DIFFERENCE: "take out",
    Op.INTERSECTION: "keep",
    Op.MIN: "least",
    Op.MAX: "greatest",
    Op.AND: "all",
    Op.OR: "any",
}
ORDERLESS = (Op.KEYS, Op.VALUES, Op.ITEMS)


def is_unordered(source: ir.Expr) -> bool:
    """Say whether Python walks through this in an order that means nothing."""
    return isinstance(source.type, SetOf) or (isinstance(source, ir.Apply) and source.operator in ORDERLESS)


def dependence(loop: ir.For, outer: set[str], functions: Mapping[str, ir.Function]) -> str | None:
    """Return why the outcome depends on the order, or None. `outer` are the locals that were bound before the loop.

    Not sound when guards of two sorts fail for different items: which one is reported is a matter of order.
    """
    for statement in statements(loop.body):
        if isinstance(statement, ir.Return):
            return "it returns from the middle"
        if isinstance(statement, ir.Break) and statement in _own(loop.body):
            return "it breaks off"
    for expr in every_expression(loop.body):
        if isinstance(expr, ir.Choose):
            return "it chooses inside"
        if isinstance(expr, ir.Call) and not footprint_of(functions[expr.function].body, functions).is_pure:
            return "it calls a helper that does something"
    return _changes(loop, outer) or _sending(loop)


def _own(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """Yield the statements of a loop's body that are not inside a further loop."""
    for statement in body:
        yield statement
        if isinstance(statement, ir.If):
            yield from _own(statement.then)
            yield from _own(statement.otherwise)


def _changes(loop: ir.For, outer: set[str]) -> str | None:
    sorts: dict[str, str] = {}
    for statement in statements(loop.body):
        if not isinstance(statement, ir.Assign) or not _is_outside(statement.target, outer):
            continue
        target = statement.target
        name = _label(target)
        sort = _sort(statement, loop, outer)
        if sort is None:
            return (
                f"the last value assigned to `{name}` wins"
                if not _is_listing(statement.value)
                else f"it builds the list `{name}`"
            )
        if sorts.setdefault(name, sort) != sort:
            return f"it changes `{name}` in two ways"
    read = _read_elsewhere(loop, outer, set(sorts))
    return None if read is None else f"it reads `{read}`, which it changes"


def _is_outside(target: ir.Local | ir.Field, outer: set[str]) -> bool:
    return isinstance(target, ir.Field) or target.name in outer


def _label(target: ir.Local | ir.Field) -> str:
    if isinstance(target, ir.Field) and isinstance(target.holder, ir.Local):
        return f"{target.holder.name}.{target.name}"
    return target.name


def _bare(expr: ir.Expr) -> ir.Expr:
    while isinstance(expr, ir.Apply) and expr.operator in (Op.CONVERT, Op.INJECT, Op.VALUE):
        expr = expr.operands[0]
    return expr


def _sort(statement: ir.Assign, loop: ir.For, outer: set[str]) -> str | None:
    """Return in which commuting way a target is changed, or None where in none."""
    value, target = _bare(statement.value), statement.target
    varying = {t.name for t in loop.targets} | _inner(loop, outer)
    if isinstance(target, ir.Field) and any(isinstance(e, ir.Local) and e.name in _keys(loop) for e in within(target)):
        return "its own"  # another holder each time round
    if isinstance(value, ir.Apply) and value.operator in COMMUTING and _bare(value.operands[0]) == target:
        return COMMUTING[value.operator]
    if isinstance(value, ir.Apply) and value.operator is Op.DICT_SET and _bare(value.operands[0]) == target:
        key = _bare(value.operands[1])
        return "by key" if isinstance(key, ir.Local) and key.name in _keys(loop) else None
    if not any(isinstance(e, ir.Local) and e.name in varying for e in within(value)) and target not in within(value):
        return f"constant {hash(value)}"
    return None


def _keys(loop: ir.For) -> set[str]:
    """Return the loop variables that differ each time round."""
    source = loop.source
    if isinstance(source, ir.Apply) and source.operator is Op.VALUES:
        return set()
    return {loop.targets[0].name}


def _inner(loop: ir.For, outer: set[str]) -> set[str]:
    """Return the locals that belong to one time round."""
    names = {e.name for e in every_expression(loop.body) if isinstance(e, ir.Local)}
    return names - outer - {"self"}


def _is_listing(value: ir.Expr) -> bool:
    bare = _bare(value)
    return isinstance(bare, ir.Apply) and bare.operator in (Op.LIST_APPEND, Op.CONCAT, Op.LIST_INSERT)


def _read_elsewhere(loop: ir.For, outer: set[str], changed: set[str]) -> str | None:
    """Return something that the loop changes and also reads, other than to change it."""
    for statement in statements(loop.body):
        own = statement.target if isinstance(statement, ir.Assign) and _is_outside(statement.target, outer) else None
        for expr in expressions(statement):
            skipped = _accumulated(expr, own)
            for part in within(expr):
                if (
                    isinstance(part, ir.Local | ir.Field)
                    and part is not skipped
                    and _label(part) in changed
                    and not _by_item(part, loop)
                ):
                    return _label(part)
    return None


def _accumulated(value: ir.Expr, target: ir.Local | ir.Field | None) -> ir.Expr | None:
    """Return the operand that stands for the target's value before, in an assignment that adds to it."""
    bare = _bare(value)
    if target is None or not isinstance(bare, ir.Apply) or not bare.operands:
        return None
    first = _bare(bare.operands[0])
    return first if first == target else None


def _by_item(expr: ir.Expr, loop: ir.For) -> bool:
    return isinstance(expr, ir.Field) and any(isinstance(e, ir.Local) and e.name in _keys(loop) for e in within(expr))


def _sending(loop: ir.For) -> str | None:
    """Messages to one target stand in the order in which they were sent, where the network keeps it."""
    keys = {t.name for t in loop.targets}
    for statement in statements(loop.body):
        if isinstance(statement, ir.Send):
            to = statement.to
            varies = any(isinstance(e, ir.Local) and e.name in keys for e in within(to))
            same = not any(isinstance(e, ir.Local) and e.name in keys for e in within(statement.message))
            if not varies and not same:
                return "messages to one process are sent in that order"
    return None
