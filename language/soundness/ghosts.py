"""Ghosts steer nothing: what is read of a ghost goes into ghosts only, so that a model behaves the same without them.

The rule. A value is *ghostly* if it was read of a ghost field, or computed of a ghostly value, or given to a local where a
ghostly condition decides. A step, `@initial` and their helpers may put a ghostly value into a ghost field or a local, and
into nothing else: no guard, no choice, no message, no other field. What a ghostly condition decides (the branches of its `if`,
the operands behind it, what follows a `return` or `break` under it) updates ghosts and locals, and does nothing else.
Properties read what they like, and so does an `assert`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.language.errors import Place

REMEDY = "only properties and updates of ghosts read ghosts: make the field `durable` or `volatile`"
Source = str | None  # the ghost that a value comes from, or None where from none


def ghosts(program: ir.Program) -> list[ModelError]:
    """Return what the ghosts of a program decide, though they may not, in the order of the source."""
    found: dict[tuple[Place | None, str], ModelError] = {}
    for step in program.steps:
        judge = _Judge(program, step.where)
        judge.block(step.body, _Scope())
        for where, what in judge.found:
            found.setdefault((where, what), ModelError(what, where, REMEDY))
    return list(found.values())


@dataclass(slots=True)
class _Scope:
    """Where a judge stands in one body: which locals are ghostly, and which ghost decides whether this is reached."""

    ghostly: dict[str, str] = field(default_factory=dict)
    under: Source = None
    result: Source = None  # of what the body returns

    def copy(self) -> _Scope:
        return _Scope(dict(self.ghostly), self.under, self.result)

    def join(self, other: _Scope) -> None:
        """Take over what another way here has found; what it leaves early, it leaves for both."""
        self.ghostly |= other.ghostly
        self.result = self.result or other.result


@dataclass(slots=True)
class _Judge:
    """Walks one step and the helpers that it calls."""

    program: ir.Program
    where: Place | None
    found: list[tuple[Place | None, str]] = field(default_factory=list)
    known: dict[tuple[str, tuple[Source, ...], Source], Source] = field(default_factory=dict)

    def refuse(self, node: object, ghost: Source, decided: str) -> None:
        if ghost is not None:
            where = getattr(node, "where", None) or self.where
            self.found.append((where, f"`{ghost}` is a ghost, and it decides {decided}"))

    # -- statements

    def block(self, body: Sequence[ir.Stmt], scope: _Scope) -> Source:
        """Judge statements in turn; return the ghost that decides whether their end is reached."""
        before = scope.under
        for statement in body:
            left = self.statement(statement, scope)
            scope.under = scope.under or left
        reached, scope.under = scope.under, before
        return reached

    def statement(self, statement: ir.Stmt, scope: _Scope) -> Source:
        """Judge one statement; return the ghost that decides whether the next one is reached, where one does."""
        match statement:
            case ir.Assign(target, value):
                self.assign(statement, target, self.value(value, scope) or scope.under, scope)
            case ir.If(condition, then, otherwise):
                return self.branch(condition, then, otherwise, scope)
            case ir.For(targets, source, body):
                return self.loop(targets, self.value(source, scope), body, scope)
            case ir.Require(condition) | ir.Limit(condition):
                self.refuse(statement, self.value(condition, scope) or scope.under, "whether the step exists")
            case ir.Assert(condition):  # it may read ghosts: a property of the step, which changes nothing
                self.value(condition, scope)
            case ir.Return(value):
                ghost = None if value is None else self.value(value, scope)
                scope.result = scope.result or ghost or scope.under
                return scope.under
            case ir.Send(message, to, sender):
                ghost = next(filter(None, [self.value(e, scope) for e in (message, to, sender)]), None)
                self.refuse(statement, ghost or scope.under, "what is sent")
            case ir.Evaluate(value):
                self.value(value, scope)
            case ir.Break() | ir.Continue():
                return scope.under
            case _:
                pass
        return None

    def assign(self, node: ir.Stmt, target: ir.Local | ir.Field, ghost: Source, scope: _Scope) -> None:
        if isinstance(target, ir.Field):
            if isinstance(target.holder, ir.Expr):
                ghost = self.value(target.holder, scope) or ghost
            if not self.is_ghost(target):
                self.refuse(node, ghost, f"what `{target.name}` becomes")
        elif ghost is not None:
            scope.ghostly[target.name] = ghost
        else:
            scope.ghostly.pop(target.name, None)

    def branch(self, condition: ir.Expr, then: Sequence[ir.Stmt], otherwise: Sequence[ir.Stmt], scope: _Scope) -> Source:
        before = scope.under
        scope.under = self.value(condition, scope) or before
        other = scope.copy()
        left = self.block(then, scope)
        left = self.block(otherwise, other) or left
        ended = any(isinstance(s, ir.Return | ir.Break | ir.Continue) for s in (*_flat(then), *_flat(otherwise)))
        scope.join(other)
        scope.under = before
        return left if ended else before

    def loop(self, targets: Sequence[ir.Local], source: Source, body: Sequence[ir.Stmt], scope: _Scope) -> Source:
        """Judge a loop as often as it makes further locals ghostly, or is itself left because of a ghost."""
        before = scope.under
        left: Source = None
        while True:
            known = (dict(scope.ghostly), left)
            scope.under = before or source or left
            if scope.under is not None:
                scope.ghostly |= dict.fromkeys((t.name for t in targets), scope.under)
            again = scope.copy()
            left = self.block(body, again) or left
            left = left if any(isinstance(s, ir.Return | ir.Break | ir.Continue) for s in _flat(body)) else None
            scope.join(again)
            if known == (scope.ghostly, left):
                break
        scope.under = before
        return left if any(isinstance(s, ir.Return) for s in _flat(body)) else before

    # -- expressions

    def value(self, expr: ir.Expr, scope: _Scope) -> Source:
        """Return the ghost that a value comes from, and judge what evaluating it does."""
        match expr:
            case ir.Local(name=name):
                return scope.ghostly.get(name)
            case ir.Field():
                holder = self.value(expr.holder, scope) if isinstance(expr.holder, ir.Expr) else None
                return expr.name if self.is_ghost(expr) else holder
            case ir.Component(record=record):
                return self.value(record, scope)
            case ir.Apply(operator=operator, operands=operands):
                return self.operands(operands, scope, lazy=operator in (Op.AND, Op.OR, Op.IF))
            case ir.Opaque(parts=parts):
                return self.operands(parts, scope, lazy=True)
            case ir.Comprehension():
                return self.comprehension(expr, scope)
            case ir.Call():
                return self.call(expr, scope)
            case ir.Choose(source=source):
                self.refuse(expr, self.value(source, scope) or scope.under, "what there is to choose from")
            case ir.Some(option=option):
                self.refuse(expr, self.value(option, scope) or scope.under, "whether the step exists")
            case ir.Let(local=local, value=value, body=body):
                ghost = self.value(value, scope)
                scope.ghostly |= {} if ghost is None else {local.name: ghost}
                return self.value(body, scope)
            case _:
                pass
        return None

    def operands(self, operands: Iterable[ir.Expr], scope: _Scope, *, lazy: bool) -> Source:
        before, found = scope.under, None
        for operand in operands:
            found = self.value(operand, scope) or found
            scope.under = before or (found if lazy else None)
        scope.under = before
        return found

    def comprehension(self, expr: ir.Comprehension, scope: _Scope) -> Source:
        before, found = scope.under, None
        for clause in expr.clauses:
            found = self.value(clause.source, scope) or found
            for target in clause.targets:
                scope.ghostly.pop(target.name, None)
                if found is not None:
                    scope.ghostly[target.name] = found
            for condition in clause.conditions:
                scope.under = before or found
                found = self.value(condition, scope) or found
        scope.under = before or found
        inside = [*expr.body, *([expr.default] if expr.default is not None else [])]
        found = self.operands(inside, scope, lazy=True) or found
        scope.under = before
        return found

    def call(self, expr: ir.Call, scope: _Scope) -> Source:
        """Judge a helper for these arguments, and where it is called; once for each such way."""
        given = tuple(self.value(o, scope) for o in expr.operands)
        key = (expr.function, given, scope.under)
        if key not in self.known:
            self.known[key] = None
            function = self.program.functions[expr.function]
            inner = _Scope({p.name: g for p, g in zip(function.parameters, given, strict=True) if g is not None}, scope.under)
            self.block(function.body, inner)
            self.known[key] = inner.result
        return self.known[key]

    def is_ghost(self, target: ir.Field) -> bool:
        return any(f.name == target.name and f.storage == "ghost" for f in self.program.fields[target.kind])


def _flat(body: Sequence[ir.Stmt]) -> list[ir.Stmt]:
    """Return the statements of a block and of all blocks in it."""
    found: list[ir.Stmt] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, ir.If):
            found += [*_flat(statement.then), *_flat(statement.otherwise)]
        elif isinstance(statement, ir.For):
            found += _flat(statement.body)
    return found
