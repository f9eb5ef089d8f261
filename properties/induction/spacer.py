"""Spacer's invariant for a counter system, made smaller, and checked once more in fresh solvers."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import z3

from quorate.properties.induction.check import PROVED, UNKNOWN, VACUOUS, VIOLATED
from quorate.properties.induction.obligation import Answer, Part, answer_of
from quorate.properties.induction.vocabulary import z3_logic
from quorate.properties.induction.vocabulary.counting import shortest_run
from quorate.properties.quorum.arithmetic.sets import Denied, Joined, NotNegative, Number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quorate.properties.induction.vocabulary.counting import CountedRun, CounterSystem, Step
    from quorate.properties.quorum.arithmetic.sets import Formula, Term

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
        return cast("z3.BoolRef", z3.substitute(formula, *zip(self.now, self.after(step), strict=True)))

    @property
    def start(self) -> z3.BoolRef:
        system, zero = self.system, z3.IntVal(0)
        given = {name: _term(term) for name, term in system.initially.items()}
        settled = (z3_logic.equal(z3.Int(name), given.get(name, zero)) for name in (*system.counts, *system.flags))
        parameters = (z3_logic.at_most(zero, z3.Int(name)) for name in system.parameters)
        return z3_logic.conjunction([_claim(system.required), *settled, *parameters])

    @property
    def law(self) -> z3.BoolRef:
        # Counts are numbers of nodes: none is negative. Like the rest of the law, each query of the check shows it kept.
        natural = (z3_logic.at_most(z3.IntVal(0), x) for x in self.now)
        return z3_logic.conjunction([_claim(self.system.required), _claim(self.system.law), *natural])


def _claim(formula: Formula) -> z3.BoolRef:
    # Not through `regions.py`: a claim about no set has no regions, and Horn clauses take no unknowns but the counts.
    match formula:
        case NotNegative(term):
            return z3_logic.at_most(z3.IntVal(0), _term(term))
        case Denied(inner):
            return z3_logic.negation(_claim(inner))
        case Joined("and", parts):
            return z3_logic.conjunction(map(_claim, parts))
        case Joined(_, parts):
            return z3_logic.disjunction(map(_claim, parts))
        case _:
            raise TypeError(f"not a claim about counts: {formula!r}")


def _term(term: Term) -> z3.ArithRef:
    assert all(isinstance(u, Number) and c.denominator == 1 for u, c in term.parts), f"not a sum of counts: {term}"
    products = (cast("z3.ArithRef", int(c) * z3.Int(str(u))) for u, c in term.parts)
    return z3_logic.total([*products, z3.IntVal(int(term.constant))])


def _spacer(clauses: _Clauses, timeout: float) -> tuple[z3.CheckSatResult, list[z3.BoolRef]]:
    now, system = clauses.now, clauses.system
    symbol = z3_logic.function("reached", [z3.IntSort()] * len(now), z3.BoolSort())
    reached = z3_logic.truth_of(symbol, now)
    taken = [
        (z3_logic.conjunction([reached, clauses.law, _claim(step.guard)]), z3_logic.truth_of(symbol, clauses.after(step)))
        for step in system.steps
    ]
    unsafe = z3_logic.conjunction([reached, clauses.law, _claim(system.bad)])
    rules = [(clauses.start, reached), *taken, (unsafe, z3.BoolVal(False))]
    horn = z3.SolverFor("HORN")
    horn.set("timeout", z3_logic.milliseconds(timeout))
    horn.add(*(z3_logic.quantified(now, z3_logic.implication(a, b), universal=True) for a, b in rules))
    found = horn.check()
    if found != z3.sat:
        return found, []
    shape = cast("z3.BoolRef", z3.simplify(horn.model().eval(reached)))
    return found, [cast("z3.BoolRef", c) for c in shape.children()] if z3.is_and(shape) else [shape]


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
    invariant = z3_logic.conjunction([*conjuncts, clauses.law])
    yield _query(Part.INITIATION, "", [clauses.start, z3_logic.negation(invariant)], timeout)
    for step in clauses.system.steps:
        claims = [invariant, _claim(step.guard), z3_logic.negation(clauses.primed(invariant, step))]
        yield _query(Part.CONSECUTION, step.name, claims, timeout)
    yield _query(Part.SAFETY, "", [invariant, _claim(clauses.system.bad)], timeout)


def _query(part: Part, step: str, claims: Sequence[z3.BoolRef], timeout: float) -> Checked:
    began = time.perf_counter()
    fresh = z3.Solver()
    fresh.set("timeout", z3_logic.milliseconds(timeout))
    fresh.add(*claims)
    answer = answer_of(fresh.check())
    return Checked(part, step, answer, time.perf_counter() - began)
