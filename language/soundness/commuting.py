"""Loops over what has no order: whether every order of the items has the same outcome.

The rule. Over a set, or the keys, values or items of a dict, a loop changes what is outside of it only in ways that commute: it
adds to a number (up only, or down only, where the number has bounds), puts items into a set or takes some out, keeps the
least or greatest, sets the item of its own key, assigns what is the same every time round, or changes a field of its own item.
What is changed may be a field, a local, or an item of one: two additions to one item of a dict commute as two to a
number do, whatever their keys. All changes of one target are of one sort, and nothing that is changed is read, other than to
change it in that way; of a container whose items are set by the loop's own key, the item of that key may be read: no other time
round writes it. The loop does not choose; and what it sends to one process is the same message, or each item is sent to itself.

A loop that returns or breaks off does so in blocks that are all equal and name nothing of the item, and does nothing outside
of these: so which item it ends with does not matter, nor which came before. What may fail is evaluated until then, as in
`any(...)`.

A loop over a group may do all that this refuses over a set, but then the group is not symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.effects import Observer
from quorate.language.program.footprint import footprint_of
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import children, every_expression, expressions, statements, within
from quorate.language.values.lattice import low
from quorate.language.values.types import Int

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
EITHER_WAY = (Op.ADD, Op.UNION, Op.INTERSECTION, Op.MIN, Op.MAX)  # the value before may be any operand
ITEM_SET = (Op.DICT_SET, Op.LIST_SET)
ITEM_READ = (Op.INDEX, Op.DICT_GET, Op.DICT_FIND, Op.CONTAINS)  # look at one item, or whether it is there
BY_KEY = "by key"


@dataclass(frozen=True, slots=True)
class _Way:
    """How an assignment changes its target: two of one sort commute. `others`: what it evaluates beside the target's value."""

    sort: str
    others: tuple[ir.Expr, ...]

    def below(self, *keys: ir.Expr) -> _Way:
        """Return how a container is changed, one of whose items is changed in this way."""
        return _Way(f"{self.sort} of an item", (*keys, *self.others))


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop, the locals that had a value before it, and those that differ each time round: they tell its items apart."""

    node: ir.For
    outer: set[str]

    @property
    def own(self) -> set[str]:
        return keys(self.node.targets, self.node.source)

    @property
    def varying(self) -> set[str]:
        """The locals that belong to one time round."""
        inner = {e.name for e in every_expression(self.node.body) if isinstance(e, ir.Local)} - self.outer - {"self"}
        return inner | {t.name for t in self.node.targets}

    def varies(self, expr: ir.Expr) -> bool:
        return any(isinstance(e, ir.Local) and e.name in self.varying for e in within(expr))

    def is_key(self, expr: ir.Expr) -> bool:
        key = bare(expr)
        return isinstance(key, ir.Local) and key.name in self.own

    def is_own(self, target: ir.Local | ir.Field) -> bool:
        """Say whether this is a field of the loop's own item: of another holder each time round."""
        return isinstance(target, ir.Field) and isinstance(target.holder, ir.Local) and target.holder.name in self.own

    def is_outside(self, target: ir.Local | ir.Field) -> bool:
        return isinstance(target, ir.Field) or target.name in self.outer

    def changes(self, body: Sequence[ir.Stmt]) -> Iterator[ir.Assign]:
        """Yield the assignments to what is outside."""
        yield from (s for s in statements(body) if isinstance(s, ir.Assign) and self.is_outside(s.target))


def dependence(node: ir.For, outer: set[str], functions: Mapping[str, ir.Function]) -> str | None:
    """Return why the outcome depends on the order, or None. `outer` are the locals that were bound before the loop."""
    for expr in every_expression(node.body):
        if isinstance(expr, ir.Choose):
            return "it chooses inside"
        if isinstance(expr, ir.Call) and not footprint_of(functions[expr.function].body, functions).is_pure:
            return "it calls a helper that does something"
    loop = _Loop(node, outer)
    if leaving := list(_leaving(node.body)):
        return _ending(loop, leaving, functions)
    return _changing(loop, functions) or _sending(loop)


# -- loops that end early ---------------------------------------------------------------------------------------------


def _leaving(body: tuple[ir.Stmt, ...], *, inside: bool = False) -> Iterator[tuple[ir.Stmt, ...]]:
    """Yield the blocks that leave the loop, without their marks. `inside`: of a further loop, which a `break` leaves alone."""
    if body and (isinstance(body[-1], ir.Return) or (isinstance(body[-1], ir.Break) and not inside)):
        yield tuple(s for s in body if not isinstance(s, ir.Mark))
    for statement in body:
        if isinstance(statement, ir.If):
            yield from _leaving(statement.then, inside=inside)
            yield from _leaving(statement.otherwise, inside=inside)
        elif isinstance(statement, ir.For):
            yield from _leaving(statement.body, inside=True)


def _ending(loop: _Loop, leaving: Sequence[tuple[ir.Stmt, ...]], functions: Mapping[str, ir.Function]) -> str | None:
    """Return why it matters which item ends the loop."""
    verb = "returns" if any(isinstance(block[-1], ir.Return) for block in leaving) else "breaks off"
    if any(block != leaving[0] for block in leaving):
        return f"it {verb} in several ways, and which item comes first decides between them"
    if any(loop.varies(e) for s in statements(leaving[0]) for e in _touched(s)):
        return f"it {verb} with something of the first item that fits"
    rest = _without(loop.node.body, leaving[0])
    does = Observer(functions).block(rest)
    if does.ends or does.sends or next(loop.changes(rest), None) is not None:
        return f"it {verb} from the middle, and does something for each item until then"
    return None


def _touched(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield what a statement reads or writes."""
    yield from expressions(statement)
    if isinstance(statement, ir.Assign):
        yield statement.target


def _without(body: tuple[ir.Stmt, ...], leaving: tuple[ir.Stmt, ...]) -> tuple[ir.Stmt, ...]:
    """Return a body without the blocks that leave the loop."""
    if tuple(s for s in body if not isinstance(s, ir.Mark)) == leaving:
        return ()
    kept: list[ir.Stmt] = []
    for s in body:
        if isinstance(s, ir.If):
            kept.append(ir.If(s.condition, _without(s.then, leaving), _without(s.otherwise, leaving)))
        elif isinstance(s, ir.For) and isinstance(leaving[-1], ir.Return):  # a further loop's `break` leaves that one only
            kept.append(ir.For(s.targets, s.source, _without(s.body, leaving)))
        else:
            kept.append(s)
    return tuple(kept)


# -- what is changed --------------------------------------------------------------------------------------------------


def _changing(loop: _Loop, functions: Mapping[str, ir.Function]) -> str | None:
    """Return what the loop changes outside itself in a way that does not commute."""
    sorts: dict[tuple[bool, str], str] = {}
    for change in loop.changes(loop.node.body):
        way, name = _way_of(change, loop), label(change.target)
        if way is None:
            return _lost(change, name)
        before = sorts.setdefault(_cell(change.target), way.sort)
        if before != way.sort:
            return _mixed(name, before, way.sort)
    for statement in statements(loop.node.body):
        for part in _read(statement, loop, sorts):
            return f"it reads `{label(part)}`, which it changes"
    for call in (e for e in every_expression(loop.node.body) if isinstance(e, ir.Call)):
        for _, name in sorted(footprint_of(functions[call.function].body, functions).reads):
            if (True, name) in sorts:
                return f"it calls a helper that reads `{name}`, which it changes"
    return None


def _lost(change: ir.Assign, name: str) -> str:
    """Return what depends on the order where a change does not commute."""
    value = bare(change.value)
    if isinstance(value, ir.Apply) and value.operator in (Op.LIST_APPEND, Op.CONCAT, Op.LIST_INSERT):
        return f"it builds the list `{name}`"
    if isinstance(value, ir.Apply) and value.operator in ITEM_SET:
        return f"the last value assigned to an item of `{name}` wins"
    if isinstance(value, ir.Apply) and value.operator in COMMUTING and _rest(value, change.target) is not None:
        return f"`{name}` may go up and down, and leave its bounds in one order only"
    return f"the last value assigned to `{name}` wins"


def _mixed(name: str, *sorts: str) -> str:
    if set(sorts) == {"put in", "take out"}:
        return f"it puts items into `{name}` and takes some out"
    return f"it changes `{name}` in two ways, and which comes last decides"


def _way_of(change: ir.Assign, loop: _Loop) -> _Way | None:
    """Return in which commuting way a target is changed, or None where in none."""
    if loop.is_own(change.target):
        return _Way("its own", (change.value,))
    found = _way(change.value, change.target, loop)
    if found is not None:
        return found
    return None if loop.varies(change.value) else _Way(f"constant {bare(change.value)!r}", (change.value,))


def _way(whole: ir.Expr, place: ir.Expr, loop: _Loop) -> _Way | None:
    """Return in which way a value is made of the one at the place, which is a target or an item of one."""
    value = bare(whole)
    if not isinstance(value, ir.Apply):
        return None
    rest = _rest(value, place)
    if rest is not None and value.operator in COMMUTING:
        sort = _summed(whole, value, rest[0], loop) if COMMUTING[value.operator] == "sum" else COMMUTING[value.operator]
        return None if sort is None else _Way(sort, rest)
    if value.operator not in ITEM_SET or bare(value.operands[0]) != place:
        return None
    _, key, item = value.operands
    if loop.is_key(key):
        return _Way(BY_KEY, (item,))
    below = _place_below(item, place, key)
    way = None if below is None else _way(item, below, loop)
    if way is not None and isinstance(below, ir.Apply) and below.operator is Op.DICT_GET:
        default = below.operands[2]
        is_same = not any(isinstance(e, ir.Local | ir.Field | ir.Call) for e in within(default))
        return _Way(f"{way.sort} of {default!r}", way.others).below(key) if is_same else None
    if way is not None:
        return way.below(key)
    return None if loop.varies(key) or loop.varies(item) else _Way(f"constant {item!r} at {key!r}", (key, item))


def _place_below(item: ir.Expr, place: ir.Expr, key: ir.Expr) -> ir.Expr | None:
    """Return the item of a container at the key, as a value that is to be put there reads it first."""
    value = bare(item)
    first = bare(value.operands[0]) if isinstance(value, ir.Apply) and value.operands else None
    if not isinstance(first, ir.Apply) or first.operator not in (Op.INDEX, Op.DICT_GET):
        return None
    return first if bare(first.operands[0]) == place and bare(first.operands[1]) == bare(key) else None


def _rest(value: ir.Apply, place: ir.Expr) -> tuple[ir.Expr, ...] | None:
    """Return the operands but the one that is the place's own value, where it may stand as it does."""
    at = [i for i, o in enumerate(value.operands) if bare(o) == place]
    if not at or (at[0] and value.operator not in EITHER_WAY):
        return None
    return (*value.operands[: at[0]], *value.operands[at[0] + 1 :])


def _summed(whole: ir.Expr, value: ir.Apply, step: ir.Expr, loop: _Loop) -> str | None:
    """A number with bounds that goes up and down may leave them in one order and not in another."""
    if value is whole:
        return "sum"
    if not loop.varies(step):
        return f"sum {value.operator.name} {step!r}"
    goes_one_way = isinstance(step.type, Int) and (low(step.type) or 0) >= 0 and low(step.type) is not None
    return f"sum {value.operator.name}" if goes_one_way else None


def _read(statement: ir.Stmt, loop: _Loop, sorts: Mapping[tuple[bool, str], str]) -> Iterator[ir.Local | ir.Field]:
    """Yield what a statement reads of that which the loop changes, other than to change it."""
    found: Iterator[ir.Expr] = expressions(statement)
    if isinstance(statement, ir.Assign) and loop.is_outside(statement.target):
        way = _way_of(statement, loop)
        found = iter((*children(statement.target), *(way.others if way else ())))
    for expr in found:
        yield from _read_in(expr, loop, sorts)


def _read_in(expr: ir.Expr, loop: _Loop, sorts: Mapping[tuple[bool, str], str]) -> Iterator[ir.Local | ir.Field]:
    if isinstance(expr, ir.Local | ir.Field) and _cell(expr) in sorts and not loop.is_own(expr):
        yield expr
    inside = children(expr)
    if isinstance(expr, ir.Apply) and expr.operator in ITEM_READ and loop.is_key(expr.operands[1]):
        first = bare(expr.operands[0])
        if isinstance(first, ir.Local | ir.Field) and sorts.get(_cell(first)) == BY_KEY:
            inside = iter((*children(first), *expr.operands[1:]))  # the item that no other time round writes
    for child in inside:
        yield from _read_in(child, loop, sorts)


def _cell(target: ir.Local | ir.Field) -> tuple[bool, str]:
    """Return what a target stands for: two fields of one name may be one, whoever holds them."""
    return isinstance(target, ir.Field), target.name


def label(target: ir.Local | ir.Field) -> str:
    if isinstance(target, ir.Field) and isinstance(target.holder, ir.Local):
        return f"{target.holder.name}.{target.name}"
    return target.name


def bare(expr: ir.Expr) -> ir.Expr:
    """Return an expression without the conversions and copies around it."""
    while isinstance(expr, ir.Apply) and expr.operator in (Op.CONVERT, Op.COPY, Op.INJECT, Op.VALUE):
        expr = expr.operands[0]
    return expr


def keys(targets: Sequence[ir.Local], source: ir.Expr) -> set[str]:
    """Return the loop variables that differ each time round."""
    inner = bare(source)
    operator = inner.operator if isinstance(inner, ir.Apply) else None
    if operator in (Op.VALUES, Op.IN_FLIGHT) or (operator is not Op.ITEMS and len(targets) > 1):
        return set()
    return {targets[0].name}


# -- what is sent -----------------------------------------------------------------------------------------------------


def _sending(loop: _Loop) -> str | None:
    """Messages to one target stand in the order in which they were sent, where the network keeps it."""
    sends = [s for s in statements(loop.node.body) if isinstance(s, ir.Send)]
    if all(not s.every and isinstance(bare(s.to), ir.Local) and loop.is_key(s.to) for s in sends):
        return None  # each item is sent to itself
    return None if len(sends) == 1 and not loop.varies(sends[0].message) else "messages to one process are sent in that order"
