"""Nothing depends on the order of a set or dict: what would is refused, as a loop, as a comprehension, as a list.

The rule for loops. Over a set, or the keys, values or items of a dict, a loop may change what is outside of it only in ways
that commute: it adds to a number (up only, or down only, where the number has bounds), puts items into a set or takes some
out, keeps the least or greatest, sets the dict item of its own key, assigns what is the same every time round, or changes a
field of its own item. It reads nothing that it changes, other than to change it in that way; it neither returns, breaks off
nor chooses; and what it sends to one process is the same message, or each item is sent to itself. A loop over a group may do
all this, but then the group is not symmetric.

The rule for values. What a dict shows in an order (its values, its items) is walked, counted, sorted or searched, and never
kept as a list; of equal keys of a dict that is built over a set none may win by its place.

Both engines walk sets and dicts in the order of their items. So what is left to see, which of several failing items is the
first, is the same in both and in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import ModelError
from quorate.language.program import ir
from quorate.language.program.footprint import footprint_of
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.program.traversal import children, every_expression, expressions, statements, within
from quorate.language.values.lattice import low
from quorate.language.values.types import Int, SetOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from quorate.language.errors import Place

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
TRANSPARENT = (Op.CONVERT, Op.COPY, Op.INJECT, Op.VALUE, Op.IF)  # the value is that of an operand
LOOKERS = (Op.LEN, Op.CONTAINS, Op.SORTED, Op.TO_SET, Op.EQ, Op.NE)  # may look at what a dict shows in an order
REMEDY = "write `for ... in sorted(...)`, or `choose(...)` to try every item"


def order(program: ir.Program) -> list[ModelError]:
    """Return what of a program depends on the order of a set or dict, in the order of the source."""
    bodies: list[tuple[tuple[ir.Stmt, ...], set[str], Place | None]] = [
        *((s.body, {p.name for p in s.parameters}, s.where) for s in program.steps),
        *((p.body, set[str](), p.where) for p in program.properties),
        *((f.body, {p.name for p in f.parameters}, None) for f in program.functions.values()),
    ]
    found: list[ModelError] = []
    for body, bound, where in bodies:
        for loop, outer in _loops(body, bound):
            reason = dependence(loop, outer, program.functions) if is_unordered(loop.source) else None
            if reason is not None:
                what = f"the order of a set or dict decides what this loop does: {reason}"
                found.append(ModelError(what, _place(loop, where), REMEDY))
        for expr in every_expression(body):
            found += _shown(expr, where, program.functions)
    return found


def _place(node: object, otherwise: Place | None) -> Place | None:
    return getattr(node, "where", None) or otherwise


def is_unordered(source: ir.Expr) -> bool:
    """Say whether Python walks through this in an order that means nothing."""
    return isinstance(source.type, SetOf) or _is_view(source)


def _is_view(expr: ir.Expr) -> bool:
    """Say whether this is what a dict shows in an order: its values or items, as they are."""
    if isinstance(expr, ir.Let):
        return _is_view(expr.body)
    if not isinstance(expr, ir.Apply):
        return False
    if expr.operator in TRANSPARENT:
        return any(map(_is_view, expr.operands[1:] if expr.operator is Op.IF else expr.operands))
    return expr.operator in ORDERLESS


# -- values -----------------------------------------------------------------------------------------------------------


def _shown(expr: ir.Expr, where: Place | None, functions: Mapping[str, ir.Function]) -> Iterator[ModelError]:
    """Yield what is wrong with an expression, apart from what is inside it."""
    if isinstance(expr, ir.Comprehension):
        acts = any(not footprint_of([ir.Evaluate(part)], functions).is_pure for part in children(expr))
        if acts and any(is_unordered(c.source) for c in expr.clauses):
            what = "this chooses or does something for each item of a set, in the set's order"
            yield ModelError(what, _place(expr, where), "walk `sorted(...)`")
        if expr.reduction is Reduction.DICT and not _tells_apart(expr):
            what = "which of two equal keys wins depends on the order of a set or dict"
            yield ModelError(what, _place(expr, where), "write `sorted(...)` around the set")
        return
    if isinstance(expr, ir.Choose) or (isinstance(expr, ir.Apply) and expr.operator in (*LOOKERS, *TRANSPARENT)):
        return
    for child in [expr.value] if isinstance(expr, ir.Let) else children(expr):
        if _is_view(child) and not isinstance(child.type, SetOf):
            what = "this keeps what a dict shows in an order, and a dict has none that means something"
            yield ModelError(what, _place(expr, where), "write `sorted(...)` around it")


def _tells_apart(built: ir.Comprehension) -> bool:
    """Say whether the items of a dict have keys of their own, as far as they come in an order that means nothing."""
    key = bare(built.body[0])
    parts = key.operands if isinstance(key, ir.Apply) and key.operator is Op.MAKE_TUPLE else (key,)
    names = {p.name for p in map(bare, parts) if isinstance(p, ir.Local)}
    return all(own <= names for own in map(_clause_keys, built.clauses) if own is not None)


def _clause_keys(clause: ir.Clause) -> set[str] | None:
    """Return the names that tell the items of a clause apart, or None where its order means something."""
    return None if not is_unordered(clause.source) else _keys(clause.targets, clause.source) or {"?"}


# -- loops ------------------------------------------------------------------------------------------------------------


def _loops(body: Sequence[ir.Stmt], bound: set[str]) -> Iterator[tuple[ir.For, set[str]]]:
    """Yield each loop with the locals that have a value before it; leave in `bound` what has one at the end."""
    for statement in body:
        match statement:
            case ir.Assign(ir.Local(name=name)):
                bound.add(name)
            case ir.If(then=then, otherwise=otherwise):
                yes, no = set(bound), set(bound)
                yield from _loops(then, yes)
                yield from _loops(otherwise, no)
                bound |= yes & no
            case ir.For(targets=targets, body=inner):
                yield statement, set(bound)
                yield from _loops(inner, bound | {t.name for t in targets})
            case _:
                pass


def dependence(loop: ir.For, outer: set[str], functions: Mapping[str, ir.Function]) -> str | None:
    """Return why the outcome depends on the order, or None. `outer` are the locals that were bound before the loop."""
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
    return _changes(loop, outer) or _sending(loop, outer)


def _own(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    """Yield the statements of a loop's body that are not inside a further loop."""
    for statement in body:
        yield statement
        if isinstance(statement, ir.If):
            yield from _own(statement.then)
            yield from _own(statement.otherwise)


def _changes(loop: ir.For, outer: set[str]) -> str | None:
    """Return what the loop changes outside itself in a way that does not commute."""
    sorts: dict[tuple[bool, str], str] = {}
    for statement in statements(loop.body):
        if not isinstance(statement, ir.Assign) or not _is_outside(statement.target, outer):
            continue
        target = statement.target
        sort = _sort(statement, loop, outer)
        if sort is None:
            listed = _is_listing(statement.value)
            return f"it builds the list `{_label(target)}`" if listed else f"the last value assigned to `{_label(target)}` wins"
        if sorts.setdefault(_cell(target), sort) != sort:
            return f"it changes `{_label(target)}` in two ways"
    read = _read_elsewhere(loop, outer, set(sorts))
    return None if read is None else f"it reads `{read}`, which it changes"


def _cell(target: ir.Local | ir.Field) -> tuple[bool, str]:
    """Return what a target stands for: two fields of one name may be one, whoever holds them."""
    return isinstance(target, ir.Field), target.name


def _is_outside(target: ir.Local | ir.Field, outer: set[str]) -> bool:
    return isinstance(target, ir.Field) or target.name in outer


def _label(target: ir.Local | ir.Field) -> str:
    if isinstance(target, ir.Field) and isinstance(target.holder, ir.Local):
        return f"{target.holder.name}.{target.name}"
    return target.name


def bare(expr: ir.Expr) -> ir.Expr:
    """Return an expression without the conversions and copies around it."""
    while isinstance(expr, ir.Apply) and expr.operator in (Op.CONVERT, Op.COPY, Op.INJECT, Op.VALUE):
        expr = expr.operands[0]
    return expr


def _sort(statement: ir.Assign, loop: ir.For, outer: set[str]) -> str | None:
    """Return in which commuting way a target is changed, or None where in none."""
    value, target = bare(statement.value), statement.target
    varying = {t.name for t in loop.targets} | _inner(loop, outer)
    if isinstance(target, ir.Field) and _is_own(target, loop):
        return "its own"  # another holder each time round
    if isinstance(value, ir.Apply) and value.operator in COMMUTING and bare(value.operands[0]) == target:
        return _summed(statement, value) if COMMUTING[value.operator] == "sum" else COMMUTING[value.operator]
    if isinstance(value, ir.Apply) and value.operator is Op.DICT_SET and bare(value.operands[0]) == target:
        key = bare(value.operands[1])
        return "by key" if isinstance(key, ir.Local) and key.name in _keys(loop.targets, loop.source) else None
    if not any(isinstance(e, ir.Local) and e.name in varying for e in within(value)) and target not in within(value):
        return f"constant {value!r}"
    return None


def _summed(statement: ir.Assign, value: ir.Apply) -> str | None:
    """A number with bounds that goes up and down may leave them in one order and not in another."""
    if value is statement.value:
        return "sum"
    step = value.operands[1].type
    goes_one_way = isinstance(step, Int) and (low(step) or 0) >= 0 and low(step) is not None
    return f"sum {value.operator.name}" if goes_one_way else None


def _keys(targets: Sequence[ir.Local], source: ir.Expr) -> set[str]:
    """Return the loop variables that differ each time round."""
    inner = bare(source)
    operator = inner.operator if isinstance(inner, ir.Apply) else None
    if operator is Op.VALUES or (operator is not Op.ITEMS and len(targets) > 1):
        return set()
    return {targets[0].name}


def _is_own(field: ir.Field, loop: ir.For) -> bool:
    """Say whether the field is of the loop's own item: of another holder each time round."""
    return isinstance(field.holder, ir.Local) and field.holder.name in _keys(loop.targets, loop.source)


def _inner(loop: ir.For, outer: set[str]) -> set[str]:
    """Return the locals that belong to one time round."""
    names = {e.name for e in every_expression(loop.body) if isinstance(e, ir.Local)}
    return names - outer - {"self"}


def _is_listing(value: ir.Expr) -> bool:
    inner = bare(value)
    return isinstance(inner, ir.Apply) and inner.operator in (Op.LIST_APPEND, Op.CONCAT, Op.LIST_INSERT)


def _read_elsewhere(loop: ir.For, outer: set[str], changed: set[tuple[bool, str]]) -> str | None:
    """Return something that the loop changes and also reads, other than to change it."""
    for statement in statements(loop.body):
        own = statement.target if isinstance(statement, ir.Assign) and _is_outside(statement.target, outer) else None
        for expr in expressions(statement):
            skipped = _accumulated(expr, own)
            for part in within(expr):
                if (
                    isinstance(part, ir.Local | ir.Field)
                    and part is not skipped
                    and _cell(part) in changed
                    and not (isinstance(part, ir.Field) and _is_own(part, loop))
                ):
                    return _label(part)
    return None


def _accumulated(value: ir.Expr, target: ir.Local | ir.Field | None) -> ir.Expr | None:
    """Return the operand that stands for the target's value before, in an assignment that adds to it."""
    inner = bare(value)
    if target is None or not isinstance(inner, ir.Apply) or not inner.operands:
        return None
    first = bare(inner.operands[0])
    return first if first == target else None


def _sending(loop: ir.For, outer: set[str]) -> str | None:
    """Messages to one target stand in the order in which they were sent, where the network keeps it."""
    sends = [s for s in statements(loop.body) if isinstance(s, ir.Send)]
    keys = _keys(loop.targets, loop.source)
    if all(not s.every and isinstance(bare(s.to), ir.Local) and getattr(bare(s.to), "name", "") in keys for s in sends):
        return None  # each item is sent to itself
    varying = {t.name for t in loop.targets} | _inner(loop, outer)
    same = len(sends) == 1 and not any(isinstance(e, ir.Local) and e.name in varying for e in within(sends[0].message))
    return None if same else "messages to one process are sent in that order"
