"""What is known at one point of a body: which values are not None, and between which bounds integers lie.

A fact is about a path (a local, a field, a record's field, an item) that reads the same whenever it is read again, until
something on it is written: no call, no choice and no comprehension is on a path. Facts end at every write that may touch
them. A local is written by an assignment or by a loop that binds it. A field is written through any holder (two processes
may be the same one, so a field is known by its name alone), by a helper that writes it, and by whatever stands in the middle
of an expression: `self.x < 3 and self.bump()` says nothing of `self.x` where `bump` writes it. Sending writes nothing.

Where an expression is read on a side way (what comes after an `and`, one arm of a conditional expression), the facts of that
way end with it, but what it wrote stays written: `Flow.take` goes back to a point less what was written since.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within as inside
from quorate.language.values.lattice import ANY_INT, at_least, at_most, high, hull, integer, low, within
from quorate.language.values.types import Int, ListOf, Option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TRANSPARENT = (Op.CONVERT, Op.COPY, Op.INJECT, Op.VALUE)
UNSTABLE = (ir.Call, ir.Choose, ir.Comprehension, ir.Let)  # read again, these may be something else

Cell = tuple[str, str]  # what a write touches: ("local", NAME) or ("field", NAME), a field of any holder


@dataclass(frozen=True, slots=True)
class Fact:
    """`present`: the value is not None. `range`: the bounds of an integer, or of a list's length."""

    present: bool = False
    range: Int | None = None


@dataclass(slots=True)
class Flow:
    """What holds at one point. `names` gives each bound Python name its local.

    writers   the names of the fields that each helper writes, itself or through others; one that is missing may write all
    written   what the whole body wrote so far, in the order in which it is read: shared by all its points
    seen      how much of `written` this point knew when it was copied
    """

    writers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    facts: dict[ir.Expr, Fact] = field(default_factory=dict)
    foreign: frozenset[str] = frozenset()  # locals whose value has no C meaning
    old: frozenset[str] = frozenset()  # locals that hold ids reached through `old`
    reachable: bool = True
    written: list[frozenset[Cell]] = field(default_factory=list, compare=False)
    seen: int = field(default=0, compare=False)

    def copy(self) -> Flow:
        names, facts = dict(self.names), dict(self.facts)
        return Flow(self.writers, names, facts, self.foreign, self.old, self.reachable, self.written, len(self.written))

    def take(self, before: Flow) -> None:
        """Go back to a point before a side way; what was written since stays written."""
        self.names, self.facts = dict(before.names), dict(before.facts)
        self.foreign, self.old, self.reachable = before.foreign, before.old, before.reachable
        for cells in self.written[before.seen :]:
            self._drop(cells)

    def leave(self, before: Flow) -> None:
        """End a loop that began there: what it bound first has no value after it."""
        self.names = {n: u for n, u in self.names.items() if before.names.get(n) == u}
        self.foreign &= before.foreign | frozenset(before.names)

    def merged(self, other: Flow) -> Flow:
        """Return what holds where two ways meet."""
        if not (self.reachable and other.reachable):
            return (self if self.reachable else other).copy()
        met = self.copy()
        met.foreign = self.foreign | other.foreign
        met.names = {n: u for n, u in self.names.items() if other.names.get(n) == u and n not in met.foreign}
        met.facts = {p: _weaker(f, other.facts[p]) for p, f in self.facts.items() if p in other.facts}
        met.old = self.old | other.old
        return met

    def range(self, expr: ir.Expr) -> Int:
        """Return the bounds of an integer expression here."""
        t = expr.type.item if isinstance(expr.type, Option) else expr.type
        known = t if isinstance(t, Int) else ANY_INT
        fact = self.facts.get(path(expr))
        if fact is None or fact.range is None:
            return known
        narrowed = at_most(at_least(known, low(fact.range)), high(fact.range))
        return known if is_empty(narrowed) else narrowed  # nothing is known where nothing gets

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
        """Add a fact about the expression's path to what is known of it; of what may change by itself nothing is known."""
        where = path(expr)
        if isinstance(where, ir.Const) or any(isinstance(e, UNSTABLE) for e in inside(where)):
            return
        before = self.facts.get(where, Fact())
        both = before.range if fact.range is None else fact.range
        if before.range is not None and fact.range is not None:
            both = at_most(at_least(before.range, low(fact.range)), high(fact.range))
        self.facts[where] = Fact(before.present or fact.present, both)

    def forget(self, target: ir.Local | ir.Field) -> None:
        """End what is known of everything that goes through a target that is written; a field: of any holder."""
        self._write(frozenset({_cell(target)}))

    def called(self, helper: str) -> None:
        """End what is known of the fields that a helper writes."""
        self._write(self.writes(helper))

    def writes(self, helper: str) -> frozenset[Cell]:
        """Return what a helper writes."""
        names = self.writers.get(helper, frozenset({ANY_FIELD}))
        return frozenset(("field", name) for name in names)

    def _write(self, cells: frozenset[Cell]) -> None:
        if cells:
            self.written.append(cells)
            self._drop(cells)

    def _drop(self, cells: frozenset[Cell]) -> None:
        self.facts = {p: f for p, f in self.facts.items() if not any(map(_touches(cells), inside(p)))}

    def settle(self, condition: ir.Expr) -> None:
        """End what a condition says of what it writes itself."""
        for expr in inside(condition):
            if isinstance(expr, ir.Call):
                self._drop(self.writes(expr.function))


ANY_FIELD = "*"


def _cell(target: ir.Local | ir.Field) -> Cell:
    return ("local" if isinstance(target, ir.Local) else "field", target.name)


def _touches(cells: frozenset[Cell]) -> Callable[[ir.Expr], bool]:
    """Return what says whether an expression reads, itself, one of these."""
    any_field = ("field", ANY_FIELD) in cells

    def touches(expr: ir.Expr) -> bool:
        is_field = isinstance(expr, ir.Field)
        return isinstance(expr, ir.Local | ir.Field) and ((is_field and any_field) or _cell(expr) in cells)

    return touches


def is_empty(t: Int) -> bool:
    """Say whether no integer lies between the bounds: what was assumed contradicts itself."""
    least, most = low(t), high(t)
    return least is not None and most is not None and least > most


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
    """Add to `flow` what follows from the condition being true (or false), once all of it was evaluated."""
    if isinstance(condition, ir.Let):
        assume(flow, condition.body, truth)
    if not isinstance(condition, ir.Apply):
        return
    operands = condition.operands
    match condition.operator:
        case Op.NOT:
            assume(flow, operands[0], not truth)
        case Op.AND | Op.OR if (condition.operator is Op.AND) == truth:
            for operand in operands:
                flow.settle(operand)
                assume(flow, operand, truth)
        case Op.AND | Op.OR:
            flow.facts = _one_of(flow, operands, truth).facts
        case Op.EQ | Op.NE:
            _equal(flow, operands, (condition.operator is Op.EQ) == truth)
            flow.settle(condition)
        case Op.LT | Op.LE | Op.GT | Op.GE if isinstance(operands[0].type, Int):
            _ordered(flow, condition.operator, operands, truth)
            flow.settle(condition)
        case _:
            pass


def _one_of(flow: Flow, operands: tuple[ir.Expr, ...], truth: bool) -> Flow:
    """Some operand has this truth, and those before it the other: return what all the ways have in common."""
    before, ways = flow.copy(), list[Flow]()
    for operand in operands:
        before.settle(operand)
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
        elif isinstance(one.type, Int) and isinstance(other.type, Int):
            flow.note(one, Fact(range=_trimmed(flow.range(one), flow.range(other))))


def _trimmed(t: Int, other: Int) -> Int:
    """Return what is left of a range without one number, which is at an end of it or takes nothing away."""
    excluded = low(other)
    if excluded is None or excluded != high(other):
        return t
    bottom, top = low(t), high(t)
    return integer(_next(bottom, 1) if bottom == excluded else bottom, _next(top, -1) if top == excluded else top)


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
