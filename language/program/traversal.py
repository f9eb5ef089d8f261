"""Walks over the IR: what an expression or a statement is directly made of, and everything inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.program import ir

WALKED_ONLY = (ir.Operator.RANGE, ir.Operator.ENUMERATE, ir.Operator.ZIP, ir.Operator.ZIP_STRICT, ir.Operator.IN_FLIGHT)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def children(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Yield the direct operands of an expression, in the order of evaluation."""
    match expr:
        case ir.Field(_, holder, _, _, _) if not isinstance(holder, int):
            yield holder
        case ir.Component(_, record, _):
            yield record
        case ir.Apply(_, _, operands) | ir.Call(_, _, operands) | ir.Opaque(_, operands):
            yield from operands
        case ir.Comprehension():
            for clause in expr.clauses:
                yield clause.source
                yield from clause.conditions
            yield from expr.body
            if expr.default is not None:
                yield expr.default
        case ir.Choose(_, source) | ir.Some(_, source):
            yield source
        case ir.Let(_, _, value, body):
            yield from (value, body)
        case _:
            pass


def within(expr: ir.Expr) -> Iterator[ir.Expr]:
    """Yield the expression and everything inside it."""
    yield expr
    for child in children(expr):
        yield from within(child)


def expressions(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions that stand directly in a statement; of an assigned field, those that say whose it is."""
    match statement:
        case ir.Assign(target, value):
            if isinstance(target, ir.Field):
                yield from children(target)
            yield value
        case ir.If(condition, _, _) | ir.Require(condition) | ir.Limit(condition, _) | ir.Assert(condition):
            yield condition
        case ir.For(_, source, _):
            yield source
        case ir.Return(value) if value is not None:
            yield value
        case ir.Send(message, to, sender, _):
            yield from (message, to, sender)
        case ir.Evaluate(value):
            yield value
        case _:
            pass


def bodies(statement: ir.Stmt) -> Iterator[tuple[ir.Stmt, ...]]:
    """Yield the blocks of statements inside a statement."""
    match statement:
        case ir.If(_, then, otherwise):
            yield from (then, otherwise)
        case ir.For(_, _, body):
            yield body
        case _:
            pass


def statements(body: Iterable[ir.Stmt]) -> Iterator[ir.Stmt]:
    """Yield the statements of a body and all inside them."""
    for statement in body:
        yield statement
        for block in bodies(statement):
            yield from statements(block)


def every_expression(body: Iterable[ir.Stmt]) -> Iterator[ir.Expr]:
    """Yield every expression in a body, at every depth."""
    for statement in statements(body):
        for expr in expressions(statement):
            yield from within(expr)


def assigned(body: Iterable[ir.Stmt]) -> Iterator[ir.Local | ir.Field]:
    """Yield every target assigned in a body."""
    for statement in statements(body):
        if isinstance(statement, ir.Assign):
            yield statement.target


def calls(body: Iterable[ir.Stmt]) -> frozenset[str]:
    """Return the helpers that a body calls."""
    return frozenset(e.function for e in every_expression(body) if isinstance(e, ir.Call))
