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
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import z3

from quorate.properties.induction.formula import Formula, free_variables
from quorate.properties.induction.meaning import AnySize, Reading, Symbols, total_order, z3_sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from quorate.properties.induction.formula import Var
    from quorate.properties.induction.system import Action, Protocol


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


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an obligation, and in how many seconds."""

    obligation: Obligation
    answer: Answer
    seconds: float


ANY_SIZE = Reading(AnySize(), Symbols())


def obligations(protocol: Protocol) -> Iterator[Obligation]:
    """Yield all that is to be proved of a protocol."""
    for name, claim in protocol.invariants.items():
        yield Obligation(Part.INITIATION, name, claim)
    for action in protocol.system.actions:
        lemmas: tuple[Formula, ...] = ()
        for name, claim in protocol.hints.get(action.name, {}).items():
            yield Obligation(Part.HINT, name, claim, action, lemmas)
            lemmas = (*lemmas, claim)
        for name, claim in protocol.invariants.items():
            yield Obligation(Part.CONSECUTION, name, claim, action, lemmas)
    for name, claim in protocol.safety.items():
        yield Obligation(Part.SAFETY, name, claim)


def discharge(protocol: Protocol, axioms: Mapping[str, Formula], obligation: Obligation, timeout: float) -> Result:
    """Ask Z3 for a counterexample to one obligation, in solvers of its own, for at most `timeout` seconds."""
    began = time.perf_counter()
    claims = [*background(protocol, axioms), *_negated(protocol, obligation)]
    found = z3.unknown
    for seed in itertools.count():
        left = timeout - (time.perf_counter() - began)
        if left <= 0:
            break
        found = _attempt(claims, seed, left)
        if found != z3.unknown:
            break
    answer = Answer.PROVED if found == z3.unsat else Answer.REFUTED if found == z3.sat else Answer.UNKNOWN
    return Result(obligation, answer, time.perf_counter() - began)


EFFORT = 300_000
"""What the first attempt at a query may spend, in Z3's own unit (`rlimit`); each further pair of attempts, twice as much."""


def _attempt(claims: Sequence[z3.BoolRef], seed: int, seconds: float) -> z3.CheckSatResult:
    # The time Z3 takes to find the right instances has a heavy tail: most seeds take 0.01 s where a few take minutes. So
    # it starts again with another seed (Gomes, Selman & Kautz, "Boosting Combinatorial Search Through Randomization", 1998).
    # Effort is counted in steps, not seconds: the same attempt answers on every machine.
    solver = z3.Solver()
    solver.set(timeout=max(1, int(seconds * 1000)), random_seed=seed, rlimit=EFFORT << seed // 2)
    solver.add(*claims)
    return solver.check()


def background(protocol: Protocol, axioms: Mapping[str, Formula]) -> list[z3.BoolRef]:
    """Return what holds of every cluster: the total orders, the system's axioms, and the premises that were proved."""
    orders = [axiom for sort in protocol.system.sorts if sort.ordered for axiom in total_order(sort)]
    return orders + [closed(ANY_SIZE, a) for a in [*protocol.system.axioms.values(), *axioms.values()]]


def closed(
    reading: Reading[z3.BoolRef, z3.ExprRef], formula: Formula, given: Mapping[Var, z3.ExprRef] | None = None
) -> z3.BoolRef:
    """Return the formula with its free variables ranging over everything, but those that are `given`."""
    given = given or {}
    free = [v for v in free_variables(formula) if v not in given]
    if not free:
        return reading.truth(formula, given)
    return reading.logic.for_all(free, lambda values: reading.truth(formula, {**given, **values}))


def _negated(protocol: Protocol, obligation: Obligation) -> list[z3.BoolRef]:
    if obligation.part is Part.INITIATION:
        assumed = [closed(ANY_SIZE, protocol.system.initially)]
        return [*assumed, _denied(ANY_SIZE, obligation.claim, {})]
    invariants = [closed(ANY_SIZE, i) for i in protocol.invariants.values()]
    action = obligation.action
    if action is None:
        return [*invariants, _denied(ANY_SIZE, obligation.claim, {})]
    # A constant of the query's own for each parameter: Z3 looks for a step, whatever its choices.
    chosen = constants(action.parameters)
    given = [*invariants, ANY_SIZE.truth(action.guard, chosen), *(closed(ANY_SIZE, f, chosen) for f in obligation.lemmas)]
    if obligation.part is Part.HINT:
        return [*given, _denied(ANY_SIZE, obligation.claim, chosen)]
    return [*given, _denied(ANY_SIZE.after(action, chosen), obligation.claim, {})]


def _denied(
    reading: Reading[z3.BoolRef, z3.ExprRef], claim: Formula, given: Mapping[Var, z3.ExprRef]
) -> z3.BoolRef:
    # The parameters of a hint are its action's; the variables of an invariant are its own, whatever they are called.
    return z3.Not(reading.truth(claim, {**constants(free_variables(claim)), **given}))


def constants(variables: tuple[Var, ...]) -> dict[Var, z3.ExprRef]:
    """Return a new constant for each variable."""
    return {v: z3.FreshConst(z3_sort(v.sort), v.name) for v in variables}
