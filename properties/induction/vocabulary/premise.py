"""The facts a proof by induction rests on, each proved by other means before it is used.

A protocol's argument needs that two quorums share a server, or that a lease ends before its promise does. Such a premise
becomes an axiom of the induction only once its theorem has been proved: for quorums by counting over Venn regions
(`quorate.properties.quorum`), for clocks by real arithmetic. Where the theorem is refuted, the axiom is left out, and the
induction fails where it needed it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.cluster import Cluster
from quorate.properties.induction.vocabulary.formula import Formula, Relation, Sort, exists, forall
from quorate.properties.quorum.arithmetic import sets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Discharged:
    """What came of a premise's theorem: `proved`, `violated`, `vacuous` or `unknown`, with what shows it."""

    verdict: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Premise:
    """A fact in words, the axiom it gives the induction, and its theorem; without one it is a hypothesis of the claim.

    `theorem` takes a time limit in seconds.
    """

    name: str
    sentence: str
    axiom: Formula
    theorem: Callable[[float], Discharged] | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of quorum: its sort, who is a member of one, and the rule that makes a set of servers one."""

    sort: Sort
    member: Relation
    rule: Callable[[sets.NodeSet], sets.Formula]

    @property
    def server(self) -> Sort:
        """The sort of the servers."""
        return self.member.sorts[0]


def overlap(first: Family, second: Family, rules: str, hypotheses: Sequence[sets.Formula] = ()) -> Premise:
    """Return the premise that every quorum of one family shares a server with every quorum of the other.

    `hypotheses` are about the numbers in the rules; `rules` says all of it in words.
    """
    a, b = sets.NodeSet.named("a"), sets.NodeSet.named("b")
    # A sort of servers has a member: the empty cluster would be the smallest split of every rule that is not strict.
    given = [sets.size(sets.EVERYONE) >= 1, *hypotheses, first.rule(a), second.rule(b)]
    kinds = f"two {first.sort.name}s" if first == second else f"{_a(first.sort)} and {_a(second.sort)}"
    return Premise(
        name=f"{kinds} overlap",
        sentence=f"{kinds} share {_a(first.server)}: {rules}",
        axiom=meet(first, second),
        theorem=counted(given, sets.size(a & b) >= 1),
    )


def _a(sort: Sort) -> str:
    return f"an {sort.name}" if sort.name[0] in "aeiou" else f"a {sort.name}"


def meet(first: Family, second: Family) -> Formula:
    """Return the axiom that any two quorums of these families share a member."""
    (n,) = first.server.variables("n")
    (a,), (b,) = first.sort.variables("a"), second.sort.variables("b")
    shared = exists(n, holds=first.member(n, a) & second.member(n, b))
    return forall(a, b, holds=shared)


def counted(hypotheses: Sequence[sets.Formula], goal: sets.Formula) -> Callable[[float], Discharged]:
    """Return the theorem that the goal holds of every cluster with these hypotheses, whatever its size, by counting."""

    def theorem(timeout: float) -> Discharged:
        # Here, so that a list of the proofs can be shown without loading Z3.
        from quorate.properties.quorum.theorems import proof  # noqa: PLC0415

        found = proof.prove(hypotheses, goal, timeout=timeout)
        return Discharged(found.verdict.value, _split(found.split) if found.split else found.reason)

    return theorem


def _split(split: sets.Cluster) -> str:
    named = ", ".join(f"{name} = {{{', '.join(sorted(members))}}}" for name, members in sorted(split.sets.items()))
    return f"of {len(split.nodes)} servers: {named}"


def quorums(servers: int, rule: Callable[[sets.NodeSet], sets.Formula], numbers: Mapping[str, int]) -> list[frozenset[int]]:
    """Return the smallest sets of the servers 0, 1, ... that the rule makes quorums, fewest members first."""
    found: list[frozenset[int]] = []
    for count in range(servers + 1):
        for chosen in map(frozenset, itertools.combinations(range(servers), count)):
            if not any(q <= chosen for q in found) and _is_quorum(servers, chosen, rule, numbers):
                found.append(chosen)
    return found


def _is_quorum(
    servers: int,
    chosen: frozenset[int],
    rule: Callable[[sets.NodeSet], sets.Formula],
    numbers: Mapping[str, int],
) -> bool:
    nodes = tuple(map(str, range(servers)))
    cluster = sets.Cluster(nodes, {"q": frozenset(map(str, chosen))}, numbers)
    return cluster.satisfies(rule(sets.NodeSet.named("q")))


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers in the rules, such as W and R, and what is required of them."""

    names: tuple[str, ...] = ()
    hypotheses: tuple[sets.Formula, ...] = field(default=())

    def choices(self, servers: int) -> Iterator[dict[str, int]]:
        """Yield the numbers from 1 to the cluster's size that satisfy the hypotheses, least first."""
        for values in itertools.product(range(1, servers + 1), repeat=len(self.names)):
            chosen = dict(zip(self.names, values, strict=True))
            nodes = tuple(map(str, range(servers)))
            if sets.Cluster(nodes, {}, chosen).satisfies(sets.every(self.hypotheses)):
                yield chosen


def clusters(
    families: Sequence[Family],
    others: Mapping[Sort, int],
    servers: Iterable[int] = (1, 2, 3),
    numbers: Numbers = Numbers(),
) -> tuple[Cluster, ...]:
    """Return finite clusters of these many servers, with all smallest quorums of each family, and `others` members."""
    return tuple(_cluster(families, others, count, chosen) for count in servers for chosen in numbers.choices(count))


def _cluster(families: Sequence[Family], others: Mapping[Sort, int], servers: int, numbers: Mapping[str, int]) -> Cluster:
    server = families[0].server
    found = {f: quorums(servers, f.rule, numbers) for f in families}
    return Cluster(
        sizes={server: servers, **{f.sort: len(q) for f, q in found.items()}, **others},
        facts={f.member: frozenset((n, i) for i, q in enumerate(qs) for n in q) for f, qs in found.items()},
        names={f.sort: tuple(named(server, q) for q in qs) for f, qs in found.items()},
    )


def named(server: Sort, members: Iterable[int]) -> str:
    """Return a set of servers as traces show it."""
    return "{" + ", ".join(f"{server.letter}{n + 1}" for n in sorted(members)) + "}"
