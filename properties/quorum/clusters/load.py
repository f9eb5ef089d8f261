"""How busy the busiest node must be, the throughput that leaves, and the strategy that attains it; exact fractions.

The load of a strategy is the share of operations the busiest node takes part in, the capacity its inverse (Naor & Wool,
"The Load, Capacity, and Availability of Quorum Systems", 1998; reads and writes apart as in Whittaker et al., PaPoC 2021).
A linear program over all quorums would have C(51, 26) columns for a majority of 51. Two things avoid that: nodes that can
change places carry the same load in some best strategy, so a class of them is one row; and only quorums that a node's
price makes attractive ever become columns (column generation). HiGHS works in floating point, so its last basis is
solved again in fractions and its optimality checked there, pricing included: what is returned as exact is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf, lcm
from typing import TYPE_CHECKING, ClassVar

import highspy

from quorate.language.errors import QuorateError
from quorate.properties.quorum.arithmetic import patience, rational, solver
from quorate.properties.quorum.arithmetic.linear import All, Row
from quorate.properties.quorum.clusters import cover, gates, table
from quorate.properties.quorum.clusters.cluster import Speed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quorate.properties.quorum.clusters.expressions import Expression

TOLERANCE = 1e-9
TIMEOUT = 10.0
Counts = tuple[int, ...]


class LoadUnknownError(QuorateError):
    """No best strategy was found in the time allowed; nothing is wrong with the input."""

    exit_code: ClassVar[int] = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """With this probability, take that many nodes of each class, any of them alike."""

    probability: Fraction
    takes: tuple[tuple[gates.Class, int], ...]


@dataclass(frozen=True, slots=True)
class Load:
    """The least load a workload allows, and how; `exact` is False where only floating point stands behind it."""

    load: Fraction
    capacity: Fraction
    reads: tuple[Choice, ...]
    writes: tuple[Choice, ...]
    exact: bool
    columns: int = 0


@dataclass(frozen=True, slots=True)
class _Side:
    """Reads or writes: the expression, what an operation costs a node of each class, and each quorum's column so far."""

    expression: Expression
    costs: tuple[Fraction, ...]
    columns: dict[Counts, list[Fraction]] = field(default_factory=dict["Counts", list[Fraction]])


@dataclass(frozen=True, slots=True)
class _Program:
    """The linear program: a row for each class and each read fraction of the workload, then one for each side."""

    classes: tuple[gates.Class, ...]
    sides: tuple[_Side, _Side]
    workload: tuple[tuple[Fraction, Fraction], ...]

    def add(self, side: int, counts: Counts) -> bool:
        """Make a quorum a column; say whether it was none before."""
        columns = self.sides[side].columns
        if counts in columns:
            return False
        columns[counts] = self._entries(side, counts)
        return True

    def _entries(self, side: int, counts: Counts) -> list[Fraction]:
        """Return the coefficients of a quorum's column: the load it puts on each row, and a 1 in its side's sum."""
        costs = self.sides[side].costs
        one = [Fraction(n, len(c)) * cost for n, c, cost in zip(counts, self.classes, costs, strict=True)]
        share = [(fraction, 1 - fraction)[side] for fraction, _ in self.workload]
        return [s * x for s in share for x in one] + [Fraction(side == 0), Fraction(side == 1)]

    def prices(self, side: int, duals: Sequence[float | Fraction]) -> list[Fraction]:
        """Return what one node of each class costs under the duals of the load rows."""
        found = [Fraction(0)] * len(self.classes)
        for d, (fraction, _) in enumerate(self.workload):
            share = (fraction, 1 - fraction)[side]
            for i, c in enumerate(self.classes):
                dual = duals[d * len(self.classes) + i]
                found[i] += share * self.sides[side].costs[i] * Fraction(dual) / len(c)
        return found

    def attractive(self, side: int, prices: Sequence[Fraction]) -> tuple[float, Counts]:
        """Return a quorum that is cheapest as far as floating point tells: enough for a column."""
        expression = self.sides[side].expression
        if not cover.tabulable(expression):
            cost, counts = _without_levels(expression, self.classes, prices)
            return float(cost), counts
        of_node = {n: max(float(p), 0.0) for c, p in zip(self.classes, prices, strict=True) for n in c}
        rough, quorum = cover.cheapest(expression, of_node)
        return rough, tuple(sum(n in quorum for n in c) for c in self.classes)

    def cheapest(self, side: int, prices: Sequence[Fraction]) -> tuple[Fraction, Counts]:
        """Return the cheapest quorum of a side, by counts, exactly."""
        expression = self.sides[side].expression
        if not cover.tabulable(expression):
            return _without_levels(expression, self.classes, prices)
        of_node = {n: max(p, Fraction(0)) for c, p in zip(self.classes, prices, strict=True) for n in c}
        cost, quorum = cover.cheapest(expression, of_node)
        return cost, tuple(sum(n in quorum for n in c) for c in self.classes)


def _without_levels(
    expression: Expression, among: Sequence[gates.Class], prices: Sequence[Fraction]
) -> tuple[Fraction, Counts]:
    """Return the cheapest quorum, exactly, of an expression in which nodes stand in several places."""
    patience.keep()
    if not table.fits(expression):
        return _searched(expression, among, prices)
    scale = lcm(*(p.denominator for p in prices))
    units = {name: int(p * scale) for c, p in zip(among, prices, strict=True) for name in c}
    quorum = min(table.minimal_quorums(expression), key=lambda q: sum(units[name] for name in q))
    counts = tuple(sum(name in quorum for name in c) for c in among)
    return Fraction(sum(units[name] for name in quorum), scale), counts


def _searched(expression: Expression, among: Sequence[gates.Class], prices: Sequence[Fraction]) -> tuple[Fraction, Counts]:
    """Find the cheapest quorum with Z3, exactly: prices are multiplied out to whole numbers."""
    taken = gates.quorum(expression, "in", among)
    scale = lcm(*(p.denominator for p in prices))
    units = [int(p * scale) for p in prices]
    price = Row((*((taken.unknown(c), -u) for c, u in zip(among, units, strict=True) if u), ("price", 1)), 0)
    answer = solver.smallest(All((taken.claim, price)), ["price"], TIMEOUT)
    if answer.satisfiable is not solver.Satisfiable.YES:
        raise LoadUnknownError(f"the cheapest quorum was not found within {TIMEOUT:g} s")
    counts = tuple(answer.values[taken.unknown(c)] for c in among)
    return sum((n * p for n, p in zip(counts, prices, strict=True)), Fraction(0)), counts


def best_load(
    reads: Expression,
    writes: Expression,
    workload: Mapping[Fraction, Fraction] | Fraction = Fraction(1, 2),
    speeds: Mapping[str, Speed] | None = None,
    *,
    timeout: float = TIMEOUT,
) -> Load:
    """Return the least load for a share of reads, or for several with their weights.

    The capacity for several is the weighted mean of their capacities under the one strategy. LoadUnknownError where none
    was found in time.
    """
    with patience.within(timeout):
        try:
            return _best_load(reads, writes, workload, speeds)
        except patience.OutOfTimeError:
            raise LoadUnknownError("no best strategy was found in time") from None


def _best_load(
    reads: Expression,
    writes: Expression,
    workload: Mapping[Fraction, Fraction] | Fraction,
    speeds: Mapping[str, Speed] | None,
) -> Load:
    speeds = speeds or {}
    among = gates.classes([reads, writes], mark=lambda name: speeds.get(name, Speed()))
    rates = [speeds.get(c[0], Speed()) for c in among]
    slowest = min(rate for r in rates for rate in (r.reads, r.writes))  # whose cost is 1: floating point likes that best
    sides = _Side(reads, tuple(slowest / r.reads for r in rates)), _Side(writes, tuple(slowest / r.writes for r in rates))
    shares = workload if not isinstance(workload, Fraction) else {workload: Fraction(1)}
    whole = sum(shares.values())
    program = _Program(tuple(among), sides, tuple((f, w / whole) for f, w in shares.items()))
    _seed(program)
    found = _generate(program)
    return replace(found, load=found.load / slowest, capacity=found.capacity * slowest)


def _seed(program: _Program) -> None:
    """Begin with quorums that spread the load greedily: each takes the nodes least used so far."""
    for side in (0, 1):
        used = [Fraction(0)] * len(program.classes)
        for _ in range(len(program.classes) + 1):
            patience.keep()
            _, counts = program.attractive(side, used)
            program.add(side, counts)
            for i, (n, c) in enumerate(zip(counts, program.classes, strict=True)):
                used[i] += Fraction(n, len(c)) * program.sides[side].costs[i]


def _generate(program: _Program) -> Load:
    while True:
        patience.keep()
        master = _solve(program)
        grown = False
        for side in (0, 1):
            cost, counts = program.attractive(side, program.prices(side, master.duals))
            if cost < master.duals[side - 2] - TOLERANCE:
                grown |= program.add(side, counts)
        if not grown:
            return _exactly(program, master)


@dataclass(frozen=True, slots=True)
class _Master:
    """A floating point solution: variable values, row prices (not negative for the load rows), and the basis."""

    values: list[float]
    duals: list[float]
    basic_columns: list[int]
    tight_rows: list[int]


def _variables(program: _Program) -> list[tuple[Fraction, list[Fraction]]]:
    """Return each variable's objective coefficient and column: the loads first, then the reads, then the writes."""
    size = len(program.classes)
    rows = size * len(program.workload) + 2
    loads: list[tuple[Fraction, list[Fraction]]] = []
    for d, (_, share) in enumerate(program.workload):
        column = [Fraction(-1) if d * size <= r < (d + 1) * size else Fraction(0) for r in range(rows)]
        loads.append((share, column))
    quorums = [column for side in program.sides for column in side.columns.values()]
    return loads + [(Fraction(0), q) for q in quorums]


class Silent(highspy.Highs):
    """HiGHS without words: some versions greet on stdout while they are made, where they enable their callbacks."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.setOptionValue("output_flag", False)

    def enableCallbacks(self) -> None:  # noqa: N802  (theirs)
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solve(program: _Program) -> _Master:
    solver_ = Silent()
    load_rows = len(program.classes) * len(program.workload)
    for _ in range(load_rows):
        solver_.addRow(-highspy.kHighsInf, 0.0, 0, [], [])
    for _ in range(2):
        solver_.addRow(1.0, 1.0, 0, [], [])
    for objective, column in _variables(program):
        filled = [(r, float(x)) for r, x in enumerate(column) if x]
        solver_.addCol(float(objective), 0.0, highspy.kHighsInf, len(filled), [r for r, _ in filled], [x for _, x in filled])
    if patience.left() < inf:
        solver_.setOptionValue("time_limit", patience.left())
    solver_.run()
    patience.keep()
    solution, basis = solver_.getSolution(), solver_.getBasis()
    basic = highspy.HighsBasisStatus.kBasic
    duals = list(solution.row_dual)
    if not (solution.value_valid and solution.dual_valid and basis.valid):
        raise LoadUnknownError("the linear program was not solved: its numbers are too far apart")
    return _Master(
        list(solution.col_value),
        [max(0.0, -y) for y in duals[:load_rows]] + duals[load_rows:],
        [i for i, s in enumerate(basis.col_status) if s == basic],
        [i for i, s in enumerate(basis.row_status) if s != basic],
    )


def _exactly(program: _Program, master: _Master) -> Load:
    """Solve the last basis in fractions and check that it is optimal; else return the floating point answer as such."""
    variables = _variables(program)
    right = [Fraction(0)] * (len(variables[0][1]) - 2) + [Fraction(1), Fraction(1)]
    square = [[variables[j][1][i] for j in master.basic_columns] for i in master.tight_rows]
    basic = rational.solve(square, [right[i] for i in master.tight_rows])
    duals = rational.solve(rational.transposed(square), [variables[j][0] for j in master.basic_columns])
    if basic is not None and duals is not None:
        values = [Fraction(0)] * len(variables)
        for j, x in zip(master.basic_columns, basic, strict=True):
            values[j] = x
        prices = [Fraction(0)] * len(right)
        for i, y in zip(master.tight_rows, duals, strict=True):
            prices[i] = y
        if _optimal(program, variables, values, prices):
            return _result(program, values, exact=True)
    return _result(program, [Fraction(x).limit_denominator(10**9) for x in master.values], exact=False)


def _optimal(
    program: _Program,
    variables: list[tuple[Fraction, list[Fraction]]],
    values: list[Fraction],
    duals: list[Fraction],
) -> bool:
    """Say whether both solutions are feasible: then, sharing a basis, they are optimal (duality)."""
    rows = len(duals)
    patience.keep()
    left = [sum((x * c[i] for x, (_, c) in zip(values, variables, strict=True) if x), Fraction(0)) for i in range(rows)]
    primal = min(values) >= 0 and all(x <= 0 for x in left[:-2]) and left[-2:] == [1, 1]
    paid = [-y for y in duals[:-2]] + duals[-2:]
    worth = all(program.cheapest(side, program.prices(side, paid))[0] >= paid[side - 2] for side in (0, 1))
    loads = all(
        sum(paid[d * len(program.classes) : (d + 1) * len(program.classes)]) <= share
        for d, (_, share) in enumerate(program.workload)
    )
    return primal and min(paid[:-2]) >= 0 and worth and loads


def _result(program: _Program, values: list[Fraction], *, exact: bool) -> Load:
    loads, quorums = values[: len(program.workload)], values[len(program.workload) :]
    reads = len(program.sides[0].columns)
    load = sum((x * share for x, (_, share) in zip(loads, program.workload, strict=True)), Fraction(0))
    capacity = sum((share / x for x, (_, share) in zip(loads, program.workload, strict=True) if x), Fraction(0))
    return Load(
        load,
        capacity,
        _choices(program, 0, quorums[:reads]),
        _choices(program, 1, quorums[reads:]),
        exact,
        len(quorums),
    )


def _choices(program: _Program, side: int, shares: Sequence[Fraction]) -> tuple[Choice, ...]:
    columns = program.sides[side].columns
    return tuple(
        Choice(share, tuple((c, n) for c, n in zip(program.classes, counts, strict=True) if n))
        for share, counts in zip(shares, columns, strict=True)
        if share
    )
