"""What must be true of a protocol for its safety to be proved for any number of nodes, each a query of its own to Z3.

- initiation: every initial state satisfies the invariant;
- consecution: from a state that satisfies all invariants, one step of one action leads to a state that satisfies it;
- safety: a state that satisfies all invariants is safe.

Source: Manna & Pnueli, "Temporal Verification of Reactive Systems: Safety" (1995), rule INV; Padon, McMillan, Panda, Sagiv &
Shoham, "Ivy: Safety Verification by Interactive Generalization" (PLDI 2016).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import z3

from quorate.properties.induction.formula import Formula, free_variables
from quorate.properties.induction.meaning import AnySize, Reading, Symbols, total_order, z3_sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    CONSECUTION = "consecution"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to prove: `conjunct` is the invariant or safety property, `action` the step of a consecution."""

    part: Part
    conjunct: str
    claim: Formula
    action: Action | None = None


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
        for name, claim in protocol.invariants.items():
            yield Obligation(Part.CONSECUTION, name, claim, action)
    for name, claim in protocol.safety.items():
        yield Obligation(Part.SAFETY, name, claim)


def discharge(protocol: Protocol, axioms: Mapping[str, Formula], obligation: Obligation, timeout: float) -> Result:
    """Ask Z3 for a counterexample to one obligation, in a solver of its own, for at most `timeout` seconds."""
    began = time.perf_counter()
    solver = z3.Solver()
    solver.set(timeout=max(1, int(timeout * 1000)))
    solver.add(*background(protocol, axioms), *_negated(protocol, obligation))
    found = solver.check()
    answer = Answer.PROVED if found == z3.unsat else Answer.REFUTED if found == z3.sat else Answer.UNKNOWN
    return Result(obligation, answer, time.perf_counter() - began)


def background(protocol: Protocol, axioms: Mapping[str, Formula]) -> list[z3.BoolRef]:
    """Return what holds of every cluster: the total orders, the system's axioms, and the premises that were proved."""
    orders = [axiom for sort in protocol.system.sorts if sort.ordered for axiom in total_order(sort)]
    return orders + [closed(ANY_SIZE, a) for a in [*protocol.system.axioms.values(), *axioms.values()]]


def closed(reading: Reading[z3.BoolRef, z3.ExprRef], formula: Formula) -> z3.BoolRef:
    """Return the formula with its free variables ranging over everything."""
    free = free_variables(formula)
    if not free:
        return reading.truth(formula, {})
    return reading.logic.for_all(free, lambda values: reading.truth(formula, values))


def _negated(protocol: Protocol, obligation: Obligation) -> list[z3.BoolRef]:
    if obligation.part is Part.INITIATION:
        assumed = [closed(ANY_SIZE, protocol.system.initially)]
        return [*assumed, _denied(ANY_SIZE, obligation.claim)]
    invariants = [closed(ANY_SIZE, i) for i in protocol.invariants.values()]
    action = obligation.action
    if action is None:
        return [*invariants, _denied(ANY_SIZE, obligation.claim)]
    # A constant of the query's own for each parameter: Z3 looks for a step, whatever its choices.
    parameters = constants(action.parameters)
    guard = ANY_SIZE.truth(action.guard, parameters)
    return [*invariants, guard, _denied(ANY_SIZE.after(action, parameters), obligation.claim)]


def _denied(reading: Reading[z3.BoolRef, z3.ExprRef], claim: Formula) -> z3.BoolRef:
    return z3.Not(reading.truth(claim, constants(free_variables(claim))))


def constants(variables: tuple[Var, ...]) -> dict[Var, z3.ExprRef]:
    """Return a new constant for each variable."""
    return {v: z3.FreshConst(z3_sort(v.sort), v.name) for v in variables}
