"""The linear program of a strategy: a variable for each quorum, and one for the load of each share of reads.

HiGHS solves it in floating point; its last basis is then solved again in fractions and both feasibilities are checked there,
as in `clusters/load.py`: what is returned as exact is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING

import highspy

from quorate.properties.quorum.arithmetic import patience, rational
from quorate.properties.quorum.clusters.load import LoadUnknownError, Silent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quorate.properties.quorum.strategies.choices import Choice

Column = tuple[Fraction, tuple[Fraction, ...]]  # what a variable costs, and its coefficient in each row
MOST_EXACT = 400  # rows of a basis that is solved in fractions


@dataclass(frozen=True, slots=True)
class Program:
    """The quorums of each side, what one costs a node of each class, the shares of reads with their parts, aim and limits."""

    sides: tuple[tuple[Choice, ...], tuple[Choice, ...]]
    costs: tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
    shares: tuple[tuple[Fraction, Fraction], ...]
    aim: str
    limits: Mapping[str, Fraction | None]

    @property
    def loaded(self) -> bool:
        """Whether loads matter at all."""
        return self.aim == "load" or self.limits["load"] is not None

    @property
    def mean(self) -> Fraction:
        return sum((fraction * part for fraction, part in self.shares), Fraction(0))

    def bounds(self) -> list[Fraction]:
        """Return what each row is at most, and the last two are exactly: loads, limits, the sum of each side."""
        loads = len(self.shares) * len(self.costs[0]) if self.loaded else 0
        limits = [limit for limit in self.limits.values() if limit is not None]
        return [*[Fraction(0)] * loads, *limits, Fraction(1), Fraction(1)]

    def columns(self) -> list[Column]:
        """Return the loads (where they matter), then the reads, then the writes."""
        found = [self._load(d, part) for d, (_, part) in enumerate(self.shares)] if self.loaded else []
        for side, choices in enumerate(self.sides):
            share = self.mean if side == 0 else 1 - self.mean
            found += [self._quorum(side, share, choice) for choice in choices]
        return found

    def _load(self, d: int, part: Fraction) -> Column:
        rows = [Fraction(-1) if i == d else Fraction(0) for i in range(len(self.shares)) for _ in self.costs[0]]
        measured = {"load": part, "network": Fraction(0), "latency": Fraction(0)}
        return self._column(rows, measured, Fraction(0), Fraction(0))

    def _quorum(self, side: int, share: Fraction, choice: Choice) -> Column:
        one = [n * cost for n, cost in zip(choice.counts, self.costs[side], strict=True)]
        parts = [(fraction, 1 - fraction)[side] for fraction, _ in self.shares]
        rows = [p * x for p in parts for x in one] if self.loaded else []
        measured = {"load": Fraction(0), "network": share * choice.size, "latency": share * choice.latency}
        return self._column(rows, measured, Fraction(side == 0), Fraction(side == 1))

    def _column(self, rows: list[Fraction], measured: Mapping[str, Fraction], *sums: Fraction) -> Column:
        limited = [measured[name] for name, limit in self.limits.items() if limit is not None]
        return measured[self.aim], (*rows, *limited, *sums)


@dataclass(frozen=True, slots=True)
class Solution:
    """The probabilities of each side's quorums, the value of the aim, and the prices of the rows that show it is best."""

    sides: tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
    value: float
    prices: tuple[float, ...]
    exact: bool


def solve(program: Program, *, exactly: bool) -> Solution | None:
    """Return a best solution, None where there is none. Errors: OutOfTimeError, LoadUnknownError where HiGHS gave up."""
    rows, floating = len(program.bounds()), _floating(program)
    solver = _filled(floating, [float(b) for b in program.bounds()])
    solver.run()
    patience.keep()
    status = solver.getModelStatus()
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise LoadUnknownError("the linear program was not solved: its numbers are too far apart")
    solution = solver.getSolution()
    values = _exact(solver, program.columns(), program.bounds()) if exactly and rows <= MOST_EXACT else None
    rough = values is None
    values = values if values is not None else [Fraction(x) for x in solution.col_value]
    value = sum(x * cost for x, (cost, _) in zip(solution.col_value, floating, strict=True))
    loads = len(program.shares) if program.loaded else 0
    reads = loads + len(program.sides[0])
    sides = tuple(values[loads:reads]), tuple(values[reads:])
    return Solution(sides, value, tuple(solution.row_dual), not rough)


def _floating(program: Program) -> list[tuple[float, list[float]]]:
    """Return the program's columns in floating point: those of `columns`, made faster than by rounding them."""
    shares = [(float(fraction), float(part)) for fraction, part in program.shares]
    costs = [[float(x) for x in side] for side in program.costs]
    width, mean = len(costs[0]), float(program.mean)
    limited = [name for name, limit in program.limits.items() if limit is not None]
    found: list[tuple[float, list[float]]] = []
    for d, (_, part) in enumerate(shares if program.loaded else ()):
        rows = [0.0] * (len(shares) * width + len(limited) + 2)
        rows[d * width : (d + 1) * width] = [-1.0] * width
        if "load" in limited:
            rows[len(shares) * width + limited.index("load")] = part
        found.append((part if program.aim == "load" else 0.0, rows))
    for side, choices in enumerate(program.sides):
        weight = mean if side == 0 else 1 - mean
        parts = [(fraction, 1 - fraction)[side] for fraction, _ in shares] if program.loaded else []
        for choice in choices:
            one = [n * cost for n, cost in zip(choice.counts, costs[side], strict=True)]
            measured = {"load": 0.0, "network": weight * choice.size, "latency": weight * float(choice.latency)}
            rows = [p * x for p in parts for x in one] + [measured[name] for name in limited]
            found.append((measured[program.aim], [*rows, float(side == 0), float(side == 1)]))
    return found


def _filled(columns: Sequence[tuple[float, list[float]]], bounds: Sequence[float]) -> Silent:
    solver = Silent()
    if patience.left() < inf:
        solver.setOptionValue("time_limit", patience.left())
    for bound in bounds[:-2]:
        solver.addRow(-highspy.kHighsInf, bound, 0, [], [])
    for bound in bounds[-2:]:
        solver.addRow(bound, bound, 0, [], [])
    for cost, column in columns:
        rows = [r for r, x in enumerate(column) if x]
        solver.addCol(cost, 0.0, highspy.kHighsInf, len(rows), rows, [column[r] for r in rows])
    return solver


def _exact(solver: Silent, columns: Sequence[Column], bounds: Sequence[Fraction]) -> list[Fraction] | None:
    """Return the last basis's values in fractions; None where they are not shown to be best there, too."""
    basis = solver.getBasis()
    basic = [j for j, s in enumerate(basis.col_status) if s == highspy.HighsBasisStatus.kBasic]
    tight = [i for i, s in enumerate(basis.row_status) if s != highspy.HighsBasisStatus.kBasic]
    square = [[columns[j][1][i] for j in basic] for i in tight]
    if len(basic) != len(tight):
        return None
    at = rational.solve(square, [bounds[i] for i in tight])
    paid = rational.solve(rational.transposed(square), [columns[j][0] for j in basic])
    if at is None or paid is None:
        return None
    values, prices = [Fraction(0)] * len(columns), [Fraction(0)] * len(bounds)
    for j, x in zip(basic, at, strict=True):
        values[j] = x
    for i, y in zip(tight, paid, strict=True):
        prices[i] = y
    return values if _best(columns, bounds, values, prices) else None


def _best(columns: Sequence[Column], bounds: Sequence[Fraction], values: list[Fraction], prices: list[Fraction]) -> bool:
    """Say whether both are feasible: then, sharing a basis, they are best (duality)."""
    patience.keep()
    used = [(x, c) for x, (_, c) in zip(values, columns, strict=True) if x]
    rows = [sum((x * c[i] for x, c in used if c[i]), Fraction(0)) for i in range(len(bounds))]
    kept = all(r <= b for r, b in zip(rows[:-2], bounds[:-2], strict=True)) and rows[-2:] == [1, 1] and min(values) >= 0
    paid = [i for i, y in enumerate(prices) if y]
    worth = all(cost >= sum((prices[i] * column[i] for i in paid if column[i]), Fraction(0)) for cost, column in columns)
    return kept and worth and all(y <= 0 for y in prices[:-2])
