"""What evaluating an expression may do, and what it depends on: whether anybody could see when or how often it is done.

All of it is an over-approximation: `fails` says that it may, not that it will. A field is known by its name alone, because two
processes may be the same one. Locals are not counted: no expression changes one. Read next: `lowering/bodies/sequence.py`,
which keeps Python's order by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.program.traversal import bodies, children, expressions
from quorate.language.values.lattice import high, low, within
from quorate.language.values.types import DictOf, Int, ListOf, Nothing, Option, ProcessId, SetOf, TupleOf, Type
from quorate.language.values.values import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Names = frozenset[str]
NONE: Names = frozenset()

# Operators that never fail: their operands are of the types that they take (`signatures.py`).
SAFE = frozenset(
    {
        *(Op.MIN, Op.MAX, Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.AND, Op.OR, Op.NOT, Op.IF, Op.INJECT, Op.COPY, Op.LEN),
        Op.VALUE,  # it stands only where the option is known to be there
        *(Op.CONTAINS, Op.COUNT, Op.REVERSED, Op.SORTED, Op.RANGE, Op.ENUMERATE, Op.ZIP, Op.SET_DISCARD, Op.TO_SET, Op.TO_LIST),
        *(Op.UNION, Op.INTERSECTION, Op.DIFFERENCE, Op.SYMMETRIC_DIFFERENCE, Op.SUBSET, Op.DISJOINT, Op.SET_ADD),
        *(Op.DICT_SET, Op.DICT_GET, Op.DICT_FIND, Op.DICT_MERGE, Op.KEYS, Op.VALUES, Op.ITEMS),
        *(Op.MAKE_TUPLE, Op.MAKE_LIST, Op.MAKE_SET, Op.MAKE_DICT, Op.MAKE_RECORD, Op.UP, Op.INDEX_IN_GROUP, Op.IN_FLIGHT),
        *(Op.BIT_AND, Op.BIT_OR, Op.BIT_XOR),
    }
)
ARITHMETIC = frozenset({Op.ADD, Op.SUB, Op.MUL, Op.NEG, Op.ABS})  # these fail beyond 64 bits
DIVISION = frozenset({Op.FLOORDIV, Op.MOD})  # and these by zero


@dataclass(frozen=True, slots=True)
class Effects:
    """The fields that it reads, writes, and, of these, `assigns` anew, by name; and how else it may show.

    fails     it may be an error of the model
    ends      the step may not exist: a guard, `some`, a limit, a choice of nothing
    chooses   it may have several ways
    sends     it may send
    ranges    a quantifier in it may be noted to have had an item
    """

    reads: Names = NONE
    writes: Names = NONE
    assigns: Names = NONE
    fails: bool = False
    ends: bool = False
    chooses: bool = False
    sends: bool = False
    ranges: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Say whether to evaluate it twice is the same as once."""
        return not (self.writes or self.chooses or self.sends)

    @property
    def acts(self) -> bool:
        """Say whether it does more than to give a value or to fail."""
        return self.ends or not self.is_repeatable

    @property
    def is_quiet(self) -> bool:
        """Say whether nobody sees if it is evaluated."""
        return not (self.acts or self.fails or self.ranges)

    def commutes(self, other: Effects) -> bool:
        """Say whether nobody sees which of the two is evaluated first."""
        touched = self.writes & (other.reads | other.writes) or other.writes & self.reads
        decides, too = self.ends or self.chooses, other.ends or other.chooses
        return not (touched or (decides and (too or other.fails)) or (too and self.fails) or (self.sends and other.sends))

    def __or__(self, other: Effects) -> Effects:
        return Effects(
            self.reads | other.reads,
            self.writes | other.writes,
            self.assigns | other.assigns,
            self.fails or other.fails,
            self.ends or other.ends,
            self.chooses or other.chooses,
            self.sends or other.sends,
            self.ranges or other.ranges,
        )


QUIET = Effects()


@dataclass(slots=True)
class Observer:
    """Says what the expressions of one program do; what a helper does is found out once."""

    functions: Mapping[str, ir.Function]
    known: dict[str, Effects] = field(default_factory=dict)

    def of(self, expr: ir.Expr) -> Effects:
        """Return what evaluating an expression may do."""
        found = self.own(expr)
        for child in children(expr):
            found |= self.of(child)
        return found

    def own(self, expr: ir.Expr) -> Effects:
        """Return what an expression does itself, when its operands have been evaluated."""
        match expr:
            case ir.Field(name=name, old=False):
                return Effects(reads=frozenset({name}))
            case ir.Apply():
                return Effects(fails=fails(expr))
            case ir.Comprehension():
                return Effects(fails=_reduction_fails(expr), ranges=expr.site is not None)
            case ir.Opaque():
                return Effects(fails=True)
            case ir.Call(function=function):
                return self.helper(function)
            case ir.Choose():
                return Effects(ends=True, chooses=True)
            case ir.Some():
                return Effects(ends=True)
            case _:
                return QUIET

    def helper(self, key: str) -> Effects:
        """Return what running a helper may do."""
        if key not in self.known:
            self.known[key] = self.block(self.functions[key].body)
        return self.known[key]

    def block(self, body: Iterable[ir.Stmt]) -> Effects:
        """Return what statements may do, inner ones included."""
        found = QUIET
        for statement in body:
            found |= _statement(statement)
            for expr in expressions(statement):
                found |= self.of(expr)
            for inner in bodies(statement):
                found |= self.block(inner)
        return found


def _statement(statement: ir.Stmt) -> Effects:
    """Return what a statement does itself."""
    match statement:
        case ir.Assign(ir.Field(name=name, holder=holder), _, in_place):
            named = frozenset({name})  # a process that is down does not write: then the step does not exist
            return Effects(writes=named, assigns=NONE if in_place else named, ends=not isinstance(holder, int))
        case ir.Require() | ir.Limit():
            return Effects(ends=True)
        case ir.Assert():
            return Effects(fails=True)
        case ir.Send():
            return Effects(fails=True, ends=True, sends=True)
        case _:
            return QUIET


# -- what may fail ----------------------------------------------------------------------------------------------------


def fails(expr: ir.Apply) -> bool:
    """Say whether an operator may fail on its operands."""
    operands, t = expr.operands, expr.type
    if expr.operator in SAFE:
        return False
    if expr.operator in ARITHMETIC:
        return not _fits_64_bits(t)
    match expr.operator, [o.type for o in operands]:
        case ((Op.FLOORDIV | Op.MOD), [_, Int() as divisor]):
            return not _fits_64_bits(t) or not ((low(divisor) or 0) > 0 or (high(divisor) or 0) < 0)
        case ((Op.SHIFT_LEFT | Op.SHIFT_RIGHT), [_, Int() as by]):
            least = low(by)
            return least is None or least < 0 or (expr.operator is Op.SHIFT_LEFT and not _fits_64_bits(t))
        case Op.CONVERT, [have]:
            return not is_below(have, t)
        case Op.INDEX, [TupleOf(), _]:
            return False
        case Op.SLICE, [_, Int() as start, Int() as stop]:
            return not all((low(end) if low(end) is not None else -1) >= 0 for end in (start, stop))  # type: ignore[operator]
        case Op.CONCAT, [ListOf(_, one), ListOf(_, other)] if isinstance(t, ListOf) and t.longest:
            return one is None or other is None or one.value + other.value > t.longest.value
        case _:
            return True


def _fits_64_bits(t: Type) -> bool:
    least, most = (low(t), high(t)) if isinstance(t, Int) else (None, None)
    return least is not None and most is not None and least >= -LARGEST - 1 and most <= LARGEST


def _reduction_fails(expr: ir.Comprehension) -> bool:
    if expr.reduction is Reduction.SUM:
        return not _fits_64_bits(expr.type)
    return expr.reduction in (Reduction.MIN, Reduction.MAX) and expr.default is None


def is_below(have: Type, want: Type) -> bool:
    """Say whether every value of one type is one of another of its shape, so that to convert it does not fail."""
    match have, want:
        case Int(), Int():
            return within(have, want)
        case ProcessId(_, some), ProcessId(_, all_):
            return set(some) <= set(all_)
        case Nothing(), Option():
            return True
        case (Option(a), Option(b)) | (SetOf(a), SetOf(b)):
            return isinstance(a, Nothing) or is_below(a, b)
        case ListOf(a, short), ListOf(b, long):
            fits = long is None or (short is not None and short.value <= long.value)
            return fits and (isinstance(a, Nothing) or is_below(a, b))
        case DictOf(j, v), DictOf(k, w):
            return isinstance(j, Nothing) or (is_below(j, k) and is_below(v, w))
        case TupleOf(xs), TupleOf(ys):
            return len(xs) == len(ys) and all(map(is_below, xs, ys))
        case _:
            return have == want
