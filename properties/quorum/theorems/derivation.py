"""The verb `derive`: the exact condition on the numbers under which a goal holds, found rather than checked.

"Some arrangement of the nodes breaks the goal" loses its regions by quantifier elimination, what is left is pruned to
what the hypotheses do not already say, and the result is checked against what elimination gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.quorum.arithmetic import patience, regions, solver
from quorate.properties.quorum.arithmetic.elimination import eliminate
from quorate.properties.quorum.arithmetic.linear import All, Congruent, Linear, Row, Some, both, conjuncts, names_in
from quorate.properties.quorum.arithmetic.regions import unit_of
from quorate.properties.quorum.arithmetic.sets import EVERYONE, NODES, Joined, Term, number, weight
from quorate.properties.quorum.theorems.proof import TIMEOUT, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.properties.quorum.arithmetic.sets import Formula
    from quorate.properties.quorum.theorems.systems import Lemma


TOO_LATE = "quantifier elimination gave no answer in time"


@dataclass(frozen=True, slots=True)
class Derivation:
    """The condition (`condition` holds exactly where no split exists), within what the hypotheses allow (`given`).

    The verdict is proved where the pruned condition was shown equivalent to what elimination gave.
    """

    verdict: Verdict
    condition: Linear | None = None
    given: Linear | None = None
    reason: str = ""


def derive(
    hypotheses: Sequence[Formula],
    goal: Formula,
    *,
    eliminated: frozenset[str] = frozenset(),
    timeout: float = TIMEOUT,
) -> Derivation:
    """Return the exact condition for the goal on N and the open numbers; those in `eliminated` are quantified away."""
    with patience.within(timeout):
        try:
            return _derived(hypotheses, goal, eliminated, timeout)
        except patience.OutOfTimeError:
            return Derivation(Verdict.UNKNOWN, reason=TOO_LATE)


def _derived(hypotheses: Sequence[Formula], goal: Formula, eliminated: frozenset[str], timeout: float) -> Derivation:
    claims = [*hypotheses, ~goal]
    within = regions.diagram(claims)
    possible, split = regions.lower(hypotheses, within), regions.lower(claims, within)
    keep = {n for n in names_in(split) | names_in(possible) if "[" not in n and "//" not in n}
    keep = (keep | {regions.total(NODES)} | {regions.total(u) for u in within.units}) - eliminated
    given, bad = eliminate(possible, keep, timeout), eliminate(split, keep, timeout)
    if given is None or bad is None:
        return Derivation(Verdict.UNKNOWN, reason=TOO_LATE)
    given = simplified(given, All(()), timeout)
    if not _possible(given, timeout):
        return Derivation(Verdict.VACUOUS, reason="no cluster satisfies the hypotheses")
    pruned = simplified(bad, given, timeout)
    if not _same(pruned, bad, given, timeout):
        return Derivation(Verdict.UNKNOWN, reason="the pruned condition was not shown equivalent to the derived one")
    return Derivation(Verdict.PROVED, pruned.negated(), given)


def derive_lemma(lemma: Lemma, *, timeout: float = TIMEOUT) -> Derivation:
    """Derive the condition of a lemma from its hypotheses; the one it states serves for comparison only."""
    return derive(lemma.hypotheses, lemma.goal, eliminated=lemma.eliminated, timeout=timeout)


def formula_of(linear: Linear) -> Formula | None:
    """Return the condition in the set language; None where it speaks of remainders."""
    match linear:
        case Row(parts, constant):
            terms = [weight(EVERYONE, unit) * c if (unit := unit_of(n)) else number(n) * c for n, c in parts]
            return sum(terms, Term.of(constant)) >= 0
        case Congruent():
            return None
        case All(parts) | Some(parts):
            below = [formula_of(p) for p in parts]
            found = [f for f in below if f is not None]
            if len(found) < len(below):
                return None
            return Joined("and" if isinstance(linear, All) else "or", tuple(found))


def _implies(premise: Linear, conclusion: Linear, timeout: float) -> bool:
    patience.keep()
    answer = solver.solve(both([premise, conclusion.negated()]), timeout)
    return answer.satisfiable is solver.Satisfiable.NO


def _possible(claim: Linear, timeout: float) -> bool:
    return solver.solve(claim, timeout).satisfiable is not solver.Satisfiable.NO


def simplified(formula: Linear, given: Linear, timeout: float = TIMEOUT) -> Linear:
    """Return the formula without what `given` and its other parts make needless; a query left open keeps the part."""
    match formula:
        case All():
            parts = _needed(conjuncts(formula), given, timeout)
            return both(simplified(p, both([given, *(q for q in parts if q is not p)]), timeout) for p in parts)
        case Some(parts):
            live = [p for p in parts if _possible(both([given, p]), timeout)]
            kept = _not_covered(live, given, timeout)
            shorter = tuple(simplified(p, both([given, *(q.negated() for q in kept if q is not p)]), timeout) for p in kept)
            return shorter[0] if len(shorter) == 1 else Some(shorter)
        case Congruent():
            return next((c for c in _plainer(formula) if _same(c, formula, given, timeout)), formula)
        case Row():
            return formula


def _plainer(formula: Congruent) -> Iterator[Congruent]:
    """Yield remainders of a single number, by ever larger divisors of the modulus: first of all `x is even`."""
    for modulus in (m for m in range(2, formula.modulus + 1) if formula.modulus % m == 0):
        for name, _ in formula.row.parts:
            for rest in range(modulus):
                for denied in (False, True):
                    yield Congruent(Row(((name, 1),), -rest), modulus, denied)


def _same(one: Linear, other: Linear, given: Linear, timeout: float) -> bool:
    return _implies(both([given, one]), other, timeout) and _implies(both([given, other]), one, timeout)


def _needed(parts: list[Linear], given: Linear, timeout: float) -> list[Linear]:
    """Drop each part that the rest implies, the longest first: what is left is short."""
    kept = list(parts)
    for part in sorted(parts, key=lambda p: -_length(p)):
        rest = [q for q in kept if q is not part]
        if _implies(both([given, *rest]), part, timeout):
            kept = rest
    return kept


def _not_covered(parts: list[Linear], given: Linear, timeout: float) -> list[Linear]:
    kept = list(parts)
    for part in sorted(parts, key=lambda p: -_length(p)):
        rest = tuple(q for q in kept if q is not part)
        if rest and _implies(both([given, part]), Some(rest), timeout):
            kept = list(rest)
    return kept


def _length(formula: Linear) -> int:
    # Rows with large coefficients are sums of shorter ones: they go first.
    match formula:
        case All(parts) | Some(parts):
            return 100 + sum(_length(p) for p in parts)
        case Congruent(row):
            return 10 + _length(row)
        case Row(parts, constant):
            return sum(abs(c) for _, c in parts) + abs(constant)
