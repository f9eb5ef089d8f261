"""Z3's constructors with exact types: its own functions return unions that no caller can use without a cast."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import z3

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def conjunction(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """Return the conjunction; of nothing, true."""
    return cast("z3.BoolRef", z3.And(*parts))


def disjunction(parts: Iterable[z3.BoolRef]) -> z3.BoolRef:
    """Return the disjunction; of nothing, false."""
    return cast("z3.BoolRef", z3.Or(*parts))


def negation(part: z3.BoolRef) -> z3.BoolRef:
    """Return the negation."""
    return cast("z3.BoolRef", z3.Not(part))


def implication(premise: z3.BoolRef, conclusion: z3.BoolRef) -> z3.BoolRef:
    """Return the implication."""
    implied: z3.BoolRef = z3.Implies(premise, conclusion)
    return implied


def equal(left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
    """Return the equation; of truth values, the equivalence."""
    return cast("z3.BoolRef", left == right)


def at_most(left: z3.ExprRef, right: z3.ExprRef) -> z3.BoolRef:
    """Return `left <= right`, of numbers."""
    ordered: z3.BoolRef = cast("z3.ArithRef", left) <= cast("z3.ArithRef", right)
    return ordered


def choice(condition: z3.BoolRef, then: z3.ExprRef, otherwise: z3.ExprRef) -> z3.ExprRef:
    """Return `then` where the condition holds, else `otherwise`."""
    return cast("z3.ExprRef", z3.If(condition, then, otherwise))


def total(parts: Sequence[z3.ExprRef]) -> z3.ArithRef:
    """Return the sum of one number or more."""
    return cast("z3.ArithRef", z3.Sum(*parts))


def product(left: z3.ArithRef, right: z3.ArithRef) -> z3.ArithRef:
    """Return the product of two numbers."""
    return cast("z3.ArithRef", left * right)


def quantified(variables: Sequence[z3.ExprRef], body: z3.BoolRef, *, universal: bool) -> z3.BoolRef:
    """Return the quantified formula, or its body where there is no variable."""
    if not variables:
        return body
    quantifier = z3.ForAll if universal else z3.Exists
    return cast("z3.BoolRef", quantifier(list(variables), body))


def truth_of(symbol: z3.FuncDeclRef, arguments: Sequence[z3.ExprRef]) -> z3.BoolRef:
    """Return the atom: a relation of these arguments."""
    return cast("z3.BoolRef", symbol(*arguments))


def value_of(symbol: z3.FuncDeclRef, arguments: Sequence[z3.ExprRef]) -> z3.ExprRef:
    """Return the term: a function of these arguments."""
    return cast("z3.ExprRef", symbol(*arguments))


def constant(name: str, sort: z3.SortRef) -> z3.ExprRef:
    """Return the constant of that name."""
    return cast("z3.ExprRef", z3.Const(name, sort))


def function(name: str, domain: Sequence[z3.SortRef], result: z3.SortRef) -> z3.FuncDeclRef:
    """Return the function symbol of that name; without a domain, a constant's."""
    symbol: z3.FuncDeclRef = z3.Function(name, *domain, result)
    return symbol


def milliseconds(seconds: float) -> int:
    """Return seconds as Z3 takes them; 0 would mean no limit."""
    return max(1, int(seconds * 1000))
