"""Linear integer arithmetic in negation normal form: what `regions.py` writes and `solver.py` reads.

A row is a claim that a sum of integer unknowns is not negative. Strict claims are tightened by one, which is exact
over the integers: `3 * a > 2 * b` is `3 * a - 2 * b - 1 >= 0`. That is why fractions are multiplied out first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Row:
    """`sum(coefficient * unknown) + constant >= 0`, in integers."""

    parts: tuple[tuple[str, int], ...]
    constant: int

    def negated(self) -> Row:
        return Row(tuple((name, -c) for name, c in self.parts), -self.constant - 1)

    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.parts)

    def value(self, at: Mapping[str, int]) -> int:
        """Return what the left side comes to."""
        return sum(c * at[name] for name, c in self.parts) + self.constant


@dataclass(frozen=True, slots=True)
class Congruent:
    """`sum == 0 (mod modulus)`, or its denial; only quantifier elimination makes these."""

    row: Row
    modulus: int
    denied: bool = False

    def negated(self) -> Congruent:
        return Congruent(self.row, self.modulus, not self.denied)


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Linear, ...]

    def negated(self) -> Some:
        return Some(tuple(p.negated() for p in self.parts))


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Linear, ...]

    def negated(self) -> All:
        return All(tuple(p.negated() for p in self.parts))


Linear = Row | Congruent | All | Some

TRUE = All(())


def integral(parts: Iterable[tuple[str, Fraction]], constant: Fraction) -> Row:
    """Return the row of a rational sum, multiplied out and divided by what its coefficients share."""
    total: dict[str, Fraction] = {}
    for name, coefficient in parts:
        total[name] = total.get(name, constant * 0) + coefficient
    scale = math.lcm(constant.denominator, *(c.denominator for c in total.values()))
    whole = {name: int(c * scale) for name, c in total.items() if c}
    shared = math.gcd(*whole.values()) or 1
    # Dividing and rounding the constant down is exact: the rest of the sum is a whole number.
    return Row(tuple((n, c // shared) for n, c in sorted(whole.items())), math.floor(constant * scale) // shared)


def conjuncts(formula: Linear) -> list[Linear]:
    """Return the parts of nested conjunctions, flat."""
    if isinstance(formula, All):
        return [c for p in formula.parts for c in conjuncts(p)]
    return [formula]


def both(parts: Iterable[Linear]) -> Linear:
    """Return the conjunction, flat."""
    flat = tuple(c for p in parts for c in conjuncts(p))
    return flat[0] if len(flat) == 1 else All(flat)


def replaced(formula: Linear, by: Mapping[str, Row]) -> Linear:
    """Return the formula with unknowns replaced by sums (a row's left side)."""
    match formula:
        case Row(parts, constant):
            total: dict[str, int] = {}
            for name, c in parts:
                sum_ = by.get(name, Row(((name, 1),), 0))
                constant += c * sum_.constant
                for inner, k in sum_.parts:
                    total[inner] = total.get(inner, 0) + c * k
            return Row(tuple((n, c) for n, c in total.items() if c), constant)
        case Congruent(row, modulus, denied):
            inner_row = replaced(row, by)
            assert isinstance(inner_row, Row)
            return Congruent(inner_row, modulus, denied)
        case All(parts):
            return All(tuple(replaced(p, by) for p in parts))
        case Some(parts):
            return Some(tuple(replaced(p, by) for p in parts))


def substitute_zero(formula: Linear, zero: frozenset[str]) -> Linear:
    """Return the formula with those unknowns set to 0."""
    return replaced(formula, dict.fromkeys(zero, Row((), 0)))


def names_in(formula: Linear) -> frozenset[str]:
    """Return the unknowns of the formula."""
    match formula:
        case Row():
            return formula.names()
        case Congruent(row):
            return row.names()
        case All(parts) | Some(parts):
            return frozenset[str]().union(*(names_in(p) for p in parts))


def cases(formula: Linear, limit: int) -> list[tuple[Row, ...]] | None:
    """Return the disjunction of conjunctions of rows, or None where there are more than `limit` or a congruence."""
    match formula:
        case Row():
            return [(formula,)]
        case Congruent():
            return None
        case Some(parts):
            found: list[tuple[Row, ...]] = []
            for part in parts:
                below = cases(part, limit)
                if below is None or len(found) + len(below) > limit:
                    return None
                found += below
            return found
        case All(parts):
            product: list[tuple[Row, ...]] = [()]
            for part in parts:
                below = cases(part, limit)
                if below is None or len(product) * len(below) > limit:
                    return None
                product = [left + right for left in product for right in below]
            return product


def holds(formula: Linear, at: Mapping[str, int]) -> bool:
    """Say whether the formula is true of those values."""
    match formula:
        case Row():
            return formula.value(at) >= 0
        case Congruent(row, modulus, denied):
            return (row.value(at) % modulus == 0) != denied
        case All(parts):
            return all(holds(p, at) for p in parts)
        case Some(parts):
            return any(holds(p, at) for p in parts)
