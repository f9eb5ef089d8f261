"""Federated Byzantine agreement systems: nodes, the quorum set of each, and the quorums that follow from them.

A quorum is a set of nodes that is not empty and satisfies the quorum set of each of its members (Mazieres, "The Stellar
Consensus Protocol", 2015). Unions of quorums are quorums, so every set of nodes holds a largest one, and it is found by
leaving out whoever is not satisfied until nobody is left out. Sets of nodes are whole numbers here, one bit a node.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class QuorumSet:
    """At least `threshold` of the validators and of the inner sets that are satisfied, counted together."""

    threshold: int
    validators: int
    inner: tuple[QuorumSet, ...] = ()

    def satisfied(self, by: int) -> bool:
        """Say whether these nodes satisfy it; a threshold of 0 or less always is."""
        found = (self.validators & by).bit_count()
        return found >= self.threshold or found + sum(q.satisfied(by) for q in self.inner) >= self.threshold

    def mentioned(self) -> int:
        """Return the nodes that it speaks of."""
        found = self.validators
        for inner in self.inner:
            found |= inner.mentioned()
        return found

    def without(self, deleted: int) -> QuorumSet:
        """Return what is left to be satisfied once the deleted nodes say whatever is wanted of them."""
        helped = (self.validators & deleted).bit_count()
        inner = tuple(q.without(deleted) for q in self.inner)
        return QuorumSet(self.threshold - helped, self.validators & ~deleted, inner)


NEVER = QuorumSet(1, 0)  # of a node of which nothing is known: it is in no quorum


@dataclass(frozen=True)
class Network:
    """The nodes by name, and the quorum set of each."""

    names: tuple[str, ...]
    sets: tuple[QuorumSet, ...]

    @property
    def everyone(self) -> int:
        return (1 << len(self.names)) - 1

    @cached_property
    def holders(self) -> tuple[tuple[QuorumSet, int], ...]:
        """The different quorum sets, each with the nodes that have it."""
        found: dict[QuorumSet, int] = defaultdict(int)
        for i, quorum_set in enumerate(self.sets):
            found[quorum_set] |= 1 << i
        return tuple(found.items())

    def largest_quorum(self, among: int) -> int:
        """Return the largest quorum of these nodes; 0 where there is none."""
        while True:
            kept = 0
            for quorum_set, who in self.holders:
                if who & among and quorum_set.satisfied(among):
                    kept |= who & among
            if kept == among:
                return among
            among = kept

    def smaller(self, quorum: int) -> int:
        """Return a minimal quorum inside a quorum, the first nodes left out first."""
        for member in bits(quorum):
            if quorum >> member & 1 and (rest := self.largest_quorum(quorum & ~(1 << member))):
                quorum = rest
        return quorum

    @cached_property
    def cores(self) -> tuple[int, ...]:
        """The strongly connected parts of the network that hold a quorum: each minimal quorum lies in one of them.

        Source: Lachowski, "Complexity of the Quorum Intersection Property of the Federated Byzantine Agreement System" (2019).
        """
        alive = self.largest_quorum(self.everyone)
        trust: nx.DiGraph[int] = nx.DiGraph()
        trust.add_nodes_from(bits(alive))
        trust.add_edges_from((i, j) for i in bits(alive) for j in bits(self.sets[i].mentioned() & alive))
        parts = (mask(part) for part in nx.strongly_connected_components(trust))
        return tuple(sorted(part for part in parts if self.largest_quorum(part)))

    def with_themselves(self) -> Network:
        """Return the same network in which whoever others trust is in its own quorum set, so that symmetry shows.

        A quorum with a node in it has that node, so "7 of the 9 others" is "8 of us 10".
        """
        trusted = mask(j for i, q in enumerate(self.sets) for j in bits(q.mentioned() & ~(1 << i)))
        return Network(
            self.names,
            tuple(
                QuorumSet(q.threshold + 1, q.validators | 1 << i, q.inner) if (trusted & ~q.mentioned()) >> i & 1 else q
                for i, q in enumerate(self.sets)
            ),
        )

    def without(self, deleted: int) -> Network:
        """Return the network of the others once these nodes have lied as suits whoever asks (Mazieres's deletion)."""
        place = {old: new for new, old in enumerate(bits(self.everyone & ~deleted))}
        kept = tuple(_renumbered(self.sets[i].without(deleted), place) for i in place)
        return Network(tuple(self.names[i] for i in place), kept)

    def called(self, nodes: int) -> tuple[str, ...]:
        """Return the names of these nodes, in the order of the file."""
        return tuple(self.names[i] for i in bits(nodes))


def _renumbered(quorum_set: QuorumSet, place: dict[int, int]) -> QuorumSet:
    validators = mask(place[i] for i in bits(quorum_set.validators))
    return QuorumSet(quorum_set.threshold, validators, tuple(_renumbered(q, place) for q in quorum_set.inner))


def bits(nodes: int) -> Iterator[int]:
    """Yield the numbers of these nodes."""
    while nodes:
        low = nodes & -nodes
        yield low.bit_length() - 1
        nodes ^= low


def mask(numbers: Iterable[int]) -> int:
    """Return the set of the nodes with these numbers."""
    found = 0
    for i in numbers:
        found |= 1 << i
    return found
