"""The door to Z3: linear integer formulas in, three-valued answers out.

`unknown` is an answer of its own: nobody may read it as yes or no. Quantifier elimination is in `elimination.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import z3

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.linear import All, Congruent, Linear, Row, Some, names_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SEED = 7


class Satisfiable(Enum):
    YES = auto()
    NO = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether there is a solution; with one where there is, and the reason where Z3 gave up."""

    satisfiable: Satisfiable
    values: Mapping[str, int] = field(default_factory=dict[str, int])
    reason: str = ""
    least: bool = False  # the solution was shown to be the smallest in the order asked for


TOO_LATE = Answer(Satisfiable.UNKNOWN, reason="timeout")


def encode(formula: Linear) -> z3.BoolRef:
    """Return the formula in Z3's terms; each unknown is the integer constant of its name. Errors: OutOfTimeError."""
    patience.keep()
    match formula:
        case Row():
            return _row(formula)
        case Congruent(row, modulus, denied):
            same = cast("z3.ArithRef", _sum(row.parts) + row.constant) % modulus == 0
            return cast("z3.BoolRef", z3.Not(same) if denied else same)
        case All(parts):
            return cast("z3.BoolRef", z3.And(*(encode(p) for p in parts)))
        case Some(parts):
            return cast("z3.BoolRef", z3.Or(*(encode(p) for p in parts)))


@lru_cache(maxsize=16_384)
def _row(row: Row) -> z3.BoolRef:
    # Goals asked one after another share most rows, and making one costs more than solving it.
    return _sum(row.parts) >= -row.constant


def _sum(parts: Sequence[tuple[str, int]]) -> z3.ArithRef:
    terms = [z3.Int(name) if c == 1 else c * z3.Int(name) for name, c in parts]
    return cast("z3.ArithRef", z3.Sum(terms) if terms else z3.IntVal(0))


def _answer(result: z3.CheckSatResult) -> Satisfiable:
    return {"sat": Satisfiable.YES, "unsat": Satisfiable.NO}.get(repr(result), Satisfiable.UNKNOWN)


def milliseconds(timeout: float) -> int:
    """Return seconds as Z3 takes them, or what is left where that is less; 0 would mean no limit."""
    return max(1, int(min(timeout, patience.left()) * 1000))


def solve(formula: Linear, timeout: float) -> Answer:
    """Return whether some integers satisfy the formula; `timeout` in seconds, or what is left where that is less."""
    try:
        return _solved(formula, timeout)
    except patience.OutOfTimeError:
        return TOO_LATE


def _solved(formula: Linear, timeout: float) -> Answer:
    # The tactics for QF_LIA turn bounded integers into bits and lose the plain sum that settles most of these questions.
    solver = z3.SimpleSolver()
    solver.set(random_seed=SEED)
    solver.add(encode(formula))
    solver.set(timeout=milliseconds(timeout))
    result = _answer(solver.check())
    if result is not Satisfiable.YES:
        return Answer(result, reason=_reason(solver, result))
    return Answer(result, _values(solver.model(), formula))


def _reason(asked: z3.Solver | z3.Optimize, result: Satisfiable) -> str:
    """Return why there is no answer: a search that was stopped in the midst calls itself `canceled`."""
    if result is not Satisfiable.UNKNOWN:
        return ""
    reason = asked.reason_unknown()
    return "timeout" if reason == "canceled" else reason


def smallest(formula: Linear, order: Sequence[str], timeout: float) -> Answer:
    """Return the solution whose unknowns in `order` are least, the first of them first."""
    try:
        return _minimised(formula, order, timeout)
    except patience.OutOfTimeError:
        return TOO_LATE


def _minimised(formula: Linear, order: Sequence[str], timeout: float) -> Answer:
    # A context of its own: which of several smallest solutions is shown must not depend on what was asked before.
    context = z3.Context()
    optimizer = z3.Optimize(ctx=context)
    optimizer.add(encode(formula).translate(context))
    for name in order:
        optimizer.minimize(z3.Int(name, context))
    optimizer.set(timeout=milliseconds(timeout))
    result = _answer(optimizer.check())
    if result is not Satisfiable.YES:
        return Answer(result, reason=_reason(optimizer, result))
    return Answer(result, _values(optimizer.model(), formula), least=True)


def _values(model: z3.ModelRef, formula: Linear) -> dict[str, int]:
    found = {name: model.eval(z3.Int(name, model.ctx), model_completion=True) for name in names_in(formula)}
    return {name: cast("z3.IntNumRef", value).as_long() for name, value in found.items()}
