"""From sets to arithmetic: one integer for each region of a Venn diagram.

The k sets of a question divide the nodes into 2^k regions, and everything a quorum question says is a sum over them
(Kuncak, Nguyen & Rinard, "An Algorithm for Deciding BAPA", 2005). A second unit (votes, stake) is a second sum over the
same regions, with nothing in a region that has no node.

Sets that no claim mentions together need no common diagram: any two arrangements of the same N nodes can be laid over
each other, so one diagram for each group of connected sets is exact, and 20 sets asked about in pairs cost 4 regions a
pair. Votes break this (laying two arrangements over each other would have to divide the votes twice), so the sets that
carry one unit always share a diagram.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.linear import (
    All,
    Linear,
    Row,
    Some,
    both,
    conjuncts,
    integral,
    substitute_zero,
)
from quorate.properties.quorum.arithmetic.sets import (
    NODES,
    Cluster,
    Denied,
    Floor,
    Formula,
    Joined,
    Measure,
    NotNegative,
    Number,
    Unknown,
    unknowns,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_SETS = 13  # 8,192 regions; Z3 takes about a second
TOTAL = "total"  # the unknown that stands for all nodes (of a unit: all its votes)
Region = frozenset[str]


@dataclass(frozen=True, slots=True)
class Diagram:
    """The regions of each group of connected sets, and the names of their unknowns."""

    groups: tuple[tuple[str, ...], ...]
    units: tuple[str, ...]
    weighted: tuple[str, ...]  # the group that carries the units other than nodes

    def group_of(self, names: frozenset[str], unit: str) -> tuple[str, ...]:
        if unit != NODES:
            return self.weighted
        return next(g for g in self.groups if names <= frozenset(g))

    def unknowns(self, names: Iterable[str], unit: str) -> dict[Region, str]:
        """Return the unknown of each region of a group in that unit."""
        group = tuple(names)
        return {region: _unknown(region, group, unit) for region in _subsets(group)}


def _unknown(region: Region, group: Sequence[str], unit: str) -> str:
    inside = ",".join(name if name in region else f"!{name}" for name in group)
    return f"{unit}[{inside}]"


def total(unit: str) -> str:
    """Return the unknown that stands for all nodes, or all votes."""
    return f"{unit}[{TOTAL}]"


def unit_of(name: str) -> str | None:
    """Return the unit whose total this unknown is, or None."""
    return name.removesuffix(f"[{TOTAL}]") if name.endswith(f"[{TOTAL}]") else None


def _subsets(group: Sequence[str]) -> list[Region]:
    return [frozenset(c) for k in range(len(group) + 1) for c in combinations(group, k)]


def diagram(claims: Sequence[Formula]) -> Diagram:
    """Return the least diagram in which all the claims can be said; UsageError where it would be too large."""
    measures = [u for claim in claims for u in unknowns(claim) if isinstance(u, Measure)]
    links = [m.of.names() for m in measures if m.unit == NODES and m.of.names()]
    weighted = frozenset[str]().union(*(m.of.names() for m in measures if m.unit != NODES))
    groups = _connected([*links, *([weighted] if weighted else [])])
    for group in groups:
        if len(group) > MOST_SETS:
            raise UsageError(
                f"this question ties {len(group)} sets together, which is 2^{len(group)} regions: "
                f"ask about at most {MOST_SETS} sets at once, for example in pairs"
            )
    units = tuple(sorted({m.unit for m in measures if m.unit != NODES}))
    carrier = next((g for g in groups if weighted <= frozenset(g)), ()) if units else ()
    if units and not carrier:
        groups, carrier = (*groups, ()), ()
    return Diagram(groups or ((),), units, carrier)


def _connected(links: Iterable[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    groups: list[frozenset[str]] = []
    for link in links:
        touched = [g for g in groups if g & link]
        groups = [g for g in groups if not g & link] + [link.union(*touched)]
    return tuple(sorted(tuple(sorted(g)) for g in groups))


@dataclass(frozen=True, slots=True)
class Lowered:
    """The claims in arithmetic, one for one; what every diagram satisfies; and the regions a claim emptied."""

    claims: tuple[Linear, ...]
    axioms: tuple[Linear, ...]
    empty: frozenset[str]


def lower(claims: Sequence[Formula], within: Diagram) -> Linear:
    """Return the claims and the axioms of the diagram as one formula."""
    lowered = lowered_apart(claims, within)
    return both([*lowered.claims, *lowered.axioms])


def lowered_apart(claims: Sequence[Formula], within: Diagram) -> Lowered:
    """Return the claims in arithmetic; regions that must be empty are left out: a person can follow what remains."""
    said = tuple(_formula(c, within, denied=False) for c in claims)
    rounded = {u for c in claims for u in unknowns(c) if isinstance(u, Floor)}
    floors = [_floor_rows(u, within) for u in sorted(rounded, key=str)]
    zero = _empty_regions(both([*said, *floors]), within)
    return Lowered(
        tuple(substitute_zero(c, zero) for c in said),
        (*(substitute_zero(f, zero) for f in floors), *_axioms(within, zero)),
        zero,
    )


def _formula(formula: Formula, within: Diagram, *, denied: bool) -> Linear:
    patience.keep()
    match formula:
        case NotNegative(term):
            row = integral([(n, c * k) for u, c in term.parts for n, k in _sum(u, within)], term.constant)
            return row.negated() if denied else row
        case Denied(inner):
            return _formula(inner, within, denied=not denied)
        case Joined(operator, parts):
            below = tuple(_formula(p, within, denied=denied) for p in parts)
            return All(below) if (operator == "and") != denied else Some(below)
        case _:
            raise TypeError(f"not a formula: {formula!r}")


def _sum(unknown: Unknown, within: Diagram) -> list[tuple[str, int]]:
    match unknown:
        case Number(name):
            return [(name, 1)]
        case Floor():
            return [(str(unknown), 1)]
        case Measure(of, unit):
            names = of.names()
            if not names:
                return [(total(unit), 1)] if of.contains(frozenset()) else []
            group = within.group_of(names, unit)
            return [(x, 1) for region, x in within.unknowns(group, unit).items() if of.contains(region)]


def _floor_rows(floor: Floor, within: Diagram) -> Linear:
    """Say `d <= term / k < d + 1` of the unknown d that stands for `term // k`, in whole numbers."""
    scale = lcm(floor.term.constant.denominator, *(c.denominator for _, c in floor.term.parts))
    term, divisor = floor.term * scale, Fraction(floor.divisor * scale)
    parts = [(n, c * k) for u, c in term.parts for n, k in _sum(u, within)]
    name = str(floor)
    below = integral([*parts, (name, -divisor)], term.constant)
    above = integral([*((n, -c) for n, c in parts), (name, divisor)], divisor - 1 - term.constant)
    return All((below, above))


def _empty_regions(said: Linear, within: Diagram) -> frozenset[str]:
    regions = frozenset(x for g in within.groups for u in (NODES, *within.units) for x in within.unknowns(g, u).values())
    zero: frozenset[str] = frozenset()
    while True:
        patience.keep()
        rest = substitute_zero(said, zero)
        more = frozenset(x for c in conjuncts(rest) for x in _emptied(c, regions))
        if not more:
            return zero
        zero |= more | _weightless(more, within)


def _emptied(claim: Linear, regions: frozenset[str]) -> frozenset[str]:
    if isinstance(claim, Row) and claim.constant == 0 and all(c < 0 and n in regions for n, c in claim.parts):
        return claim.names()
    return frozenset()


def _weightless(empty: frozenset[str], within: Diagram) -> frozenset[str]:
    counts = within.unknowns(within.weighted, NODES)
    gone = [region for region, x in counts.items() if x in empty]
    return frozenset(within.unknowns(within.weighted, unit)[region] for unit in within.units for region in gone)


def _axioms(within: Diagram, zero: frozenset[str]) -> list[Linear]:
    """Counts are not negative and add up to the total; where there is no node there is no vote."""
    rows: list[Linear] = [Row(((total(NODES), 1),), 0)]
    for group in within.groups:
        rows += _adds_up([x for x in within.unknowns(group, NODES).values() if x not in zero], total(NODES))
    counts = within.unknowns(within.weighted, NODES)
    for unit in within.units:
        carried = {r: x for r, x in within.unknowns(within.weighted, unit).items() if x not in zero}
        rows += _adds_up(list(carried.values()), total(unit))
        rows += [Some((Row(((x, -1),), 0), Row(((counts[r], 1),), -1))) for r, x in carried.items()]
    return rows


def _adds_up(parts: list[str], whole: str) -> list[Linear]:
    positive: list[Linear] = [Row(((x, 1),), 0) for x in parts]
    return [
        *positive,
        Row((*((x, 1) for x in parts), (whole, -1)), 0),
        Row((*((x, -1) for x in parts), (whole, 1)), 0),
    ]


def cluster(values: Mapping[str, int], within: Diagram) -> Cluster:
    """Return a cluster with named nodes that has the counts of a solution."""
    nodes = tuple(f"n{i + 1}" for i in range(values.get(total(NODES), 0)))
    sets: dict[str, set[str]] = {name: set() for group in within.groups for name in group}
    weights: dict[str, dict[str, int]] = {unit: dict.fromkeys(nodes, 0) for unit in within.units}
    for group in within.groups:
        free = iter(nodes)
        for region in sorted(_subsets(group), key=lambda r: (-len(r), sorted(r))):
            count = values.get(_unknown(region, group, NODES), 0)
            members = [next(free) for _ in range(count)]
            for name in region:
                sets[name].update(members)
            if group == within.weighted:
                for unit in within.units:
                    weights[unit] |= _shared_out(values.get(_unknown(region, group, unit), 0), members)
    frozen = {name: frozenset(members) for name, members in sets.items()}
    regions = {x for g in within.groups for u in (NODES, *within.units) for x in within.unknowns(g, u).values()}
    numbers = {n: v for n, v in values.items() if n not in regions and not n.endswith(f"[{TOTAL}]")}
    return Cluster(nodes, frozen, numbers, weights)


def _shared_out(votes: int, members: Sequence[str]) -> dict[str, int]:
    """Divide the votes of a region among its nodes as evenly as whole votes go."""
    if not members:
        return {}
    each, extra = divmod(votes, len(members))
    return {node: each + (i < extra) for i, node in enumerate(members)}
