"""What `for` walks, in loops and comprehensions: containers, `range`, `enumerate`, `zip`; and the names it binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, number
from quorate.language.lowering.bodies.narrowing import assume
from quorate.language.lowering.reading.attributes import has_ids, is_through_old
from quorate.language.lowering.reading.constants import integer_of, is_builtin, mark_ordered
from quorate.language.lowering.reading.operators import condition_of, container_of, sequence
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.soundness.order import is_unordered
from quorate.language.values.lattice import NOTHING, high, integer, low, one
from quorate.language.values.types import DictOf, ListOf, ProcessId, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.language.lowering.bodies.body import Body

Comprehended = ast.ListComp | ast.SetComp | ast.GeneratorExp


def source_of(body: Body, node: ast.expr) -> ir.Expr:
    """Return what a `for` walks: a list, set, or dict's keys, or what is only ever walked (`range`, `enumerate`, `zip`)."""
    source = walk_of(body, node)
    if source is None:
        source = sequence(body, container_of(body, node))
    if isinstance(source.type, DictOf):
        source = apply(SetOf(source.type.key), Op.KEYS, source)
    if not isinstance(source.type, SetOf | ListOf):
        raise body.refusal(node, f"{one(source.type)} cannot be walked")
    return source


def walk_of(body: Body, node: ast.expr) -> ir.Expr | None:
    """Return what may only stand where it is walked at once, or None where the node is none of it."""
    if not isinstance(node, ast.Call):
        return None
    if is_builtin(body, node.func, "range"):
        return body.placed(walked_range(body, node), node)
    if is_builtin(body, node.func, "enumerate"):
        return body.placed(walked_enumerate(body, node), node)
    if is_builtin(body, node.func, "zip"):
        return body.placed(walked_zip(body, node), node)
    if is_builtin(body, node.func, "in_flight"):
        return body.placed(walked_flight(body, node), node)
    return None


def walked_range(body: Body, node: ast.Call) -> ir.Expr:
    if node.keywords or not 1 <= len(node.args) <= 3:
        raise body.refusal(node, "`range` takes one to three numbers")
    ends = [integer_of(body, a) for a in node.args]
    start = ends[0] if len(ends) > 1 else number(0)
    stop = ends[0] if len(ends) == 1 else ends[1]
    step = ends[2] if len(ends) == 3 else number(1)
    if not isinstance(step, ir.Const | ir.Parameter) or not isinstance(step.value, int) or step.value == 0:
        raise body.unsupported(node, "the step of a `range` must be constant, and not 0", "write a number there")
    first, last = body.flow.range(start), body.flow.range(stop)
    up = step.value > 0
    bottom = low(first) if up else (None if low(last) is None else (low(last) or 0) + 1)
    top = (None if high(last) is None else (high(last) or 0) - 1) if up else high(first)
    longest = None if bottom is None or top is None else max(0, (top - bottom) // abs(step.value) + 1)
    if bottom is not None and top is not None:
        top = max(bottom, top)
    return apply(ListOf(integer(bottom, top), sized(longest)), Op.RANGE, start, stop, step)


def walked_enumerate(body: Body, node: ast.Call) -> ir.Expr:
    if node.keywords or len(node.args) != 1:
        raise body.unsupported(node, "`enumerate` from another start is not supported", "add to the number where it is used")
    items = as_list(body, node.args[0])
    assert isinstance(items.type, ListOf)
    mark_ordered(body, items.type if isinstance(items, ir.Const) else NOTHING)
    most = items.type.longest
    position = integer(0, None if most is None else max(0, most.value - 1))
    return apply(ListOf(TupleOf((position, items.type.item)), most), Op.ENUMERATE, items)


def walked_zip(body: Body, node: ast.Call) -> ir.Expr:
    if len(node.args) != 2 or any(k.arg != "strict" for k in node.keywords):
        raise body.unsupported(node, "`zip` is of two lists here", "walk one, and index the others")
    strict = next((k.value for k in node.keywords), ast.Constant(False))
    if not isinstance(strict, ast.Constant):
        raise body.unsupported(
            node, "whether the lists have one length is computed here", "write `strict=True` or leave it out"
        )
    left, right = (as_list(body, a) for a in node.args)
    assert isinstance(left.type, ListOf)
    assert isinstance(right.type, ListOf)
    for side in (left, right):
        mark_ordered(body, side.type if isinstance(side, ir.Const) else NOTHING)
    known = [s for s in (left.type.longest, right.type.longest) if s is not None]
    longest = min(known, key=lambda s: s.value) if known else None
    return apply(
        ListOf(TupleOf((left.type.item, right.type.item)), longest), Op.ZIP_STRICT if strict.value else Op.ZIP, left, right
    )


def walked_flight(body: Body, node: ast.Call) -> ir.Expr:
    """Return what is in flight of one class of messages, as (message, sender, receiver), in no order."""
    if body.standing.mode != "property":
        remedy = "a step sees its own fields and the message that it receives"
        raise body.refusal(node, "`in_flight` is for properties", remedy)
    named = (
        body.names.value(body.source, node.args[0].id) if len(node.args) == 1 and isinstance(node.args[0], ast.Name) else None
    )
    message = next((m for m in body.assembly.model.messages if isinstance(named, type) and m.name == named.__qualname__), None)
    if message is None or node.keywords:
        raise body.refusal(node, "`in_flight` takes a class of messages that somebody receives", "write `in_flight(Vote)`")
    handlers = [s for s in body.assembly.model.steps if s.message and s.message.name == message.name]
    ends = common_kind(body, [s.sender for s in handlers]), common_kind(body, [s.kind for s in handlers])
    return apply(ListOf(TupleOf((body.inference.current(message), *ends)), None), Op.IN_FLIGHT)


def common_kind(body: Body, kinds: Sequence[type | None]) -> ProcessId:
    """Return the ids of the narrowest class that all of these are of; None is any process."""
    ids = body.assembly.model.ids
    first = kinds[0].__mro__ if kinds[0] else ()
    above = (c.__name__ for c in first if c.__name__ in ids and all(k and issubclass(k, c) for k in kinds))
    return ids[next(above, "Process")]


def as_list(body: Body, node: ast.expr) -> ir.Expr:
    """Return a list that is walked by position."""
    items = walk_of(body, node) or sequence(body, container_of(body, node))
    if not isinstance(items.type, ListOf) or is_unordered(items):
        raise body.refusal(
            node,
            f"the positions in {one(items.type)} depend on an order that it does not have",
            "write `sorted(...)`",
        )
    return items


def clauses_of(
    body: Body, node: Comprehended | ast.DictComp, within: Callable[[], list[ir.Expr]]
) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
    """Return the clauses and what `within` gives where their names are bound and their conditions hold."""
    before = body.flow.copy()
    made: list[ir.Clause] = []
    for generator in node.generators:
        source = source_of(body, generator.iter)
        targets = targets_of(body, generator.target, source)
        conditions: list[ir.Expr] = []
        for test in generator.ifs:
            conditions.append(condition_of(body, test))
            assume(body.flow, conditions[-1], truth=True)
        made.append(ir.Clause(targets, source, tuple(conditions), where=body.place(generator.iter)))
    found = within()
    body.flow.take(before)
    note_effects(body, made, found)
    return tuple(made), found


def note_effects(body: Body, clauses: Sequence[ir.Clause], made: Sequence[ir.Expr]) -> None:
    """Note that groups for whose members something is chosen or done are not symmetric."""
    parts = [*made, *(c for clause in clauses for c in clause.conditions), *(clause.source for clause in clauses[1:])]
    if not all(map(body.is_repeatable, parts)):
        for clause in clauses:
            mark_group(body, clause.source)


def over(body: Body, node: ast.expr, made: Callable[[ir.Local], list[ir.Expr]]) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
    """Return one clause over the items of a container, and what `made` makes of its local."""
    source = source_of(body, node)
    item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
    local = body.temporary(item, node, "item")
    if is_through_old(body, source):
        body.flow.old |= {local.name}
    return (ir.Clause((local,), source, where=body.place(node)),), made(local)


def targets_of(body: Body, target: ast.expr, source: ir.Expr) -> tuple[ir.Local, ...]:
    """Bind the names of a `for` to the items of its source."""
    item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
    old = is_through_old(body, source) and has_ids(item)
    if isinstance(target, ast.Name):
        return (target_of(body, target, item, old=old),)
    if isinstance(target, ast.Tuple) and isinstance(item, TupleOf) and len(item.items) == len(target.elts):
        return tuple(part(body, t, i, old=old) for t, i in zip(target.elts, item.items, strict=True))
    if isinstance(target, ast.Attribute | ast.Subscript):
        raise body.refusal(target, "what is walked here has no name", "give it one: `for x in ...`")
    raise body.refusal(target, f"this does not unpack {one(item)}", "give it one name, and take its parts: `x[0]`, `x[1]`")


def part(body: Body, target: ast.expr, t: Type, *, old: bool) -> ir.Local:
    if not isinstance(target, ast.Name):
        raise body.unsupported(target, "a name is unpacked in two levels here", "give the inner tuple a name")
    return target_of(body, target, t, old=old)


def target_of(body: Body, target: ast.Name, t: Type, *, old: bool = False) -> ir.Local:
    unique = body.version(target.id, target)
    body.flow.old = body.flow.old | {unique} if old else body.flow.old - {unique}
    body.flow.forget(ir.Local(t, unique))
    return body.bind(target.id, unique, t)


def mark_group(body: Body, source: ir.Expr) -> None:
    """Note that the order of a group is seen, where the source is one."""
    if isinstance(source, ir.Const) and isinstance(source.type, ListOf):
        mark_ordered(body, source.type)


def sized(length: int | None) -> Size | None:
    return None if length is None else Size(length, str(length))
