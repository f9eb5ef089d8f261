"""The meaning of the IR's expressions on one state, by walking over them: what a condition typed by hand is evaluated with.

Values are frozen, as they lie in the state. It is slow and needs neither a compiler nor Python's `eval`. Only what a property
may contain has a meaning here: nothing that changes a state, sends, guards or chooses. Read next: `condition.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from quorate.language.errors import ModelError
from quorate.language.evaluation.operations import Value, fitting, in_order, operated, ordered
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.values.types import DictOf, ListOf, SetOf, TupleOf
from quorate.language.values.values import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from quorate.language.values.state import Global
    from quorate.language.values.types import RecordOf

Names = dict[str, Value]
LAZY = frozenset({Op.AND, Op.OR, Op.IF, Op.UP, Op.INDEX_IN_GROUP, Op.IN_FLIGHT})  # `_Evaluation.apply` has them itself
FUEL = 1_000_000  # expressions of one evaluation: what a person types is far below, and a page must not hang


class _Left(Exception):
    """A statement that leaves a loop or a function."""


class _Break(_Left):
    pass


class _Continue(_Left):
    pass


class _Return(_Left):
    def __init__(self, value: Value) -> None:
        super().__init__(value)
        self.value = value


def value_of(program: ir.Program, expr: ir.Expr, state: Global) -> Value:
    """Return the frozen value of an expression without locals. Errors: as `evaluated`."""
    return _Evaluation(program, state).of(expr, {})


def evaluated(program: ir.Program, body: tuple[ir.Stmt, ...], state: Global) -> bool:
    """Return what a property's body answers on a state. Errors: ModelError for a division by zero and the like."""
    return bool(_Evaluation(program, state).call(body, {}))


@dataclass
class _Evaluation:
    program: ir.Program
    state: Global
    left: int = FUEL

    # -- statements -----------------------------------------------------------------------------------------------------

    def call(self, body: tuple[ir.Stmt, ...], names: Names) -> Value:
        """Return what a body returns."""
        try:
            self.block(body, names)
        except _Return as returned:
            return returned.value
        return None

    def block(self, body: tuple[ir.Stmt, ...], names: Names) -> None:
        for statement in body:
            self.statement(statement, names)

    def statement(self, statement: ir.Stmt, names: Names) -> None:
        match statement:
            case ir.Assign(ir.Local(_, name), value):
                names[name] = self.of(value, names)
            case ir.If(condition, then, otherwise):
                self.block(then if self.of(condition, names) else otherwise, names)
            case ir.For():
                self.loop(statement, names)
            case ir.Assert(condition):
                if not self.of(condition, names):
                    raise ModelError("an assertion failed")
            case ir.Return(value):
                raise _Return(None if value is None else self.of(value, names))
            case ir.Evaluate(value):
                self.of(value, names)
            case ir.Break():
                raise _Break
            case ir.Continue():
                raise _Continue
            case _:
                raise ModelError("a condition changes nothing", None, "compute the value in an expression")

    def loop(self, loop: ir.For, names: Names) -> None:
        for item in walked(loop.source, self.of(loop.source, names)):
            bind(loop.targets, item, names)
            try:
                self.block(loop.body, names)
            except _Continue:
                continue
            except _Break:
                return

    # -- expressions ----------------------------------------------------------------------------------------------------

    def of(self, expr: ir.Expr, names: Names) -> Value:
        """Return the value of an expression."""
        self.left -= 1
        if self.left < 0:
            raise ModelError("this takes too long to evaluate", None, "range over fewer values")
        match expr:
            case ir.Const(_, value) | ir.Parameter(_, _, value):
                return value
            case ir.Local(_, name):
                return names[name]
            case ir.Field():
                return self.field(expr, names)
            case ir.Component(_, record, name):
                fields = [n for n, _ in cast("RecordOf", record.type).fields]
                return self.of(record, names)[fields.index(name)]
            case ir.Apply():
                return self.apply(expr, names)
            case ir.Comprehension():
                return self.comprehension(expr, names)
            case ir.Call(_, function, operands):
                called = self.program.functions[function]
                given = [self.of(o, names) for o in operands]
                return self.call(called.body, {p.name: v for p, v in zip(called.parameters, given, strict=True)})
            case ir.Let(_, local, value, body):
                return self.of(body, names | {local.name: self.of(value, names)})
            case ir.Choose() | ir.Some():
                raise ModelError("a condition chooses nothing", None, "write `any(...)` or `all(...)`")

    def field(self, expr: ir.Field, names: Names) -> Value:
        if expr.old:
            raise ModelError("`old(...)` is only for a `@step` property", None, "a condition is about one state")
        holders, rows, number = self.program.shared, self.state.shared, expr.holder
        if not isinstance(number, int):
            holders, rows, number = self.program.processes, self.state.fields, cast("int", self.of(number, names))
        return rows[number][position(self.program, holders[number].kind, expr.name)]

    def apply(self, expr: ir.Apply, names: Names) -> Value:
        operands = expr.operands
        match expr.operator:
            case Op.AND:
                return all(self.of(o, names) for o in operands)
            case Op.OR:
                return any(self.of(o, names) for o in operands)
            case Op.IF:
                return self.of(operands[1] if self.of(operands[0], names) else operands[2], names)
            case Op.UP:
                return self.of(operands[0], names) not in self.state.down
            case Op.IN_FLIGHT:
                kind = cast("RecordOf", cast("TupleOf", cast("ListOf", expr.type).item).items[0]).name
                return tuple((p.values, p.source, p.target) for p in self.state.flight if p.message == kind)
            case Op.INDEX_IN_GROUP:
                return self.program.processes[self.of(operands[0], names)].index
            case _:
                return operated(expr, tuple([self.of(o, names) for o in operands]))

    def comprehension(self, expr: ir.Comprehension, names: Names) -> Value:
        items = self.items(expr, expr.clauses, dict(names))
        match expr.reduction:
            case Reduction.ANY:
                return any(truth for (truth,) in items)
            case Reduction.ALL:
                return all(truth for (truth,) in items)
            case Reduction.SUM:
                return fitting(sum(number for (number,) in items))
            case Reduction.COUNT:
                return sum(1 for _ in items)
            case Reduction.LIST:
                return tuple([item for (item,) in items])
            case Reduction.SET:
                return frozenset(item for (item,) in items)
            case Reduction.DICT:
                return ordered(cast("DictOf", expr.type), dict(cast("Iterable[tuple[Value, Value]]", items)))
            case Reduction.MIN | Reduction.MAX:
                return self.extreme(expr, list(items), names)

    def extreme(self, expr: ir.Comprehension, items: list[tuple[Value, ...]], names: Names) -> Value:
        if not items:
            if expr.default is None:
                raise ModelError("`min` or `max` of nothing", None, "give a `default=`")
            return self.of(expr.default, names)
        first = min if expr.reduction is Reduction.MIN else max
        return first(items, key=lambda item: key(expr.body[0].type, item[0]))[-1]

    def items(self, expr: ir.Comprehension, clauses: Sequence[ir.Clause], names: Names) -> Iterator[tuple[Value, ...]]:
        """Yield the body's values for each item that the clauses let through."""
        if not clauses:
            yield tuple([self.of(b, names) for b in expr.body])
            return
        clause = clauses[0]
        for item in walked(clause.source, self.of(clause.source, names)):
            bind(clause.targets, item, names)
            if all(self.of(c, names) for c in clause.conditions):
                yield from self.items(expr, clauses[1:], names)


def position(program: ir.Program, kind: str, name: str) -> int:
    """Return where a field lies in the rows of its kind."""
    return next(at for at, f in enumerate(program.fields[kind]) if f.name == name)


def bind(targets: Sequence[ir.Local], item: Value, names: Names) -> None:
    """Give the loop variables their values; several unpack a tuple."""
    names.update(zip([t.name for t in targets], item, strict=True) if len(targets) > 1 else [(targets[0].name, item)])


def walked(source: ir.Expr, value: Value) -> Iterable[Value]:
    """Return the items of a container in the order that a loop takes them in."""
    match source.type:
        case SetOf(item):
            return in_order(item, value)
        case DictOf():
            return [k for k, _ in value]
        case _:
            return cast("Iterable[Value]", value)
