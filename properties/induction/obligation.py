"""What must be true of a protocol for its safety to be proved for any number of nodes, each a query of its own to Z3.

- initiation: every initial state satisfies the invariant;
- hint: a state that satisfies all invariants and a guard satisfies it; a lemma for that action's consecution;
- consecution: from a state that satisfies all invariants, one step of one action leads to a state that satisfies it;
- safety: a state that satisfies all invariants is safe.

Source: Manna & Pnueli, "Temporal Verification of Reactive Systems: Safety" (1995), rule INV; Padon, McMillan, Panda, Sagiv &
Shoham, "Ivy: Safety Verification by Interactive Generalization" (PLDI 2016).
"""

from __future__ import annotations

import itertools
import random
import time
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import z3

from quorate.properties.induction.meaning import AnySize, Reading, Symbols
from quorate.properties.induction.vocabulary import z3_logic
from quorate.properties.induction.vocabulary.formula import Formula, free_variables, total_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from quorate.properties.induction.vocabulary.formula import Var
    from quorate.properties.induction.vocabulary.system import Action, Protocol


class Answer(Enum):
    """What came of a query; `UNKNOWN` is a time limit or a solver that gave up, and is never read as a proof."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class Part(Enum):
    """The parts of a proof by induction."""

    INITIATION = "initiation"
    HINT = "hint"
    CONSECUTION = "consecution"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to prove: `conjunct` is the invariant or safety property, `action` the step of a hint or consecution."""

    part: Part
    conjunct: str
    claim: Formula
    action: Action | None = None
    lemmas: tuple[Formula, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an obligation, and in how many seconds."""

    obligation: Obligation
    answer: Answer
    seconds: float


def obligations(protocol: Protocol) -> Iterator[Obligation]:
    """Yield all that is to be proved of a protocol."""
    for name, claim in protocol.invariants.items():
        yield Obligation(Part.INITIATION, name, claim)
    for action in protocol.system.actions:
        lemmas: tuple[Formula, ...] = ()
        for hint in protocol.hints.get(action.name, ()):
            yield Obligation(Part.HINT, hint.name, hint.claim, action, lemmas, hint.by)
            lemmas = (*lemmas, hint.claim)
        for name, claim in protocol.invariants.items():
            yield Obligation(Part.CONSECUTION, name, claim, action, lemmas)
    for name, claim in protocol.safety.items():
        yield Obligation(Part.SAFETY, name, claim)


def discharge(protocol: Protocol, axioms: Mapping[str, Formula], obligation: Obligation, timeout: float) -> Result:
    """Ask Z3 for a counterexample to one obligation, in solvers of its own, for at most `timeout` seconds."""
    began = time.perf_counter()
    query = _Query(protocol, axioms, obligation)
    everything = tuple(protocol.invariants)
    questions: dict[tuple[str, ...], list[z3.BoolRef]] = {}
    for seed, few in itertools.product(range(MOST_ATTEMPTS), (*query.selections(), everything)):
        left = timeout - (time.perf_counter() - began)
        if left <= 0:
            break
        if few not in questions:
            questions[few] = query.claims(few)
        found = _attempt(questions[few], seed, left)
        # Where invariants were left out only a proof counts.
        if found == z3.unsat or (found == z3.sat and few == everything):
            return Result(obligation, answer_of(found), time.perf_counter() - began)
    return Result(obligation, Answer.UNKNOWN, time.perf_counter() - began)


def answer_of(found: z3.CheckSatResult) -> Answer:
    """Return what Z3's search for a counterexample says of the claim."""
    return Answer.PROVED if found == z3.unsat else Answer.REFUTED if found == z3.sat else Answer.UNKNOWN


EFFORT = 40_000
"""What the first attempt at a query may spend, in Z3's own unit (`rlimit`); each further pair of attempts, twice as much."""

MOST_ATTEMPTS = 26


def _attempt(claims: Sequence[z3.BoolRef], seed: int, seconds: float) -> z3.CheckSatResult:
    # The time Z3 takes to find the right instances has a heavy tail: most orders of the claims take 0.01 s where a few take
    # minutes. So it starts again with another (Gomes, Selman & Kautz, "Boosting Combinatorial Search Through
    # Randomization", 1998). Effort is counted in steps, not seconds. The first attempt is in the common context, which is
    # 10 ms faster but depends on what was asked before; the others have one of their own, and answer the same everywhere.
    context = z3.Context() if seed else z3.main_ctx()
    solver = z3.SimpleSolver(ctx=context)
    solver.set("timeout", z3_logic.milliseconds(seconds))
    solver.set("random_seed", seed)
    solver.set("rlimit", EFFORT << seed // 2)
    shuffled = random.Random(seed).sample(claims, len(claims)) if seed else claims  # noqa: S311 - nothing here is secret
    solver.add(*(claim.translate(context) if seed else claim for claim in shuffled))
    return solver.check()


@dataclass(frozen=True, slots=True)
class _Query:
    """One obligation as a question to Z3, which has no answer where the obligation holds."""

    protocol: Protocol
    axioms: Mapping[str, Formula]
    obligation: Obligation
    reading: Reading[z3.BoolRef, z3.ExprRef] = field(default_factory=lambda: Reading(AnySize(), Symbols()))

    def claims(self, assuming: Iterable[str]) -> list[z3.BoolRef]:
        """Return what a counterexample would satisfy, of the invariants only those named."""
        return [*self._background(), *self._counterexample(assuming)]

    def selections(self) -> Iterator[tuple[str, ...]]:
        """Yield the invariants to try with alone: fewer assumptions prove less, but sooner."""
        if self.obligation.part is Part.CONSECUTION and self.obligation.lemmas:
            yield ()
        named = self.obligation.by or (self.obligation.conjunct,)
        yield tuple(name for name in named if name in self.protocol.invariants)

    def _background(self) -> list[z3.BoolRef]:
        system = self.protocol.system
        orders = [total_order(sort) for sort in system.sorts if sort.ordered]
        return [self._closed(a, {}) for a in [*orders, *system.axioms.values(), *self.axioms.values()]]

    def _counterexample(self, assuming: Iterable[str]) -> list[z3.BoolRef]:
        part, action, claim = self.obligation.part, self.obligation.action, self.obligation.claim
        if part is Part.INITIATION:
            return [self._closed(self.protocol.system.initially, {}), self._denied(self.reading, claim, {})]
        invariants = [self._closed(self.protocol.invariants[name], {}) for name in assuming]
        if action is None:
            return [*invariants, self._denied(self.reading, claim, {})]
        # A constant of the query's own for each parameter: Z3 looks for a step, whatever its choices.
        chosen = self._constants(action.parameters)
        lemmas = [self._closed(lemma, chosen) for lemma in self.obligation.lemmas]
        given = [*invariants, self.reading.truth(action.guard, chosen), *lemmas]
        if part is Part.HINT:
            return [*given, self._denied(self.reading, claim, chosen)]
        return [*given, self._denied(self.reading.after(action, chosen), claim, {})]

    def _closed(self, formula: Formula, given: Mapping[Var, z3.ExprRef]) -> z3.BoolRef:
        """Return the formula with its free variables ranging over everything, but those that are given."""
        free = [v for v in free_variables(formula) if v not in given]
        if not free:
            return self.reading.truth(formula, given)
        return self.reading.logic.for_all(free, lambda values: self.reading.truth(formula, {**given, **values}))

    def _denied(self, reading: Reading[z3.BoolRef, z3.ExprRef], claim: Formula, given: Mapping[Var, z3.ExprRef]) -> z3.BoolRef:
        # The parameters of a hint are its action's; the variables of an invariant are its own, whatever they are called.
        return z3_logic.negation(reading.truth(claim, {**self._constants(free_variables(claim)), **given}))

    def _constants(self, variables: tuple[Var, ...]) -> dict[Var, z3.ExprRef]:
        assert isinstance(self.reading.logic, AnySize)
        return self.reading.logic.constants(variables)
