"""Minimal quorums and minimal blocking sets, one from the other: every blocking set meets every quorum.

A set of units either has a quorum, and then a minimal one inside, or its complement blocks, and then a minimal blocking set
is inside that. Each that is found rules out what lies above it (below its complement), and Z3 names a set that nothing
found so far decides, until there is none (enumeration by a map, after Liffiton et al., "Fast, Flexible MUS Enumeration",
2016). Like units are counted, not told apart: literal i of a class says that at least i + 1 of its units are in the set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import z3

from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.solver import SEED, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quorate.properties.quorum.federated.trust import Network
    from quorate.properties.quorum.federated.units import Units, Vector

Clause = list[tuple[int, int, bool]]  # a class, how many of it at least, and whether that is asked or denied


@dataclass(frozen=True, slots=True)
class Question:
    """Whether so many units of each class hold a quorum, which grows with them."""

    network: Network
    units: Units

    def holds(self, vector: Vector) -> bool:
        patience.keep()
        return self.network.largest_quorum(self.units.nodes(vector)) != 0

    def rest(self, vector: Vector) -> Vector:
        """Return the complement."""
        return tuple(size - taken for size, taken in zip(self.units.sizes, vector, strict=True))

    def shrunk(self, vector: Vector) -> Vector:
        """Return a minimal quorum inside one, in units."""
        return self._moved(vector, -1, wanted=True)

    def grown(self, vector: Vector) -> Vector:
        """Return a largest set without a quorum around one."""
        return self._moved(vector, 1, wanted=False)

    def _moved(self, vector: Vector, step: int, *, wanted: bool) -> Vector:
        found = list(vector)
        for c, size in enumerate(self.units.sizes):
            while 0 <= found[c] + step <= size and self.holds((*found[:c], found[c] + step, *found[c + 1 :])) is wanted:
                found[c] += step
        return tuple(found)


@dataclass(slots=True)
class _Map:
    """What is not decided yet, as a formula over "at least so many of the class"."""

    units: Units
    solver: z3.Solver = field(default_factory=lambda: z3.SolverFor("QF_FD"))
    limits: dict[int, z3.BoolRef] = field(default_factory=dict[int, z3.BoolRef])

    def __post_init__(self) -> None:
        self.solver.set(random_seed=SEED)
        for c, size in enumerate(self.units.sizes):
            self.solver.add(*(z3.Implies(_at_least(c, i), _at_least(c, i - 1)) for i in range(2, size + 1)))

    def require(self, clause: Clause) -> None:
        self.solver.add(z3.Or(*(_at_least(c, k) if asked else z3.Not(_at_least(c, k)) for c, k, asked in clause)))

    def some(self, most: int | None = None) -> Vector | None:
        """Return a vector that is not decided, of at most so many units; None where there is none. Errors: OutOfTimeError."""
        patience.keep()
        self.solver.set(timeout=milliseconds(min(1000000.0, patience.left())))
        answer = repr(self.solver.check(*(() if most is None else (self._at_most(most),))))
        if answer not in {"sat", "unsat"}:
            raise patience.OutOfTimeError("the sets were not found in time")
        if answer == "unsat":
            return None
        model = self.solver.model()
        return tuple(self._taken(model, c) for c in range(len(self.units.sizes)))

    def _at_most(self, most: int) -> z3.BoolRef:
        if most not in self.limits:
            literals = [(_at_least(c, i), 1) for c, size in enumerate(self.units.sizes) for i in range(1, size + 1)]
            limit = self.limits[most] = z3.Bool(f"at most {most}")
            self.solver.add(z3.Implies(limit, z3.PbLe(literals, most)))
        return self.limits[most]

    def _taken(self, model: z3.ModelRef, c: int) -> int:
        return sum(z3.is_true(model.eval(_at_least(c, i))) for i in range(1, self.units.sizes[c] + 1))


@cache
def _at_least(c: int, count: int) -> z3.BoolRef:
    return z3.Bool(f"{c}>={count}")


def _above(vector: Vector) -> Clause:
    """Return the clause that a set does not contain so many of each class."""
    return [(c, taken, False) for c, taken in enumerate(vector) if taken]


def _not_below(vector: Vector, sizes: Vector) -> Clause:
    """Return the clause that a set has more of some class."""
    return [(c, taken + 1, True) for c, taken in enumerate(vector) if taken < sizes[c]]


def minimal_sets(question: Question) -> Iterator[tuple[bool, Vector]]:
    """Yield the minimal quorums (True) and the minimal blocking sets (False), up to exchanging like units.

    When it ends it has yielded them all. Errors: OutOfTimeError.
    """
    undecided = _Map(question.units)
    while (vector := undecided.some()) is not None:
        if question.holds(vector):
            found = question.shrunk(vector)
            undecided.require(_above(found))
            yield True, found
        else:
            largest = question.grown(vector)
            undecided.require(_not_below(largest, question.units.sizes))
            yield False, question.rest(largest)


def smallest_quorum(question: Question) -> Vector:
    """Return a smallest quorum, in units. Requires: there is one. Errors: OutOfTimeError."""

    def objection(vector: Vector) -> Clause | None:
        return None if question.holds(vector) else _not_below(question.grown(vector), question.units.sizes)

    return _smallest(question, objection)


def smallest_blocking_set(question: Question) -> Vector:
    """Return a smallest set that meets every quorum. Errors: OutOfTimeError."""

    def objection(vector: Vector) -> Clause | None:
        rest = question.rest(vector)
        if not question.holds(rest):
            return None
        missed = question.shrunk(rest)
        return [
            (c, size - taken + 1, True)
            for c, (size, taken) in enumerate(zip(question.units.sizes, missed, strict=True))
            if taken
        ]

    return _smallest(question, objection)


def _smallest(question: Question, objection: Callable[[Vector], Clause | None]) -> Vector:
    """Try sizes from 0 up; each set that will not do gives the reason why, which every set that does must meet."""
    candidates = _Map(question.units)
    for size in range(sum(question.units.sizes) + 1):
        while (vector := candidates.some(size)) is not None:
            clause = objection(vector)
            if clause is None:
                return vector
            candidates.require(clause)
    raise AssertionError("the set of all units is one")
