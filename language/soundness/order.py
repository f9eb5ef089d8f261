"""Nothing depends on the order of a set or dict: what would is refused, as a loop, as a comprehension, as a list.

The rule for loops is in `commuting.py`.

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
from quorate.language.program.traversal import children, every_expression
from quorate.language.soundness.commuting import bare, dependence, keys
from quorate.language.values.types import SetOf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from quorate.language.errors import Place

ORDERLESS = (Op.KEYS, Op.VALUES, Op.ITEMS, Op.IN_FLIGHT)
TRANSPARENT = (Op.CONVERT, Op.COPY, Op.INJECT, Op.VALUE, Op.IF)  # the value is that of an operand
LOOKERS = (Op.LEN, Op.CONTAINS, Op.SORTED, Op.TO_SET, Op.EQ, Op.NE)  # may look at what a dict shows in an order
REMEDY = "write `for ... in sorted(...)`, or `choose(...)` to try every item"


def order(program: ir.Program) -> list[ModelError]:
    """Return what of a program depends on the order of a set or dict, in the order of the source."""
    bodies: list[tuple[tuple[ir.Stmt, ...], set[str], Place | None]] = [
        *((s.body, {p.name for p in s.parameters}, s.where) for s in program.steps),
        *((p.body, set[str](), p.where) for p in program.conditions),
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
    return None if not is_unordered(clause.source) else keys(clause.targets, clause.source) or {"?"}


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
