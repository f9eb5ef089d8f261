"""The verb `derive`: the exact condition on the numbers under which a goal holds, found rather than checked.

"Some arrangement of the nodes breaks the goal" loses its regions by quantifier elimination, what is left is pruned to
what the hypotheses do not already say, and the result is checked against what elimination gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.quorum import regions, solver
from quorate.properties.quorum.elimination import eliminate
from quorate.properties.quorum.linear import All, Congruent, Linear, Row, Some, both, conjuncts, names_in
from quorate.properties.quorum.proof import TIMEOUT, Verdict
from quorate.properties.quorum.sets import NODES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.quorum.sets import Formula


@dataclass(frozen=True, slots=True)
class Derivation:
    """The condition (`condition` holds exactly where no split exists), within what the hypotheses allow (`given`).

    The verdict is proved where the condition was shown equivalent to what elimination gave. `stated` says that it is
    the form the caller wrote: elimination found the same condition, in clumsier words.
    """

    verdict: Verdict
    condition: Linear | None = None
    given: Linear | None = None
    reason: str = ""
    stated: bool = False


def derive(
    hypotheses: Sequence[Formula],
    goal: Formula,
    *,
    eliminated: frozenset[str] = frozenset(),
    stated: Formula | None = None,
    timeout: float = TIMEOUT,
) -> Derivation:
    """Return the exact condition for the goal on N and the open numbers; those in `eliminated` are quantified away.

    `stated` is a form of the condition to prefer where parity is involved and it is shown to be the same.
    """
    claims = [*hypotheses, ~goal]
    within = regions.diagram(claims)
    possible, split = regions.lower(hypotheses, within), regions.lower(claims, within)
    keep = {n for n in names_in(split) | names_in(possible) if "[" not in n and "//" not in n}
    keep = (keep | {regions.total(NODES)} | {regions.total(u) for u in within.units}) - eliminated
    given, bad = eliminate(possible, keep, timeout), eliminate(split, keep, timeout)
    if given is None or bad is None:
        return Derivation(Verdict.UNKNOWN, reason="quantifier elimination gave no answer in time")
    given = simplified(given, All(()), timeout)
    if not _possible(given, timeout):
        return Derivation(Verdict.VACUOUS, reason="no cluster satisfies the hypotheses")
    pruned = simplified(bad, given, timeout)
    same = _implies(both([given, pruned]), bad, timeout) and _implies(both([given, bad]), pruned, timeout)
    if not same:
        return Derivation(Verdict.UNKNOWN, reason="the pruned condition was not shown equivalent to the derived one")
    if stated is not None and _speaks_of_parity(pruned):
        wanted = regions.lower([stated], within)
        if _implies(both([given, wanted, bad]), Some(()), timeout) and _implies(both([given, bad.negated()]), wanted, timeout):
            return Derivation(Verdict.PROVED, pruned.negated(), given, stated=True)
    return Derivation(Verdict.PROVED, pruned.negated(), given)


def _speaks_of_parity(formula: Linear) -> bool:
    match formula:
        case All(parts) | Some(parts):
            return any(_speaks_of_parity(p) for p in parts)
        case _:
            return isinstance(formula, Congruent)


def _implies(premise: Linear, conclusion: Linear, timeout: float) -> bool:
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
            shorter = tuple(simplified(p, given, timeout) for p in kept)
            return shorter[0] if len(shorter) == 1 else Some(shorter)
        case _:
            return formula


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
