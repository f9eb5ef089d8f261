"""Quorum expressions over named nodes: `a*b + c*d`, `choose(2, [a, b, c])`, votes, grids, trees and zones.

Every expression is a tree of thresholds: `+` needs one of its parts, `*` all of them, a majority more than half. The
dual of an expression accepts exactly the sets that meet every one of its quorums; turn each threshold over (of `total`
votes, `total - needed + 1`) and the tree is its own dual's. After Whittaker et al., "Read-Write Quorum Systems Made
Practical" (PaPoC 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError
from quorate.properties.quorum.arithmetic import patience

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Quorum = frozenset[str]


class Expression:
    """Which sets of nodes are quorums; a superset of a quorum is a quorum."""

    def leaves(self) -> Iterator[str]:
        """Yield the node of each leaf, repeated nodes as often as they stand there."""
        raise NotImplementedError

    def accepts(self, alive: frozenset[str]) -> bool:
        """Say whether these nodes hold a quorum."""
        raise NotImplementedError

    def dual(self) -> Expression:
        """Return the expression of the sets that meet every quorum of this one."""
        raise NotImplementedError

    def quorums(self) -> Iterator[Quorum]:
        """Yield quorums, every minimal one among them; exponentially many. Errors: OutOfTimeError."""
        raise NotImplementedError

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The nodes in the order they first stand in."""
        return tuple(dict.fromkeys(self.leaves()))

    @cached_property
    def reads_once(self) -> bool:
        """Whether no node stands in two places: then cheapest quorums come level by level."""
        return sum(1 for _ in self.leaves()) == len(self.nodes)

    def __add__(self, other: Expression) -> Expression:
        return Threshold.of(1, [*_same(self, "+"), *_same(other, "+")], sign="+")

    def __mul__(self, other: Expression) -> Expression:
        parts = [*_same(self, "*"), *_same(other, "*")]
        return Threshold.of(len(parts), parts, sign="*")


@dataclass(frozen=True)
class Node(Expression):
    name: str

    def leaves(self) -> Iterator[str]:
        yield self.name

    def accepts(self, alive: frozenset[str]) -> bool:
        return self.name in alive

    def dual(self) -> Expression:
        return self

    def quorums(self) -> Iterator[Quorum]:
        yield frozenset({self.name})

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Threshold(Expression):
    """At least `needed` of the votes of its parts; `sign` remembers how it was written."""

    needed: int
    parts: tuple[Expression, ...]
    votes: tuple[int, ...]
    sign: str = ""

    @classmethod
    def of(cls, needed: int, parts: Sequence[Expression], votes: Sequence[int] | None = None, sign: str = "") -> Threshold:
        """Return the threshold; UsageError where nothing, or everything, would be a quorum."""
        votes = tuple(votes) if votes is not None else (1,) * len(parts)
        if not parts:
            raise UsageError("a quorum needs at least one member: name the nodes it is taken from")
        if min(votes) <= 0:
            raise UsageError(f"a node cannot have {min(votes)} votes: leave it out, or give it at least 1")
        if not 1 <= needed <= sum(votes):
            unit = "votes" if set(votes) != {1} else "members"
            remedy = f"choose a number from 1 to {sum(votes)}"
            raise UsageError(f"a quorum of {needed} cannot be taken from {sum(votes)} {unit}: {remedy}")
        return cls(needed, tuple(parts), votes, sign)

    @property
    def total(self) -> int:
        return sum(self.votes)

    def leaves(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.leaves()

    def accepts(self, alive: frozenset[str]) -> bool:
        return sum(v for p, v in zip(self.parts, self.votes, strict=True) if p.accepts(alive)) >= self.needed

    def dual(self) -> Expression:
        turned = {"+": "*", "*": "+"}.get(self.sign, "")
        return Threshold(self.total - self.needed + 1, tuple(p.dual() for p in self.parts), self.votes, turned)

    def quorums(self) -> Iterator[Quorum]:
        for chosen in self._sufficient():
            yield from _unions([self.parts[i] for i in chosen])

    def _sufficient(self) -> Iterator[tuple[int, ...]]:
        """Yield the minimal choices of parts with enough votes."""
        dearest = sorted(self.votes, reverse=True)
        fewest = next(k for k in range(1, len(dearest) + 1) if sum(dearest[:k]) >= self.needed)
        most = next(k for k in range(1, len(dearest) + 1) if sum(dearest[-k:]) >= self.needed)
        for k in range(fewest, most + 1):
            for chosen in combinations(range(len(self.parts)), k):
                patience.keep()
                got = sum(self.votes[i] for i in chosen)
                if got >= self.needed and got - min(self.votes[i] for i in chosen) < self.needed:
                    yield chosen

    def __str__(self) -> str:
        if self.sign in ("+", "*"):
            return f" {self.sign} ".join(
                f"({p})" if isinstance(p, Threshold) and p.sign in ("+", "*") else str(p) for p in self.parts
            )
        if set(self.votes) == {1}:
            return f"choose({self.needed}, {', '.join(map(str, self.parts))})"
        cast = ", ".join(f"{p}={v}" for p, v in zip(self.parts, self.votes, strict=True))
        return f"weighted({self.needed}, {cast})"


def _unions(parts: Sequence[Expression]) -> Iterator[Quorum]:
    """Yield a quorum of each part, joined, in every way; lazily, for there may be very many."""
    if not parts:
        yield frozenset()
        return
    for first in parts[0].quorums():
        for rest in _unions(parts[1:]):
            yield first | rest


def _same(expression: Expression, sign: str) -> tuple[Expression, ...]:
    joined = isinstance(expression, Threshold) and expression.sign == sign
    return expression.parts if joined and isinstance(expression, Threshold) else (expression,)


def choose(needed: int, parts: Sequence[Expression]) -> Threshold:
    """Return the quorums of at least `needed` of the parts."""
    return Threshold.of(needed, parts)


def majority(parts: Sequence[Expression]) -> Threshold:
    """Return the quorums of more than half of the parts."""
    return Threshold.of(len(parts) // 2 + 1, parts)


def weighted(needed: int, votes: Mapping[str, int]) -> Threshold:
    """Return the quorums that carry at least `needed` votes (Gifford, "Weighted Voting for Replicated Data", 1979)."""
    return Threshold.of(needed, [Node(n) for n in votes], tuple(votes.values()))


def numbered(count: int, prefix: str = "n") -> list[Expression]:
    """Return the nodes n1 to n`count`."""
    return [Node(f"{prefix}{i + 1}") for i in range(count)]


def grid(rows: int, columns: int) -> Threshold:
    """Return the quorums that are a whole row of a grid; their dual takes one node of every row."""
    lines = [Threshold.of(columns, numbered(columns, f"r{i + 1}c"), sign="*") for i in range(rows)]
    return Threshold.of(1, lines, sign="+")


def tree(depth: int, children: int, name: str = "t") -> Expression:
    """Return majorities of majorities, `depth` levels deep (Kumar, "Hierarchical Quorum Consensus", 1991)."""
    if depth == 0:
        return Node(name)
    return majority([tree(depth - 1, children, f"{name}{i + 1}") for i in range(children)])


def zones(members: Mapping[str, int], needed: int) -> Threshold:
    """Return the quorums that are a majority of the nodes in each of at least `needed` zones."""
    return Threshold.of(needed, [majority(numbered(count, f"{zone}.")) for zone, count in members.items()])
