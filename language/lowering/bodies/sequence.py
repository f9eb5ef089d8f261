"""Python's order: the operands of a construct are evaluated once, from the left, whatever its meaning does with them.

A construct is lowered from its operands by a function that may use them in any order, twice, or behind a condition. What it
makes is compared with what Python does: in the meaning of the IR every operand is evaluated where it stands. If a difference
could be seen (`effects.py`), those operands that could show it are named by `Let`s, in Python's order, and the construct is
made of the names. So nothing has a name that needs none, and what an operand is stays known.

Not sound when the function lowers a part of the construct that Python evaluates before one of the operands: that part has to
be an operand, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.narrowing import Fact
from quorate.language.program import ir
from quorate.language.program.effects import QUIET, Effects
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import WALKED_ONLY, children, within
from quorate.language.values.lattice import integer
from quorate.language.values.types import Int, ListOf, Option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from quorate.language.lowering.bodies.body import Body, Located

LAZY = (Op.AND, Op.OR, Op.IF)
DISPLAYS = (Op.MAKE_TUPLE, Op.MAKE_LIST, Op.MAKE_SET, Op.MAKE_DICT)
Event = tuple[int, Effects, bool]  # the operand's number (the construct's own: beyond the last), and whether it is certain


def in_order(body: Body, operands: Sequence[ir.Expr], build: Callable[[Sequence[ir.Expr]], ir.Expr]) -> ir.Expr:
    """Return what `build` makes of the operands, so that they are evaluated once, in this order."""
    if any(map(is_walk, operands)):
        inside = [part for operand in operands for part in (children(operand) if is_walk(operand) else [operand])]
        return in_order(body, inside, lambda parts: build(walks_of(operands, parts)))
    before = body.flow.copy()
    made = build(operands)
    atoms = [atom for operand in operands for atom in taken_apart(operand)]
    does = [body.assembly.observer.of(a) for a in atoms]
    events = [e for e in happening(body, atoms, does, made, certain=True) if e[0] < len(atoms) or e[1] != QUIET]
    if is_kept(does, events):
        return made
    body.flow = before
    effects = [body.assembly.observer.of(e) for e in operands]
    written = frozenset[str]().union(*(e.writes for e in effects), *(e.writes for _, e, _ in events))
    named = {
        i: slot(body, expr)
        for i, expr in enumerate(operands)
        if not is_steady(expr) and (not effects[i].is_quiet or effects[i].reads & written)
    }
    made = build([named.get(i, expr) for i, expr in enumerate(operands)])
    for i in reversed(named):
        made = ir.Let(made.type, named[i], operands[i], made)
    return made


def is_walk(expr: ir.Expr) -> bool:
    """Say whether this may only stand where it is walked, so that it has no name."""
    return isinstance(expr, ir.Apply) and expr.operator in WALKED_ONLY


def walks_of(operands: Sequence[ir.Expr], parts: Sequence[ir.Expr]) -> list[ir.Expr]:
    """Return the operands with other parts in what is only walked."""
    given = iter(parts)
    return [
        replace(o, operands=tuple(next(given) for _ in o.operands)) if isinstance(o, ir.Apply) and is_walk(o) else next(given)
        for o in operands
    ]


def taken_apart(expr: ir.Expr) -> list[ir.Expr]:
    """Return what a display is made of, which a conversion may make another one of; any other expression as it is."""
    if isinstance(expr, ir.Apply) and expr.operator in DISPLAYS:
        return [part for operand in expr.operands for part in taken_apart(operand)]
    return [expr]


def is_steady(expr: ir.Expr) -> bool:
    """Say whether reading an expression is the same at any time within another."""
    return isinstance(expr, ir.Const | ir.Parameter | ir.Local)


def is_kept(effects: Sequence[Effects], events: Sequence[Event]) -> bool:
    """Say whether nobody sees a difference between what happens and Python's order: the operands, once each, then the rest."""
    for i, effect in enumerate(effects):
        times = [certain for number, _, certain in events if number == i]
        if not (effect.is_quiet or any(times)) or not (effect.is_repeatable or times == [True]):
            return False
    return all(
        later >= number or effect.commutes(other)
        for at, (number, effect, _) in enumerate(events)
        for later, other, _ in events[at + 1 :]
    )


def happening(
    body: Body, operands: Sequence[ir.Expr], effects: Sequence[Effects], expr: ir.Expr, *, certain: bool
) -> Iterator[Event]:
    """Yield what happens when an expression is evaluated, in order; a loop's inside twice, since it comes before itself."""
    number = next((i for i, o in enumerate(operands) if o is expr), None)
    if number is not None:
        yield number, effects[number], certain
        return
    inside = [*children(expr)]
    lazy = isinstance(expr, ir.Comprehension) or (isinstance(expr, ir.Apply) and expr.operator in LAZY)
    for child in inside[:1]:
        yield from happening(body, operands, effects, child, certain=certain)
    for _ in range(2 if isinstance(expr, ir.Comprehension) else 1):
        for child in inside[1:]:
            yield from happening(body, operands, effects, child, certain=certain and not lazy)
    yield len(operands), body.assembly.observer.own(expr), certain


def named_last(expr: ir.Expr) -> ir.Expr:
    """Return what an expression is, without the names that it gives before."""
    while isinstance(expr, ir.Let):
        expr = expr.body
    return expr


# -- names ------------------------------------------------------------------------------------------------------------


def slot(body: Body, expr: ir.Expr) -> ir.Local:
    """Return a new local for the value of an expression; what is known of the one is known of the other."""
    local = body.unnamed(expr.type)
    known = known_range(body, expr)
    present = isinstance(expr.type, Option) and body.flow.is_present(expr)
    if known is not None or present:
        body.flow.note(local, Fact(present, known))
    if any((isinstance(e, ir.Field) and e.old) or (isinstance(e, ir.Local) and e.name in body.flow.old) for e in within(expr)):
        body.flow.old |= {local.name}
    return local


def hoisted(body: Body, expr: ir.Expr, node: Located, *, anew: bool = False) -> ir.Expr:
    """Evaluate an expression here, as a statement of its own, and return what it is kept in; a local: only if asked to."""
    if is_steady(expr) and not anew:
        return expr
    local = slot(body, expr)
    body.out.append(ir.Assign(local, expr, where=body.place(node)))
    return local


def known_range(body: Body, value: ir.Expr) -> Int | None:
    """Return the bounds of an integer, or of a list's length, or None for any other value."""
    if isinstance(value.type, ListOf):
        return integer(0, body.flow.longest(value))
    return body.flow.range(value) if isinstance(value.type, Int) else None
