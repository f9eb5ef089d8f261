"""What fails together, and what can change places: the units that sets are made of, and the classes of like units.

A unit is a node, or a group of nodes such as an organisation. Nodes that have the same quorum set and stand in the same
places of everybody's are alike: exchanging them changes nothing, so of a class only how many are taken matters. A set of units
is then a vector, a number for each class, and stands for all the sets that take as many.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb, prod
from typing import TYPE_CHECKING

from quorate.properties.quorum.federated.trust import QuorumSet, bits

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from quorate.properties.quorum.federated.trust import Network

Vector = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Units:
    """Classes of like units; each unit is the nodes that it has."""

    classes: tuple[tuple[int, ...], ...]

    @property
    def sizes(self) -> Vector:
        return tuple(map(len, self.classes))

    def nodes(self, vector: Vector) -> int:
        """Return the nodes of the first so many units of each class."""
        found = 0
        for units, taken in zip(self.classes, vector, strict=True):
            for unit in units[:taken]:
                found |= unit
        return found

    def count(self, vector: Vector) -> int:
        """Return how many sets the vector stands for."""
        return prod(comb(size, taken) for size, taken in zip(self.sizes, vector, strict=True))

    def members(self, vector: Vector, most: int | None) -> list[frozenset[int]]:
        """Return the sets that the vector stands for, or the first of them, each as its units."""
        return list(islice(self._members(vector, 0), most))

    def _members(self, vector: Vector, c: int) -> Iterator[frozenset[int]]:
        if c == len(vector):
            yield frozenset()
            return
        for rest in self._members(vector, c + 1):
            for chosen in combinations(self.classes[c], vector[c]):
                yield rest.union(chosen)


def single_nodes(network: Network, among: int, seen_by: int) -> Units:
    """Return each of these nodes as a unit, in classes of nodes that are alike to whoever `seen_by` names.

    Only their quorum sets matter to what is asked: whom others trust may tell nodes apart that these do not.
    """
    places: dict[int, list[Hashable]] = defaultdict(list)
    gates: dict[QuorumSet, int] = {}
    for quorum_set, who in network.holders:
        if who & seen_by:
            _note_places(quorum_set, places, gates)
    classes: dict[Hashable, list[int]] = defaultdict(list)
    for i in bits(among):
        own = network.sets[i] if seen_by >> i & 1 else None
        classes[own, frozenset(places[i])].append(1 << i)
    return Units(tuple(map(tuple, classes.values())))


def _note_places(quorum_set: QuorumSet, places: dict[int, list[Hashable]], gates: dict[QuorumSet, int]) -> None:
    if quorum_set in gates:
        return
    gates[quorum_set] = len(gates)
    for i in bits(quorum_set.validators):
        places[i].append(gates[quorum_set])
    for inner in quorum_set.inner:
        _note_places(inner, places, gates)


def groups(network: Network, among: int, group_of: Mapping[str, str]) -> Units:
    """Return the groups that have some of these nodes, each a unit of its own; a node without a group is one, too."""
    found: dict[str, int] = defaultdict(int)
    for i, name in enumerate(network.names):
        found[group_of.get(name, f"\0{name}")] |= 1 << i
    return Units(tuple((unit,) for unit in found.values() if unit & among))
