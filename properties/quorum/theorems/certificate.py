"""The counting argument behind a proof: which hypotheses to add up, how often, and why the sum is absurd.

By Farkas' lemma a set of linear claims without a rational solution has multipliers that add up to `0 >= 1`. They are
found as the smallest whole numbers that do, and checked here by adding, apart from Z3. Where the hypotheses have no
integer solution but a rational one there is no such argument, and none is claimed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.errors import Defect
from quorate.properties.quorum.arithmetic import patience, regions, solver
from quorate.properties.quorum.arithmetic.linear import All, Row
from quorate.properties.quorum.arithmetic.sets import NODES, Denied, Formula, Joined
from quorate.properties.quorum.arithmetic.wording import LETTERS, formula_text
from quorate.properties.quorum.theorems.derivation import derive_lemma, formula_of
from quorate.properties.quorum.theorems.proof import TIMEOUT, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.quorum.arithmetic.regions import Diagram, Lowered
    from quorate.properties.quorum.theorems.derivation import Derivation
    from quorate.properties.quorum.theorems.systems import Lemma

MOST_CASES = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A claim and how often the argument adds it; 0 times where it only says that some region is empty."""

    times: int
    claim: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How often the added lines count one node (vote, unit of stake) of each region, and the bound that follows."""

    unit: str
    counts: tuple[tuple[str, int], ...]
    most: int

    def sentence(self) -> str:
        """Return what the lines count on balance; a region they count less than 0 times only helps."""
        thing = "node" if self.unit == NODES else f"unit of {self.unit}"
        often = [f"{_often(n)} where it is {where}" for where, n in self.counts if n > 0]
        bound = "nothing" if not self.most else f"{self.most if self.most > 1 else ''}{LETTERS.get(self.unit, self.unit)}"
        if not often:
            return f"with the sets on one side, this counts no {thing} more than 0 times"
        return f"with the sets on one side, this counts a {thing} {', '.join(often)}: at most {bound} in all"


@dataclass(frozen=True, slots=True)
class Counting:
    """One case of the argument: the lines to add, what that counts, and the impossible `0 >= gap` they add up to."""

    lines: tuple[Line, ...]
    tallies: tuple[Tally, ...]
    gap: int

    def sentences(self) -> list[str]:
        """Return the argument in words, a sentence an item."""
        said = [f"since {line.claim}" for line in self.lines if not line.times]
        said += [f"take {'' if x.times == 1 else f'{x.times} times: '}{x.claim}" for x in self.lines if x.times]
        said += [tally.sentence() for tally in self.tallies]
        return [*said, f"added together they say 0 >= {self.gap}, which is false"]


def _often(n: int) -> str:
    return {1: "once", 2: "twice"}.get(n, f"{n} times")


def certificate(hypotheses: Sequence[Formula], goal: Formula, *, timeout: float = TIMEOUT) -> tuple[Counting, ...] | None:
    """Return the counting argument for each case of the denied goal; None where there is no linear one.

    Errors: OutOfTimeError where it was not found in `timeout` seconds.
    """
    branches = _branches([*hypotheses, ~goal])
    if branches is None:
        return None
    with patience.within(timeout):
        found = [_argument(branch, timeout) for branch in branches]
    complete = tuple(c for c in found if c is not None)
    return complete if len(complete) == len(found) else None


@dataclass(frozen=True, slots=True)
class Argued:
    """What was derived for a lemma, and the counting argument; `late` where that was sought and not found in time."""

    sentence: str
    derivation: Derivation
    argument: tuple[Counting, ...] | None = None
    late: bool = False


def argue(lemmas: Sequence[Lemma], *, certified: bool, timeout: float = TIMEOUT) -> list[Argued]:
    """Derive the condition of each lemma, with its counting argument if `certified`, in `timeout` seconds altogether."""
    with patience.within(timeout):
        return [_argued(lemma, certified, patience.left() / (len(lemmas) - i)) for i, lemma in enumerate(lemmas)]


def _argued(lemma: Lemma, certified: bool, timeout: float) -> Argued:
    with patience.within(timeout):
        derived = derive_lemma(lemma, timeout=timeout)
        try:
            argument = for_condition(lemma, derived, timeout=timeout) if certified else None
        except patience.OutOfTimeError:
            return Argued(lemma.sentence, derived, late=True)
        return Argued(lemma.sentence, derived, argument)


def for_condition(lemma: Lemma, derived: Derivation, *, timeout: float = TIMEOUT) -> tuple[Counting, ...] | None:
    """Return the counting argument for a lemma under the condition that was derived for it. Errors: OutOfTimeError."""
    condition = derived.condition if derived.verdict is Verdict.PROVED else None
    formula = formula_of(condition) if condition is not None else None
    if formula is None:
        return None
    # The lemma's own condition is not among the hypotheses: what was derived stands in for it.
    return certificate([*lemma.hypotheses, formula], lemma.goal, timeout=timeout)


def _branches(claims: Sequence[Formula]) -> list[list[Formula]] | None:
    """Return the ways to meet all the claims, each a list of plain comparisons; None where there are too many."""
    branches: list[list[Formula]] = [[]]
    for claim in claims:
        ways = _ways(claim, denied=False)
        branches = [[*b, *w] for b in branches for w in ways]
        if len(branches) > MOST_CASES:
            return None
    return branches


def _ways(formula: Formula, *, denied: bool) -> list[list[Formula]]:
    match formula:
        case Denied(inner):
            return _ways(inner, denied=not denied)
        case Joined(operator, parts):
            below = [_ways(p, denied=denied) for p in parts]
            if (operator == "or") != denied:
                return [w for ways in below for w in ways]
            product: list[list[Formula]] = [[]]
            for ways in below:
                product = [[*left, *right] for left in product for right in ways]
            return product
        case _:
            return [[Denied(formula) if denied else formula]]


def _argument(claims: list[Formula], timeout: float) -> Counting | None:
    within = regions.diagram(claims)
    lowered = regions.lowered_apart(claims, within)
    rows = [c for c in lowered.claims if isinstance(c, Row)]
    # "No vote where there is no node" is a choice, not a row; an argument that needs it is not linear.
    axioms = [a for a in lowered.axioms if isinstance(a, Row)]
    times = _multipliers([*rows, *axioms], len(rows), timeout)
    if times is None:
        return None
    total = _added([*rows, *axioms], times)
    if total.parts or total.constant >= 0:
        raise Defect(f"the multipliers that were found do not add up: {total}")
    tallies = _tallies(rows, times, within, lowered)
    return Counting(_lines(claims, rows, times), tallies, -total.constant)


def _multipliers(rows: Sequence[Row], first: int, timeout: float) -> list[int] | None:
    """Return whole numbers, not negative, that add the rows up to something false; those of the claims least."""
    names = sorted({n for row in rows for n in row.names()})
    columns: dict[str, list[tuple[str, int]]] = {n: [] for n in names}
    for i, row in enumerate(rows):
        for name, c in row.parts:
            columns[name].append((f"m{i}", c))
    balanced = [r for parts in columns.values() for r in _zero(parts)]
    false = Row(tuple((f"m{i}", -row.constant) for i, row in enumerate(rows) if row.constant), -1)
    positive = [Row(((f"m{i}", 1),), 0) for i in range(len(rows))]
    effort = Row((("effort", 1), *((f"m{i}", -1) for i in range(first))), 0)
    answer = solver.smallest(All((*balanced, false, *positive, effort)), ["effort"], timeout)
    if answer.satisfiable is solver.Satisfiable.UNKNOWN:
        raise patience.OutOfTimeError("the counting argument was not found in time")
    if answer.satisfiable is solver.Satisfiable.NO:
        return None
    return [answer.values[f"m{i}"] for i in range(len(rows))]


def _zero(parts: list[tuple[str, int]]) -> tuple[Row, Row]:
    return Row(tuple(parts), 0), Row(tuple((n, -c) for n, c in parts), 0)


def _added(rows: Sequence[Row], times: Sequence[int]) -> Row:
    total: Counter[str] = Counter()
    for row, m in zip(rows, times, strict=True):
        for name, c in row.parts:
            total[name] += c * m
    constant = sum(row.constant * m for row, m in zip(rows, times, strict=True))
    return Row(tuple((n, c) for n, c in total.items() if c), constant)


def _lines(claims: Sequence[Formula], rows: Sequence[Row], times: Sequence[int]) -> tuple[Line, ...]:
    paired = zip(claims, rows, times[: len(rows)], strict=True)
    return tuple(Line(m, formula_text(c)) for c, row, m in paired if m or (not row.parts and row.constant >= 0))


def _tallies(rows: Sequence[Row], times: Sequence[int], within: Diagram, lowered: Lowered) -> tuple[Tally, ...]:
    sums = dict(_added(rows, times[: len(rows)]).parts)
    found: list[Tally] = []
    for group in within.groups:
        for unit in (NODES, *within.units) if group == within.weighted else (NODES,):
            live = {r: x for r, x in within.unknowns(group, unit).items() if x not in lowered.empty}
            counts = [(_where(r, group), sums.get(x, 0)) for r, x in live.items()]
            if any(n for _, n in counts):
                found.append(Tally(unit, tuple(sorted(counts, key=lambda c: -c[1])), max(n for _, n in counts)))
    return tuple(found)


def _where(region: frozenset[str], group: Sequence[str]) -> str:
    inside = [name for name in group if name in region]
    if not inside:
        return "in none of them"
    return f"in {' and '.join(inside)}{' only' if len(inside) < len(group) else ''}"
