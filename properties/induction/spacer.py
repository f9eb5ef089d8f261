"""Spacer's invariant for a counter system, made smaller, and checked once more in fresh solvers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import z3

from quorate.properties.induction.check import PROVED, UNKNOWN, VACUOUS, VIOLATED
from quorate.properties.induction.counting import shortest_run
from quorate.properties.induction.obligation import Answer, Part
from quorate.properties.quorum.sets import Denied, Joined, NotNegative, Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.properties.induction.counting import CountedRun, CounterSystem, Step
    from quorate.properties.quorum.sets import Formula, Term

LARGEST = 5
"""The largest parameter of the configurations searched for a run."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One query of the check of an invariant that was found."""

    part: Part
    step: str
    answer: Answer
    seconds: float


@dataclass(frozen=True, slots=True)
class CountReport:
    """What came of a counter system: the invariant's conjuncts and their check, or the run that refutes it."""

    verdict: str
    invariant: tuple[str, ...] = ()
    checks: tuple[Checked, ...] = ()
    run: CountedRun | None = None
    witness: CountedRun | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


def check_counts(system: CounterSystem, timeout: float) -> CountReport:
    """Find an invariant that proves the system safe for all parameters, or a run that shows it is not."""
    began = time.perf_counter()
    witness = shortest_run(system, system.witness, LARGEST)
    if witness is None:
        note = f"no run with parameters up to {LARGEST} does what the claim is about: the claim would be empty"
        return CountReport(VACUOUS, notes=(note,), seconds=time.perf_counter() - began)
    found, conjuncts = _spacer(_Clauses(system), timeout)
    if found == z3.sat:
        return _checked(_Clauses(system), conjuncts, timeout, witness, began)
    run = shortest_run(system, system.bad, LARGEST)
    if run:
        return CountReport(VIOLATED, run=run, witness=witness, seconds=time.perf_counter() - began)
    reason = "Spacer found no invariant" if found == z3.unknown else "Spacer says it is unsafe"
    note = f"{reason}, and no run with parameters up to {LARGEST} is unsafe"
    return CountReport(UNKNOWN, witness=witness, notes=(note,), seconds=time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Clauses:
    """A counter system in Z3's terms; a count is the integer constant of its name."""

    system: CounterSystem

    @property
    def now(self) -> list[z3.ArithRef]:
        return [z3.Int(name) for name in self.system.names]

    def after(self, step: Step) -> list[z3.ArithRef]:
        changed = {name: _term(term) for name, term in step.changes.items()}
        return [changed.get(name, z3.Int(name)) for name in self.system.names]

    def primed(self, formula: z3.BoolRef, step: Step) -> z3.BoolRef:
        return z3.substitute(formula, *zip(self.now, self.after(step), strict=True))

    @property
    def start(self) -> z3.BoolRef:
        system = self.system
        given = {name: _term(term) for name, term in system.initially.items()}
        settled = [z3.Int(name) == given.get(name, 0) for name in (*system.counts, *system.flags)]
        return z3.And(_claim(system.required), *settled, *(z3.Int(name) >= 0 for name in system.parameters))

    @property
    def law(self) -> z3.BoolRef:
        # Counts are numbers of nodes: none is negative. Like the rest of the law, each query of the check shows it kept.
        return z3.And(_claim(self.system.required), _claim(self.system.law), *(x >= 0 for x in self.now))


def _claim(formula: Formula) -> z3.BoolRef:
    # Not through `regions.py`: a claim about no set has no regions, and Horn clauses take no unknowns but the counts.
    match formula:
        case NotNegative(term):
            return _term(term) >= 0
        case Denied(inner):
            return z3.Not(_claim(inner))
        case Joined(operator, parts):
            return (z3.And if operator == "and" else z3.Or)(*map(_claim, parts))
        case _:
            raise TypeError(f"not a claim about counts: {formula!r}")


def _term(term: Term) -> z3.ArithRef:
    assert all(isinstance(u, Number) and c.denominator == 1 for u, c in term.parts), f"not a sum of counts: {term}"
    return z3.Sum(*(int(c) * z3.Int(str(u)) for u, c in term.parts), z3.IntVal(int(term.constant)))


def _spacer(clauses: _Clauses, timeout: float) -> tuple[z3.CheckSatResult, list[z3.BoolRef]]:
    now, system = clauses.now, clauses.system
    reached = z3.Function("reached", *[z3.IntSort()] * len(now), z3.BoolSort())
    horn = z3.SolverFor("HORN")
    horn.set(timeout=max(1, int(timeout * 1000)))
    horn.add(z3.ForAll(now, z3.Implies(clauses.start, reached(now))))
    for step in system.steps:
        taken = z3.And(reached(now), clauses.law, _claim(step.guard))
        horn.add(z3.ForAll(now, z3.Implies(taken, reached(clauses.after(step)))))
    horn.add(z3.ForAll(now, z3.Not(z3.And(reached(now), clauses.law, _claim(system.bad)))))
    found = horn.check()
    if found != z3.sat:
        return found, []
    shape = z3.simplify(horn.model().eval(reached(now)))
    return found, list(shape.children()) if z3.is_and(shape) else [shape]


def _checked(clauses: _Clauses, conjuncts: list[z3.BoolRef], timeout: float, witness: CountedRun, began: float) -> CountReport:
    kept = _needed(clauses, conjuncts, timeout)
    checks = tuple(_queries(clauses, kept, timeout))
    proved = all(c.answer is Answer.PROVED for c in checks)
    notes = () if proved else ("the invariant Spacer found was not confirmed by fresh solvers",)
    texts = tuple(" ".join(str(c).split()) for c in kept)
    verdict = PROVED if proved else UNKNOWN
    return CountReport(verdict, texts, checks, None, witness, notes, time.perf_counter() - began)


def _needed(clauses: _Clauses, conjuncts: list[z3.BoolRef], timeout: float) -> list[z3.BoolRef]:
    """Return the conjuncts without those the rest is an inductive and safe invariant without."""
    kept = conjuncts
    for conjunct in conjuncts:
        fewer = [c for c in kept if not c.eq(conjunct)]
        if all(q.answer is Answer.PROVED for q in _queries(clauses, fewer, timeout)):
            kept = fewer
    return kept


def _queries(clauses: _Clauses, conjuncts: Sequence[z3.BoolRef], timeout: float) -> Iterator[Checked]:
    """Yield initiation, the consecution of each step, and safety, each decided in a solver of its own."""
    invariant = z3.And(*conjuncts, clauses.law)
    yield _query(Part.INITIATION, "", [clauses.start, z3.Not(invariant)], timeout)
    for step in clauses.system.steps:
        claims = [invariant, _claim(step.guard), z3.Not(clauses.primed(invariant, step))]
        yield _query(Part.CONSECUTION, step.name, claims, timeout)
    yield _query(Part.SAFETY, "", [invariant, _claim(clauses.system.bad)], timeout)


def _query(part: Part, step: str, claims: Sequence[z3.BoolRef], timeout: float) -> Checked:
    began = time.perf_counter()
    fresh = z3.Solver()
    fresh.set(timeout=max(1, int(timeout * 1000)))
    fresh.add(*claims)
    found = fresh.check()
    answer = Answer.PROVED if found == z3.unsat else Answer.REFUTED if found == z3.sat else Answer.UNKNOWN
    return Checked(part, step, answer, time.perf_counter() - began)
