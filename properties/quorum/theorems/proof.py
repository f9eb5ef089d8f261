"""The verb `prove`: a claim for every cluster that satisfies the hypotheses, or the smallest cluster that breaks it.

The hypotheses are asked about first: a claim about no cluster at all is `vacuous`, not proved. A split is checked again by
counting its named nodes, apart from Z3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from quorate.language.errors import Defect
from quorate.properties.quorum.arithmetic import patience, regions, solver
from quorate.properties.quorum.arithmetic.linear import names_in
from quorate.properties.quorum.arithmetic.sets import EVERYONE, NODES, Measure, every, size, unknowns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.quorum.arithmetic.sets import Cluster, Formula

TIMEOUT = 10.0  # seconds for one call, whatever it asks
MOST_NAMED = 10_000  # nodes of a split that get names


class Verdict(Enum):
    """What a proof came to; the values are the words of the reports."""

    PROVED = "proved"
    VIOLATED = "violated"
    VACUOUS = "vacuous"
    UNKNOWN = "unknown"

    @property
    def exit_code(self) -> int:
        return {Verdict.PROVED: 0, Verdict.VIOLATED: 1}.get(self, 3)


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict; with the split where it is violated, and the reason where it is undecided.

    A split of very many nodes is not named: then `split` is None, and `reason` says so.
    `smallest` is False where Z3 found a split but gave up before it showed that none is smaller.
    """

    verdict: Verdict
    split: Cluster | None = None
    smallest: bool = False
    reason: str = ""


TOO_LATE = Proof(Verdict.UNKNOWN, reason="timeout")


def prove(
    hypotheses: Sequence[Formula],
    goal: Formula,
    *,
    minimise: Sequence[str] = (NODES,),
    timeout: float = TIMEOUT,
) -> Proof:
    """Prove the goal for every cluster with these hypotheses, whatever its numbers.

    `minimise` names units: the split shown has the fewest nodes (or votes) in that order, then the least numbers.
    """
    return prove_each(hypotheses, [goal], minimise=minimise, timeout=timeout)[0]


def prove_each(
    hypotheses: Sequence[Formula],
    goals: Sequence[Formula],
    *,
    minimise: Sequence[str] = (NODES,),
    timeout: float = TIMEOUT,
) -> list[Proof]:
    """Prove several goals from the same hypotheses, each from what concerns it; whether any cluster has them is asked once.

    `timeout` is for all of them: those not settled by then are unknown.
    """
    with patience.within(timeout):
        try:
            return _prove_each(hypotheses, goals, minimise, timeout)
        except patience.OutOfTimeError:
            return [TOO_LATE] * len(goals)


def _prove_each(
    hypotheses: Sequence[Formula], goals: Sequence[Formula], minimise: Sequence[str], timeout: float
) -> list[Proof]:
    possible = satisfiable([*hypotheses, size(EVERYONE) >= 1], timeout=timeout)
    if possible.satisfiable is solver.Satisfiable.NO:
        return [_vacuous(hypotheses, timeout)] * len(goals)
    if possible.satisfiable is solver.Satisfiable.UNKNOWN:
        reason = f"whether the hypotheses can be met: {possible.reason}"
        return [Proof(Verdict.UNKNOWN, reason=reason)] * len(goals)
    return [_prove(hypotheses, goal, minimise, patience.left() / (len(goals) - i)) for i, goal in enumerate(goals)]


def _vacuous(hypotheses: Sequence[Formula], timeout: float) -> Proof:
    empty = satisfiable(hypotheses, timeout=timeout).satisfiable is solver.Satisfiable.YES
    which = "only a cluster without nodes" if empty else "no cluster"
    return Proof(Verdict.VACUOUS, reason=f"{which} satisfies the hypotheses")


def _prove(hypotheses: Sequence[Formula], goal: Formula, minimise: Sequence[str], timeout: float) -> Proof:
    try:
        with patience.within(timeout):
            if _proved_by_relevant(hypotheses, goal, timeout):
                return Proof(Verdict.PROVED)
            return _decide([*hypotheses, ~goal], minimise, timeout)
    except patience.OutOfTimeError:
        return TOO_LATE


def satisfiable(hypotheses: Sequence[Formula], *, timeout: float = TIMEOUT) -> solver.Answer:
    """Return whether any cluster satisfies the hypotheses."""
    return solver.solve(regions.lower(hypotheses, regions.diagram(hypotheses)), timeout)


def _proved_by_relevant(hypotheses: Sequence[Formula], goal: Formula, timeout: float) -> bool:
    # Fewer hypotheses only make a claim harder, so this much is enough for a proof and never for a split.
    relevant = _relevant(hypotheses, goal)
    if len(relevant) == len(hypotheses):
        return False
    claims = [*relevant, ~goal]
    answer = solver.solve(regions.lower(claims, regions.diagram(claims)), timeout)
    return answer.satisfiable is solver.Satisfiable.NO


def _relevant(hypotheses: Sequence[Formula], goal: Formula) -> list[Formula]:
    """Return the hypotheses about no set, or about sets connected with the goal's."""
    reached = _sets(goal)
    while True:
        near = frozenset[str]().union(*(s for h in hypotheses if (s := _sets(h)) & reached))
        if near <= reached:
            return [h for h in hypotheses if not (s := _sets(h)) or s & reached]
        reached |= near


def _sets(formula: Formula) -> frozenset[str]:
    return frozenset[str]().union(*(u.of.names() for u in unknowns(formula) if isinstance(u, Measure)))


def _decide(claims: Sequence[Formula], minimise: Sequence[str], timeout: float) -> Proof:
    within = regions.diagram(claims)
    question = regions.lower(claims, within)
    answer = solver.solve(question, timeout)
    if answer.satisfiable is solver.Satisfiable.NO:
        return Proof(Verdict.PROVED)
    if answer.satisfiable is solver.Satisfiable.UNKNOWN:
        return Proof(Verdict.UNKNOWN, reason=answer.reason)
    numbers = sorted(n for n in names_in(question) if "[" not in n and "//" not in n)
    better = solver.smallest(question, [*map(regions.total, minimise), *numbers], timeout)
    best = better if better.satisfiable is solver.Satisfiable.YES else answer
    nodes = best.values[regions.total(NODES)]
    if nodes > MOST_NAMED:
        return Proof(Verdict.VIOLATED, smallest=best.least, reason=f"the split has {nodes:,} nodes, too many to name")
    split = regions.cluster(best.values, within)
    if not split.satisfies(every(claims)):
        raise Defect(f"the split that was found does not stand up to counting: {split}")
    return Proof(Verdict.VIOLATED, split, smallest=best.least)
