"""A finite cluster on which a failed step of a proof is looked for, and a broken twin is run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.properties.induction.vocabulary.formula import Function, Relation, Sort

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Cluster:
    """A finite cluster to look at: how many members each sort has, and what of the fixed symbols is settled there.

    `facts` gives a fixed relation's tuples by index from 0, `values` a fixed constant's; a fixed symbol named in neither is
    left open.
    """

    sizes: Mapping[Sort, int]
    facts: Mapping[Relation, frozenset[tuple[int, ...]]] = field(default_factory=dict[Relation, "frozenset[tuple[int, ...]]"])
    values: Mapping[Function, int] = field(default_factory=dict[Function, int])
    names: Mapping[Sort, tuple[str, ...]] = field(default_factory=dict[Sort, "tuple[str, ...]"])

    def name(self, sort: Sort, index: int) -> str:
        """Return the name of a sort's member, as traces show it."""
        names = self.names.get(sort)
        return names[index] if names else f"{sort.letter}{index + 1}"

    def __str__(self) -> str:
        return ", ".join(f"{n} {sort.name}{'s' * (n != 1)}" for sort, n in self.sizes.items())
