"""How many nodes any two quorums share at least, exactly, and the two quorums that share no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.errors import Defect
from quorate.properties.quorum.arithmetic import patience, solver
from quorate.properties.quorum.arithmetic.linear import All, Linear, Row, replaced
from quorate.properties.quorum.clusters import gates, table
from quorate.properties.quorum.clusters.cover import smallest_count, smallest_quorums, tabulable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.properties.quorum.clusters.expressions import Expression, Quorum

TIMEOUT = 10.0
HARD = 3.0  # seconds for the exact number, once it is known whether there is one at all


MOST_READ = 200  # nodes of a quorum; of a larger one nobody reads them all


@dataclass(frozen=True, slots=True)
class Overlap:
    """The least number of shared nodes, with two quorums that share just these.

    Where Z3 gave up `size` is None, and `at_least` is what was proved before that.
    """

    size: int | None
    at_least: int
    left: Quorum = frozenset()
    right: Quorum = frozenset()
    reason: str = ""

    @property
    def shared(self) -> Quorum:
        return self.left & self.right


def least_overlap(
    left: Expression, right: Expression, *, counting: frozenset[str] | None = None, timeout: float = TIMEOUT
) -> Overlap:
    """Return the least overlap of a quorum of `left` with one of `right`.

    Only nodes in `counting` count, where it is given: those that hold data, or those that do not lie.
    """
    counted = counting if counting is not None else frozenset(left.nodes) | frozenset(right.nodes)
    with patience.within(timeout):
        try:
            return (
                _by_table(left, right, counted) if table.fits(left, right) else overlap_by_search(left, right, counted, timeout)
            )
        except patience.OutOfTimeError:
            return Overlap(None, 0, reason="timeout")


def _by_table(left: Expression, right: Expression, counted: frozenset[str]) -> Overlap:
    size, first, last = table.least_common(left, right, counted)
    first, last = _minimal(left, _in_order(left, first)[::-1]), _minimal(right, _in_order(right, last))
    return _counted_again(Overlap(size, size, first, last), left, right, counted)


def _in_order(expression: Expression, members: frozenset[str]) -> list[str]:
    return [name for name in expression.nodes if name in members]


def _counted_again(found: Overlap, left: Expression, right: Expression, counted: frozenset[str]) -> Overlap:
    """Return the overlap. Errors: Defect where its two quorums do not stand up to counting."""
    if not (left.accepts(found.left) and right.accepts(found.right) and len(found.shared & counted) == found.size):
        raise Defect(f"the quorums that were found do not stand up to counting: {found.left} and {found.right}")
    return found


def overlap_by_search(left: Expression, right: Expression, counted: frozenset[str], timeout: float) -> Overlap:
    """Return the least overlap as Z3 finds it, for expressions of any size."""
    among = gates.classes([left, right], mark=lambda name: name in counted)
    known = 1 if _always_meet(left, right, among, counted, timeout) else 0
    a, b = gates.quorum(left, "left", among), gates.quorum(right, "right", among)
    shared = [c for c in among if c[0] in counted]
    total: Linear = Row((*((f"both:{c[0]}", -1) for c in shared), ("overlap", 1)), 0)
    claim = All((a.claim, b.claim, total, *(r for c in shared for r in _met(c, a, b))))
    answer = solver.smallest(claim, ["overlap"], min(timeout, HARD))
    if answer.satisfiable is not solver.Satisfiable.YES:
        return Overlap(None, known, reason=answer.reason)
    # The first of each class on the left and the last on the right: they share no more than they must.
    first = _minimal(left, [n for c in among for n in c[: answer.values[a.unknown(c)]]][::-1])
    last = _minimal(right, [n for c in among for n in c[len(c) - answer.values[b.unknown(c)] :]])
    size = answer.values["overlap"]
    return _counted_again(Overlap(size, size, first, last), left, right, counted)


def _always_meet(
    left: Expression, right: Expression, among: list[gates.Class], counted: frozenset[str], timeout: float
) -> bool:
    """Say whether it was proved that quorums always share a counted node: easy where the exact number is hard."""
    a, b = gates.quorum(left, "left", among), gates.quorum(right, "right", among)
    # All that `left` leaves of the counted nodes goes to `right`, and of the others each may take all.
    rest = {b.unknown(c): Row(((a.unknown(c), -1),), len(c)) for c in among if c[0] in counted}
    every = {t.unknown(c): Row((), len(c)) for t in (a, b) for c in among if c[0] not in counted}
    answer = solver.solve(replaced(All((a.claim, b.claim)), rest | every), timeout)
    return answer.satisfiable is solver.Satisfiable.NO


def _minimal(expression: Expression, quorum: list[str]) -> Quorum:
    """Leave out what the quorum does not need, the first nodes first: they share no more for it, and are read more easily."""
    if len(quorum) > MOST_READ:
        return frozenset(quorum)
    kept = frozenset(quorum)
    for node in quorum:
        if expression.accepts(kept - {node}):
            kept -= {node}
    return kept


def _met(c: gates.Class, a: gates.Taken, b: gates.Taken) -> list[Linear]:
    both = f"both:{c[0]}"
    return [Row(((both, 1),), 0), Row(((both, 1), (a.unknown(c), -1), (b.unknown(c), -1)), len(c))]


@dataclass(frozen=True, slots=True)
class Blocking:
    """The smallest sets whose crash leaves no quorum: their size, how many there are (None: not counted), and some."""

    size: int
    count: int | None
    examples: tuple[Quorum, ...]

    @property
    def survives(self) -> int:
        """How many crashes, whichever they are, leave a quorum."""
        return self.size - 1


def smallest_blocking(expression: Expression, show: int = 3, timeout: float = TIMEOUT) -> Blocking | None:
    """Return the smallest sets that block every quorum: the smallest quorums of the dual. None where time ran out."""
    dual = expression.dual()
    with patience.within(timeout):
        try:
            if tabulable(dual):
                size, count = smallest_count(dual)
                return Blocking(size, count, tuple(_first(smallest_quorums(dual), show)))
            return Blocking(*table.smallest(dual, show)) if table.fits(dual) else blocking_by_search(dual, show, timeout)
        except patience.OutOfTimeError:
            return None


def _first(quorums: Iterator[Quorum], show: int) -> Iterator[Quorum]:
    for _, quorum in zip(range(show), quorums, strict=False):
        yield quorum


def blocking_by_search(dual: Expression, show: int, timeout: float) -> Blocking | None:
    """Find them with Z3 one after another, each excluded before the next is sought."""
    among: list[gates.Class] = [(n,) for n in dual.nodes]
    taken = gates.quorum(dual, "in", among)
    claim: Linear = All((taken.claim, Row((*((taken.unknown(c), -1) for c in among), ("size", 1)), 0)))
    found: list[Quorum] = []
    while len(found) <= show:
        answer = solver.smallest(claim, ["size"], timeout)
        if answer.satisfiable is solver.Satisfiable.UNKNOWN:
            return None
        members = frozenset(c[0] for c in among if answer.values.get(taken.unknown(c)))
        if answer.satisfiable is solver.Satisfiable.NO or (found and len(members) > len(found[0])):
            return Blocking(len(found[0]), len(found), tuple(found[:show]))
        found.append(members)
        claim = All((claim, Row(tuple((taken.unknown((n,)), -1) for n in sorted(members)), len(members) - 1)))
    return Blocking(len(found[0]), None, tuple(found[:show]))
