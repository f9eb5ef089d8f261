"""`match`, as the `if` and `elif` that it stands for: values, None, alternatives, tuples, one name for the subject.

Classes, mappings and starred patterns have no C meaning.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

from quorate.language.values.types import TupleOf

if TYPE_CHECKING:
    from quorate.language.lowering.bodies.body import Body

N = TypeVar("N", ast.expr, ast.stmt)


def as_branches(body: Body, node: ast.Match) -> list[ast.stmt]:
    """Return the statements that do what a `match` does. Errors: Unsupported for a pattern that has no such form."""
    subject, first = named(body, node)
    made: list[ast.stmt] = []
    for case in reversed(node.cases):
        test = condition(body, case.pattern, subject)
        bound = names(body, case.pattern, subject)
        if bound and case.guard is not None:
            raise body.unsupported(
                case.pattern, "a guard may use the name that its pattern gives", "give it one before the `match`"
            )
        tests = [t for t in (test, case.guard) if t is not None]
        inside = [*bound, *case.body]
        if not tests:
            made = inside
            continue
        both = tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)
        made = [at(ast.If(at(both, case.pattern), inside, made), case.pattern)]
    return [*first, *made]


def named(body: Body, node: ast.Match) -> tuple[ast.expr, list[ast.stmt]]:
    """Return the subject as what may be read again, and what evaluates it before: once, whatever a guard changes."""
    is_steady = not any(isinstance(n, ast.Call) for c in node.cases if c.guard is not None for n in ast.walk(c.guard))
    bound = {n.name for c in node.cases for n in ast.walk(c.pattern) if isinstance(n, ast.MatchAs)}
    spread = isinstance(node.subject, ast.Tuple) and not any(isinstance(i, ast.Starred) for i in node.subject.elts)
    items = node.subject.elts if isinstance(node.subject, ast.Tuple) and spread else [node.subject]
    again: list[ast.expr] = []
    first: list[ast.stmt] = []
    for item in items:
        is_kept = isinstance(item, ast.Constant) or (isinstance(item, ast.Name) and item.id not in bound)
        if is_kept or (is_steady and is_field(item)):
            again.append(item)
            continue
        name = body.version("subject", item)
        body.reserve({name})
        again.append(at(ast.Name(name, ast.Load()), item))
        first.append(at(ast.Assign([ast.Name(name, ast.Store())], item), item))
    return (at(ast.Tuple(again, ast.Load()), node.subject) if spread else again[0]), first


def is_field(node: ast.expr) -> bool:
    """Say whether a node only looks at a field, so that it may be read again."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)


def condition(body: Body, pattern: ast.pattern, subject: ast.expr) -> ast.expr | None:
    """Return the condition under which a subject matches, or None where it always does."""
    match pattern:
        case ast.MatchAs(None, _):
            return None
        case ast.MatchAs(inner, _) if inner is not None:
            return condition(body, inner, subject)
        case ast.MatchValue(value):
            return at(ast.Compare(subject, [ast.Eq()], [value]), pattern)
        case ast.MatchSingleton(None):
            return at(ast.Compare(subject, [ast.Is()], [at(ast.Constant(None), pattern)]), pattern)
        case ast.MatchSingleton(value):
            return at(ast.Compare(subject, [ast.Eq()], [at(ast.Constant(value), pattern)]), pattern)
        case ast.MatchOr(patterns):
            tests = [condition(body, p, subject) for p in patterns]
            if len({tuple(map(ast.dump, names(body, p, subject))) for p in patterns}) > 1:
                raise body.unsupported(pattern, "these alternatives give a name to different parts", "write a `case` for each")
            known = [t for t in tests if t is not None]
            return at(ast.BoolOp(ast.Or(), known), pattern) if len(known) == len(tests) else None
        case ast.MatchSequence(patterns) if (items := items_of(body, subject)) is not None and len(patterns) == len(items):
            tests = [condition(body, p, s) for p, s in zip(patterns, items, strict=True)]
            known = [t for t in tests if t is not None]
            return None if not known else known[0] if len(known) == 1 else at(ast.BoolOp(ast.And(), known), pattern)
        case _:
            raise body.unsupported(pattern, "this pattern has no C meaning", "write `if` and `elif`")


def items_of(body: Body, subject: ast.expr) -> list[ast.expr] | None:
    """Return the items of a subject that is a tuple, or None where it is none, or is not known yet."""
    if isinstance(subject, ast.Tuple):
        return subject.elts
    is_known = not isinstance(subject, ast.Name) or subject.id in body.flow.names
    t = body.expr(subject).type if is_known else None
    if not isinstance(t, TupleOf):
        return None
    return [at(ast.Subscript(subject, ast.Constant(i), ast.Load()), subject) for i in range(len(t.items))]


def names(body: Body, pattern: ast.pattern, subject: ast.expr) -> list[ast.stmt]:
    """Return the assignments of the names that a pattern binds."""
    match pattern:
        case ast.MatchAs(inner, str(name)):
            own: list[ast.stmt] = [at(ast.Assign([ast.Name(name, ast.Store())], subject), pattern)]
            return [*(names(body, inner, subject) if inner is not None else []), *own]
        case ast.MatchSequence(patterns) if (items := items_of(body, subject)) is not None:
            return [n for p, s in zip(patterns, items, strict=True) for n in names(body, p, s)]
        case ast.MatchOr(patterns):  # `condition` saw that they bind the same
            return names(body, patterns[0], subject)
        case _:
            return []


def at(node: N, place: ast.AST) -> N:
    """Give a node and all inside it that have none the place of another."""
    return ast.fix_missing_locations(ast.copy_location(node, place))
