"""A real cluster and its quorum rules: from numbers, votes, zones or expressions. Read next: `cluster_file.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError
from quorate.properties.quorum.clusters.expressions import Expression, choose, numbered, weighted, zones
from quorate.properties.quorum.clusters.notation import quorum_expression

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_NODES = 10_000


@dataclass(frozen=True, slots=True)
class Speed:
    """How many reads, and how many writes, a node can take in a unit of time."""

    reads: Fraction = Fraction(1)
    writes: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Rules:
    """A cluster's read and write quorums, and what its nodes may do.

    `byzantine` nodes may lie, `hints` answers to a write may come from outside, `witnesses` vote and hold no data.
    `workload` has shares of reads with their weights, and stands in for `read_fraction` where it is there.
    `round_trips` are between zones, both ways; `clients` has the weight of each zone that asks.
    `counts` is (N, R, W) where the quorums are plain counts of alike nodes: only then is staleness a formula.
    """

    reads: Expression
    writes: Expression
    byzantine: int = 0
    hints: int = 0
    witnesses: frozenset[str] = frozenset()
    zone_of: Mapping[str, str] = field(default_factory=dict[str, str])
    speeds: Mapping[str, Speed] = field(default_factory=dict[str, Speed])
    read_fraction: Fraction = Fraction(1, 2)
    workload: Mapping[Fraction, Fraction] = field(default_factory=dict["Fraction", "Fraction"])
    latencies: Mapping[str, Fraction] = field(default_factory=dict[str, "Fraction"])
    round_trips: Mapping[tuple[str, str], Fraction] = field(default_factory=dict[tuple[str, str], "Fraction"])
    clients: Mapping[str, Fraction] = field(default_factory=dict[str, "Fraction"])
    counts: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        """Errors: UsageError for what no cluster can have."""
        count = len(self.nodes)
        if count > MOST_NODES:
            raise UsageError(f"a cluster of {count} nodes cannot be checked: name at most {MOST_NODES}")
        if self.byzantine > count:
            raise UsageError(f"{self.byzantine} nodes may lie, and there are {count}: give `byzantine` from 0 to {count}")
        if self.hints > count:
            raise UsageError(f"{self.hints} answers are hints, and there are {count} nodes: give `hints` from 0 to {count}")
        if self.witnesses >= frozenset(self.nodes):
            raise UsageError(f"all {count} nodes are witnesses: some of them must hold data")

    @property
    def shares(self) -> Mapping[Fraction, Fraction]:
        """The shares of reads with their weights: those of the workload, or the one read fraction."""
        return self.workload or {self.read_fraction: Fraction(1)}

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.reads.nodes, *self.writes.nodes)))


def mean_share(shares: Mapping[Fraction, Fraction]) -> Fraction:
    """Return the share of reads among all operations of a workload."""
    return sum((share_ * weight for share_, weight in shares.items()), Fraction(0)) / sum(shares.values())


def from_counts(n: int, r: int | None, w: int | None) -> Rules:
    """Return the rules of N alike nodes; a count left out is a majority."""
    if not 1 <= n <= MOST_NODES:
        raise UsageError(f"a cluster of {n} nodes cannot be checked: give `-n` from 1 to {MOST_NODES}")
    reads, writes = (n // 2 + 1 if q is None else q for q in (r, w))
    for option, q in (("-r", reads), ("-w", writes)):
        if not 1 <= q <= n:
            raise UsageError(f"`{option} {q}` is not a quorum of {n} nodes: give a number from 1 to {n}")
    nodes = numbered(n)
    return Rules(choose(reads, nodes), choose(writes, nodes), counts=(n, reads, writes))


def from_votes(votes: Mapping[str, int], r: int | None, w: int | None, names: tuple[str, str] = ("-r", "-w")) -> Rules:
    """Return the rules of weighted votes; a threshold left out is more than half of them."""
    for node, v in votes.items():
        if v <= 0:
            raise UsageError(f"`{node}` cannot have {v} votes: leave it out, or give it at least 1")
    all_votes = sum(votes.values())
    half = all_votes // 2 + 1
    for option, q in zip(names, (r, w), strict=True):
        if q is not None and not 1 <= q <= all_votes:
            raise UsageError(f"`{option} {q}` is not a quorum of {all_votes} votes: give a number from 1 to {all_votes}")
    return Rules(weighted(r or half, votes), weighted(w or half, votes))


def from_zones(sizes: Mapping[str, int], r: int | None, w: int | None) -> Rules:
    """Return the rules of majorities inside zones, of `r` and `w` zones; a count left out is a majority of zones."""
    for zone, count in sizes.items():
        if count <= 0:
            raise UsageError(f"zone `{zone}` cannot have {count} nodes: leave it out, or give it at least 1")
    if sum(sizes.values()) > MOST_NODES:
        raise UsageError(f"a cluster of {sum(sizes.values())} nodes cannot be checked: give at most {MOST_NODES}")
    half = len(sizes) // 2 + 1
    for option, q in (("-r", r), ("-w", w)):
        if q is not None and not 1 <= q <= len(sizes):
            raise UsageError(f"`{option} {q}` is not a quorum of {len(sizes)} zones: give a number from 1 to {len(sizes)}")
    zone_of = {str(node): zone for zone, count in sizes.items() for node in numbered(count, f"{zone}.")}
    return Rules(zones(sizes, r or half), zones(sizes, w or half), zone_of=zone_of)


def from_expressions(reads: str | None, writes: str | None, nodes: Sequence[str] | None = None, where: str = "--") -> Rules:
    """Return the rules of typed expressions; one left out is the dual of the other, the best that meets it."""
    if reads is None and writes is None:
        raise UsageError("a cluster needs quorums: give `--reads`, `--writes`, or both")
    r = quorum_expression(reads, f"{where}reads", nodes) if reads is not None else None
    w = quorum_expression(writes, f"{where}writes", nodes) if writes is not None else None
    if r is None:
        assert w is not None
        return Rules(w.dual(), w)
    return Rules(r, w if w is not None else r.dual())


def share(text: str, name: str) -> Fraction:
    """Return a share from 0 to 1, typed as 0.25 or 1/4."""
    short = re.fullmatch(r"\d{0,30}(\.\d{0,400})?(e[-+]?\d{1,3})?|\d{1,30}/\d{1,30}", text.strip(), re.IGNORECASE | re.ASCII)
    try:  # a long exponent would fill the memory with digits
        value = Fraction(text) if short else Fraction(-1)
    except (ValueError, ZeroDivisionError):
        value = Fraction(-1)
    if not 0 <= value <= 1:
        raise UsageError(f"{name} must be a share from 0 to 1, such as 0.25 or 1/4, not `{text}`")
    return value
