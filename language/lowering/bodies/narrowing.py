"""What is known at one point of a body: which values are not None, and between which bounds integers lie.

A fact is about a path (a local, a field, a record's field, an item): it holds until something on the path is assigned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within as inside
from quorate.language.values.lattice import ANY_INT, at_least, at_most, high, hull, low, within
from quorate.language.values.types import Int, ListOf, Option

if TYPE_CHECKING:
    from collections.abc import Callable

TRANSPARENT = (Op.CONVERT, Op.INJECT, Op.VALUE)


@dataclass(frozen=True, slots=True)
class Fact:
    """`present`: the value is not None. `range`: the bounds of an integer, or of a list's length."""

    present: bool = False
    range: Int | None = None


@dataclass(slots=True)
class Flow:
    """What holds at one point. `names` gives each bound Python name its local; `aliased` locals may share their value."""

    names: dict[str, str] = field(default_factory=dict)
    facts: dict[ir.Expr, Fact] = field(default_factory=dict)
    aliased: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()  # locals whose value has no C meaning
    old: frozenset[str] = frozenset()  # locals that hold ids reached through `old`
    reachable: bool = True

    def copy(self) -> Flow:
        return Flow(dict(self.names), dict(self.facts), self.aliased, self.foreign, self.old, self.reachable)

    def take(self, other: Flow) -> None:
        """Become the same as another point."""
        self.names, self.facts, self.aliased = other.names, other.facts, other.aliased
        self.foreign, self.old, self.reachable = other.foreign, other.old, other.reachable

    def merged(self, other: Flow) -> Flow:
        """Return what holds where two ways meet."""
        if not (self.reachable and other.reachable):
            return (self if self.reachable else other).copy()
        foreign = self.foreign | other.foreign
        names = {n: u for n, u in self.names.items() if other.names.get(n) == u and n not in foreign}
        facts = {p: _weaker(f, other.facts[p]) for p, f in self.facts.items() if p in other.facts}
        return Flow(names, facts, self.aliased | other.aliased, foreign, self.old | other.old)

    def range(self, expr: ir.Expr) -> Int:
        """Return the bounds of an integer expression here."""
        t = expr.type.item if isinstance(expr.type, Option) else expr.type
        known = t if isinstance(t, Int) else ANY_INT
        fact = self.facts.get(path(expr))
        return known if fact is None or fact.range is None else at_most(at_least(known, low(fact.range)), high(fact.range))

    def longest(self, expr: ir.Expr) -> int | None:
        """Return how many items a list may have here, or None where that is not known."""
        assert isinstance(expr.type, ListOf)
        declared = None if expr.type.longest is None else expr.type.longest.value
        fact = self.facts.get(path(expr))
        known = None if fact is None or fact.range is None else high(fact.range)
        return declared if known is None else known if declared is None else min(declared, known)

    def is_present(self, expr: ir.Expr) -> bool:
        """Say whether the value is known not to be None."""
        fact = self.facts.get(path(expr))
        return fact is not None and fact.present

    def note(self, expr: ir.Expr, fact: Fact) -> None:
        """Add a fact about the expression's path to what is known of it."""
        where = path(expr)
        before = self.facts.get(where, Fact())
        both = before.range if fact.range is None else fact.range
        if before.range is not None and fact.range is not None:
            both = at_most(at_least(before.range, low(fact.range)), high(fact.range))
        self.facts[where] = Fact(before.present or fact.present, both)

    def forget(self, target: ir.Local | ir.Field) -> None:
        """Drop what is known of everything that goes through an assigned target; a field: of any holder."""
        self.facts = {p: f for p, f in self.facts.items() if not any(_same_root(e, target) for e in inside(p))}

    def forget_fields(self) -> None:
        """Drop what is known of every field: a helper may have changed it."""
        self.facts = {p: f for p, f in self.facts.items() if not any(isinstance(e, ir.Field) for e in inside(p))}


def path(expr: ir.Expr) -> ir.Expr:
    """Return the expression without conversions."""
    while isinstance(expr, ir.Apply) and expr.operator in TRANSPARENT:
        expr = expr.operands[0]
    return expr


def stable(entry: Flow, end: Flow) -> Flow:
    """Return what holds at the head of a loop, from what held before it and at the end of a round."""
    head = entry.merged(end) if end.reachable else entry.copy()
    head.names = dict(entry.names)
    for where, fact in list(head.facts.items()):
        before = entry.facts[where].range
        if fact.range is not None and (before is None or not within(fact.range, before)):
            head.facts[where] = Fact(fact.present)
    return head


def assume(flow: Flow, condition: ir.Expr, truth: bool) -> None:
    """Add to `flow` what follows from the condition being true (or false)."""
    if not isinstance(condition, ir.Apply):
        return
    operands = condition.operands
    match condition.operator:
        case Op.NOT:
            assume(flow, operands[0], not truth)
        case Op.AND | Op.OR if (condition.operator is Op.AND) == truth:
            for operand in operands:
                assume(flow, operand, truth)
        case Op.AND | Op.OR:
            flow.facts = _one_of(flow, operands, truth).facts
        case Op.EQ | Op.NE:
            _equal(flow, operands, (condition.operator is Op.EQ) == truth)
        case Op.LT | Op.LE | Op.GT | Op.GE if isinstance(operands[0].type, Int):
            _ordered(flow, condition.operator, operands, truth)
        case _:
            pass


def _one_of(flow: Flow, operands: tuple[ir.Expr, ...], truth: bool) -> Flow:
    """Some operand has this truth, and those before it the other: return what all the ways have in common."""
    before, ways = flow.copy(), list[Flow]()
    for operand in operands:
        way = before.copy()
        assume(way, operand, truth)
        ways.append(way)
        assume(before, operand, not truth)
    met = ways[0]
    for way in ways[1:]:
        met = met.merged(way)
    return met


def _equal(flow: Flow, operands: tuple[ir.Expr, ...], equal: bool) -> None:
    for one, other in (operands, operands[::-1]):
        if isinstance(other, ir.Const) and other.value is None:
            if not equal:
                flow.note(one, Fact(present=True))
        elif equal and isinstance(other.type, Option) and _is_injected(other):
            flow.note(one, Fact(present=True))
        elif equal and isinstance(other.type, Int):
            flow.note(one, Fact(range=flow.range(other)))


def _is_injected(expr: ir.Expr) -> bool:
    return isinstance(expr, ir.Const) or (isinstance(expr, ir.Apply) and expr.operator is Op.INJECT)


MIRRORED: dict[Op, Op] = {Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}
NEGATED: dict[Op, Op] = {Op.LT: Op.GE, Op.LE: Op.GT, Op.GT: Op.LE, Op.GE: Op.LT}

_BELOW: dict[Op, Callable[[Int], Int]] = {
    Op.LT: lambda t: at_most(ANY_INT, _next(high(t), -1)),
    Op.LE: lambda t: at_most(ANY_INT, high(t)),
    Op.GT: lambda t: at_least(ANY_INT, _next(low(t), 1)),
    Op.GE: lambda t: at_least(ANY_INT, low(t)),
}


def _next(bound: int | None, by: int) -> int | None:
    return None if bound is None else bound + by


def _ordered(flow: Flow, operator: Op, operands: tuple[ir.Expr, ...], truth: bool) -> None:
    holds = operator if truth else NEGATED[operator]
    left, right = operands
    bounds = (_BELOW[holds](flow.range(right)), _BELOW[MIRRORED[holds]](flow.range(left)))
    for side, bound in zip(operands, bounds, strict=True):
        flow.note(side, Fact(range=bound))


def _weaker(a: Fact, b: Fact) -> Fact:
    return Fact(a.present and b.present, None if a.range is None or b.range is None else hull(a.range, b.range))


def _same_root(expr: ir.Expr, target: ir.Local | ir.Field) -> bool:
    if isinstance(target, ir.Local):
        return isinstance(expr, ir.Local) and expr.name == target.name
    return isinstance(expr, ir.Field) and expr.name == target.name
