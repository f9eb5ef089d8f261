"""Quantifier elimination: what must hold of the numbers so that some regions exist, with no regions left in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import z3

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.linear import TRUE, All, Congruent, Linear, Row, Some, names_in
from quorate.properties.quorum.arithmetic.solver import encode, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Sum = tuple[dict[str, int], int]


class NotLinearError(Exception):
    """Z3 answered with something this module does not read; the caller answers `unknown`."""


def eliminate(formula: Linear, keep: Iterable[str], timeout: float) -> Linear | None:
    """Return what the kept unknowns must satisfy for the others to exist; None where Z3 gave up. Errors: OutOfTimeError.

    Exact over the integers: Z3's `qe2` tactic is Cooper's algorithm guided by models.
    """
    kept = frozenset(keep)
    # The region that is in no set comes last: measured, it is the cheapest order (0.02 s against 5 s the other way).
    gone = [z3.Int(name) for name in sorted(names_in(formula) - kept, reverse=True)]
    # A context of its own: which form comes out, and how soon, must not depend on what was asked before.
    context = z3.Context()
    goal = z3.Goal(ctx=context)
    goal.add((z3.Exists(gone, encode(formula)) if gone else encode(formula)).translate(context))
    passes = z3.Then(z3.Tactic("simplify", context), z3.Tactic("qe2", context), z3.Tactic("ctx-simplify", context))
    try:
        result = z3.TryFor(passes, milliseconds(timeout), ctx=context)(goal)
        return _read(cast("z3.BoolRef", result.as_expr()))
    except (z3.Z3Exception, NotLinearError):
        patience.keep()
        return None


def _read(e: z3.ExprRef) -> Linear:
    kind = e.decl().kind()
    if kind in _CONNECTIVES:
        return _CONNECTIVES[kind]([_read(c) for c in e.children()])
    if kind in _COMPARISONS:
        left, right = e.children()
        return _COMPARISONS[kind](left, right)
    raise NotLinearError(str(e))


def _difference(left: z3.ExprRef, right: z3.ExprRef, extra: int = 0) -> Row:
    (a, ka), (b, kb) = _linear(left), _linear(right)
    names = sorted({*a, *b})
    parts = ((n, a.get(n, 0) - b.get(n, 0)) for n in names)
    return Row(tuple((n, c) for n, c in parts if c), ka - kb + extra)


def _equal(left: z3.ExprRef, right: z3.ExprRef) -> Linear:
    sides = [left, right]
    for side, other in (sides, sides[::-1]):
        if side.decl().kind() == z3.Z3_OP_MOD:
            term, modulus = side.children()
            return Congruent(_difference(term, other), cast("z3.IntNumRef", modulus).as_long())
    return All((_difference(left, right), _difference(right, left)))


def _linear(e: z3.ExprRef) -> Sum:
    kind = e.decl().kind()
    if z3.is_int_value(e):
        return {}, cast("z3.IntNumRef", e).as_long()
    if kind == z3.Z3_OP_UNINTERPRETED and not e.children():
        return {str(e.decl().name()): 1}, 0
    if kind == z3.Z3_OP_ADD:
        return _added([_linear(c) for c in e.children()])
    if kind == z3.Z3_OP_SUB:
        first, *rest = (_linear(c) for c in e.children())
        return _added([first, *(_scaled(r, -1) for r in rest)])
    if kind == z3.Z3_OP_UMINUS:
        return _scaled(_linear(e.children()[0]), -1)
    if kind == z3.Z3_OP_MUL:
        left, right = (_linear(c) for c in e.children())
        if not left[0]:
            return _scaled(right, left[1])
        if not right[0]:
            return _scaled(left, right[1])
    raise NotLinearError(str(e))


def _added(sums: list[Sum]) -> Sum:
    total: dict[str, int] = {}
    for parts, _ in sums:
        for name, c in parts.items():
            total[name] = total.get(name, 0) + c
    return total, sum(constant for _, constant in sums)


def _scaled(of: Sum, factor: int) -> Sum:
    return {name: c * factor for name, c in of[0].items()}, of[1] * factor


_CONNECTIVES: dict[int, Callable[[list[Linear]], Linear]] = {
    z3.Z3_OP_TRUE: lambda _: TRUE,
    z3.Z3_OP_FALSE: lambda _: Some(()),
    z3.Z3_OP_AND: lambda parts: All(tuple(parts)),
    z3.Z3_OP_OR: lambda parts: Some(tuple(parts)),
    z3.Z3_OP_NOT: lambda parts: parts[0].negated(),
    z3.Z3_OP_IMPLIES: lambda parts: Some((parts[0].negated(), parts[1])),
}
_COMPARISONS: dict[int, Callable[[z3.ExprRef, z3.ExprRef], Linear]] = {
    z3.Z3_OP_GE: _difference,
    z3.Z3_OP_LE: lambda a, b: _difference(b, a),
    z3.Z3_OP_GT: lambda a, b: _difference(a, b, -1),
    z3.Z3_OP_LT: lambda a, b: _difference(b, a, -1),
    z3.Z3_OP_EQ: _equal,
}
