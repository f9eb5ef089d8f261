"""Checks that a program is one that every meaning of the IR may rely on: types of operators, names bound, numbers consistent.

Tests run it over every lowered model, and between passes. An error here is one of Quorate's, not of a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.program.signatures import SIGNATURES, bools, ints, item_of
from quorate.language.program.traversal import WALKED_ONLY, calls
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class IllFormed(AssertionError):
    """The IR breaks one of its own rules; says where."""


def well_formed(program: ir.Program) -> None:
    """Return if the program keeps the rules of the IR. Errors: IllFormed."""
    numbers = [h.number for h in program.processes]
    _expect(numbers == list(range(len(numbers))), "processes", "are numbered from 0 in order")
    for step in program.steps:
        _Body(program, step.name, step.parameters, None).block(step.body)
    for function in program.functions.values():
        _Body(program, function.name, function.parameters, function.result).block(function.body)
        _expect(not _reaches(program, function.name), function.name, "does not call itself")
    for prop in program.conditions:
        body = _Body(program, prop.name, prop.parameters, Bool())
        body.block(prop.body)
        _expect(body.sites <= set(range(len(prop.sites))), prop.name, "has a place for each quantifier")


def _expect(condition: bool, what: str, rule: str) -> None:
    if not condition:
        raise IllFormed(f"{what}: {rule}")


def _reaches(program: ir.Program, name: str) -> bool:
    seen: set[str] = set()
    ahead = set(calls(program.functions[name].body))
    while ahead:
        function = ahead.pop()
        seen.add(function)
        ahead |= calls(program.functions[function].body) - seen
    return name in seen


class _Body:
    """Checks one body; `bound` are its locals so far by name."""

    def __init__(self, program: ir.Program, name: str, parameters: Sequence[ir.Local], result: Type | None) -> None:
        self.program = program
        self.name = name
        self.result = result
        self.bound = {p.name: p.type for p in parameters}
        self.sites: set[int] = set()

    def expect(self, condition: bool, rule: str, node: object) -> None:
        if not condition:
            raise IllFormed(f"{self.name}: {rule}: {node}")

    def block(self, body: tuple[ir.Stmt, ...]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, statement: ir.Stmt) -> None:
        match statement:
            case ir.Assign(target, value):
                self.expr(value)
                self.expect(target.type == value.type, "a value of exactly the target's type is assigned", statement)
                if isinstance(target, ir.Local):
                    self.bind(target)
                else:
                    self.expr(target)
            case ir.If(condition, then, otherwise):
                self.condition(condition)
                self.block(then)
                self.block(otherwise)
            case ir.For(targets, source, body):
                self.walk(targets, source)
                self.block(body)
            case ir.Require(condition) | ir.Assert(condition):
                self.condition(condition)
            case ir.Limit(condition, number):
                self.condition(condition)
                self.expect(0 <= number < len(self.program.limits), "a limit has a number", statement)
            case ir.Return(value):
                self.returned(value)
            case ir.Send():
                self.sent(statement)
            case ir.Evaluate(value):
                self.expr(value)
            case ir.Mark(number):
                self.expect(0 <= number < self.program.marks, "a mark has a number", statement)
            case ir.Break() | ir.Continue():
                pass

    def bind(self, target: ir.Local) -> None:
        known = self.bound.setdefault(target.name, target.type)
        self.expect(known == target.type, "a local has one type", target)

    def condition(self, expr: ir.Expr) -> None:
        self.expr(expr)
        self.expect(isinstance(expr.type, Bool), "a condition is a bool", expr)

    def returned(self, value: ir.Expr | None) -> None:
        if value is None:
            self.expect(self.result is None, "every way returns a value, or none does", self.result)
            return
        self.expr(value)
        self.expect(value.type == self.result, "a value of exactly the result's type is returned", value)

    def sent(self, statement: ir.Send) -> None:
        for expr in (statement.message, statement.to, statement.sender):
            self.expr(expr)
        target = item_of(statement.to.type) if statement.every else statement.to.type
        self.expect(isinstance(statement.message.type, RecordOf), "a message is sent", statement)
        self.expect(isinstance(target, ProcessId), "a message goes to processes", statement)
        self.expect(isinstance(statement.sender.type, ProcessId), "a process sends", statement)

    def walk(self, targets: tuple[ir.Local, ...], source: ir.Expr) -> None:
        self.expr(source, walked=True)
        item = item_of(source.type)
        self.expect(isinstance(source.type, SetOf | ListOf), "a set or list is walked", source)
        items = (item,) if len(targets) == 1 else item.items if isinstance(item, TupleOf) else ()
        self.expect(tuple(t.type for t in targets) == items, "targets have the types of the items", (targets, item))
        for target in targets:
            self.bind(target)

    def expr(self, expr: ir.Expr, *, walked: bool = False) -> None:
        match expr:
            case ir.Local(t, name):
                self.expect(self.bound.get(name) == t, "a local is bound, with this type", expr)
            case ir.Field():
                self.field(expr)
            case ir.Component(t, record, name):
                self.expr(record)
                fields = dict(record.type.fields) if isinstance(record.type, RecordOf) else {}
                self.expect(fields.get(name) == t, "a record has the field, with this type", expr)
            case ir.Apply():
                self.applied(expr, walked=walked)
            case ir.Comprehension():
                self.comprehension(expr)
            case ir.Call():
                self.called(expr)
            case ir.Choose(t, source):
                self.expr(source, walked=True)
                self.expect(t == item_of(source.type), "a choice is one of the items", expr)
            case ir.Some(t, option):
                self.expr(option)
                self.expect(option.type == Option(t), "`some` opens an option", expr)
            case ir.Let(t, local, value, body):
                self.expr(value)
                self.expect(local.type == value.type, "a name is of the type of its value", expr)
                self.bind(local)
                self.expr(body)
                self.expect(body.type == t, "an expression that names something is of its body's type", expr)
            case ir.Const() | ir.Parameter():
                self.expect(_holds(expr.type, expr.value), "a constant is of its type", expr)

    def field(self, expr: ir.Field) -> None:
        if not isinstance(expr.holder, int):
            self.expr(expr.holder)
            self.expect(isinstance(expr.holder.type, ProcessId), "a field is a process's", expr)
        declared = {f.name: f.type for f in self.program.fields.get(expr.kind, ())}
        self.expect(declared.get(expr.name) == expr.type, "the kind has the field, with this type", expr)

    def applied(self, expr: ir.Apply, *, walked: bool) -> None:
        inner = expr.operator in WALKED_ONLY or expr.operator is Op.CONTAINS
        for operand in expr.operands:
            self.expr(operand, walked=inner)
        self.expect(walked or expr.operator not in WALKED_ONLY, "this is only walked", expr)
        fits = SIGNATURES[expr.operator](expr.type, [o.type for o in expr.operands])
        self.expect(fits, f"the types fit {expr.operator.name}", expr)

    def comprehension(self, expr: ir.Comprehension) -> None:
        for clause in expr.clauses:
            self.walk(clause.targets, clause.source)
            for condition in clause.conditions:
                self.condition(condition)
        for part in (*expr.body, *([] if expr.default is None else [expr.default])):
            self.expr(part)
        self.expect(_reduces(expr), f"the types fit {expr.reduction.name}", expr)
        if expr.site is not None:
            self.sites.add(expr.site)

    def called(self, expr: ir.Call) -> None:
        for operand in expr.operands:
            self.expr(operand)
        function = self.program.functions.get(expr.function)
        self.expect(function is not None, "the helper exists", expr)
        if function is not None:
            self.expect([o.type for o in expr.operands] == [p.type for p in function.parameters], "arguments fit", expr)
            self.expect(expr.type == (Nothing() if function.result is None else function.result), "the result fits", expr)


def _reduces(expr: ir.Comprehension) -> bool:
    types = [b.type for b in expr.body]
    match expr.reduction:
        case Reduction.ANY | Reduction.ALL:
            return bools(expr.type, types)
        case Reduction.SUM:
            return ints(expr.type, types)
        case Reduction.COUNT:
            return isinstance(expr.type, Int)
        case Reduction.MIN | Reduction.MAX:
            default = [] if expr.default is None else [expr.default.type]
            return all(t == expr.type for t in (types[-1], *default))
        case Reduction.LIST:
            return isinstance(expr.type, ListOf) and types == [expr.type.item]
        case Reduction.SET:
            return isinstance(expr.type, SetOf) and types == [expr.type.item]
        case Reduction.DICT:
            return isinstance(expr.type, DictOf) and types == [expr.type.key, expr.type.value]


def _holds(t: Type, value: object) -> bool:
    """Say whether a frozen value is one of the type."""
    match t:
        case Bool():
            return isinstance(value, bool)
        case Int(low, high):
            within = isinstance(value, int) and not isinstance(value, bool)
            return within and (low is None or low.value <= value) and (high is None or value <= high.value)  # type: ignore[operator]
        case Enumeration(_, members):
            return isinstance(value, int) and 0 <= value < len(members)
        case ProcessId(_, numbers):
            return value in numbers
        case Option(item):
            return value is None or _holds(item, value)
        case SetOf(item):
            return isinstance(value, frozenset) and all(_holds(item, v) for v in value)
        case ListOf(item, longest):
            fits = isinstance(value, tuple) and (longest is None or len(value) <= longest.value)
            return fits and isinstance(value, tuple) and all(_holds(item, v) for v in value)
        case TupleOf(items):
            return isinstance(value, tuple) and len(value) == len(items) and all(map(_holds, items, value))
        case RecordOf(_, fields):
            return isinstance(value, tuple) and all(_holds(f, v) for (_, f), v in zip(fields, value, strict=True))
        case DictOf(key, item):
            return isinstance(value, tuple) and all(_holds(key, k) and _holds(item, v) for k, v in value)
        case Nothing():
            return value is None
