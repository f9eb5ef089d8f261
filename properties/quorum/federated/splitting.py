"""Splitting sets: the nodes that, lying together, let others decide apart; with none of them, quorum intersection itself.

A set S splits where two disjoint sets of other nodes, neither empty, are each satisfied with the help of S: they are quorums
once S is deleted (Mazieres 2015). The empty set splits exactly where two quorums are disjoint. As a formula: each node lies,
is on the one side, on the other, or on none; whoever is on a side has its quorum set satisfied by the side and the liars.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, cast

import z3

from quorate.language.errors import Defect
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.arithmetic.solver import SEED, milliseconds
from quorate.properties.quorum.federated.trust import Network, QuorumSet, bits, mask
from quorate.properties.quorum.federated.units import single_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.properties.quorum.federated.units import Units, Vector

SIDES = ("one", "other")


@dataclass(frozen=True, slots=True)
class Split:
    """The liars, and the two sides that they keep apart."""

    liars: int
    one: int
    other: int


@dataclass(slots=True)
class _Formula:
    """The splits whose sides are among some nodes of a network, with a variable for each unit that may lie."""

    network: Network
    sides: int
    units: Units
    solver: z3.Solver = field(default_factory=lambda: z3.SolverFor("QF_FD"))
    gates: dict[tuple[str, QuorumSet], z3.BoolRef] = field(default_factory=dict[tuple[str, QuorumSet], z3.BoolRef])
    limits: dict[int, z3.BoolRef] = field(default_factory=dict[int, z3.BoolRef])

    def __post_init__(self) -> None:
        self.solver.set(random_seed=SEED)
        for i, quorum_set in enumerate(self.network.sets):
            patience.keep()
            self.solver.add(z3.AtMost(_is("liar", i), *(_is(side, i) for side in SIDES), 1))
            for side in SIDES:
                may = self._satisfied(side, quorum_set) if self.sides >> i & 1 else z3.BoolVal(val=False)
                self.solver.add(z3.Implies(_is(side, i), may))
        for side in SIDES:
            self.solver.add(z3.Or(*(_is(side, i) for i in bits(self.sides))))
        for c, units in enumerate(self.units.classes):
            for k, unit in enumerate(units):
                self.solver.add(*(z3.Implies(_is("liar", i), _lies(c, k)) for i in bits(unit)))
            if len(units) > 1:
                self._ordered(c, units)

    def _satisfied(self, side: str, quorum_set: QuorumSet) -> z3.BoolRef:
        """Return a variable that is true only where the side and the liars satisfy the quorum set."""
        if (side, quorum_set) in self.gates:
            return self.gates[side, quorum_set]
        gate = self.gates[side, quorum_set] = z3.Bool(f"{side}#{len(self.gates)}")
        parts = [z3.Or(_is("liar", i), _is(side, i)) for i in bits(quorum_set.validators)]
        parts += [self._satisfied(side, inner) for inner in quorum_set.inner]
        if quorum_set.threshold > len(parts):
            self.solver.add(z3.Not(gate))
        elif quorum_set.threshold > 0:
            self.solver.add(z3.Implies(gate, z3.AtLeast(*parts, quorum_set.threshold)))
        return gate

    def _ordered(self, c: int, units: tuple[int, ...]) -> None:
        """Of like nodes the first lie, the next are on one side, then on the other: any split can be renamed to that."""
        nodes = [next(bits(unit)) for unit in units]
        for k in range(1, len(nodes)):
            before, after = nodes[k - 1], nodes[k]
            self.solver.add(z3.Implies(_lies(c, k), _lies(c, k - 1)), z3.Implies(_lies(c, k), _is("liar", after)))
            self.solver.add(z3.Implies(_is("one", after), z3.Or(_is("liar", before), _is("one", before))))
            taken = [_is(role, before) for role in ("liar", *SIDES)]
            self.solver.add(z3.Implies(_is("other", after), z3.Or(*taken)))
        self.solver.add(z3.Implies(_lies(c, 0), _is("liar", nodes[0])))

    def solve(self, *claims: z3.BoolRef) -> Split | None:
        """Return a split that meets the claims, each a literal; None where there is none. Errors: OutOfTimeError."""
        patience.keep()
        self.solver.set(timeout=milliseconds(min(patience.left(), 1e6)))
        answer = repr(self.solver.check(*claims))
        if answer not in {"sat", "unsat"}:
            raise patience.OutOfTimeError("whether the network can be split was not found in time")
        return self._counted(self.solver.model()) if answer == "sat" else None

    def _counted(self, model: z3.ModelRef) -> Split:
        """Return the split of a model. Errors: Defect where it does not stand up to counting."""
        liars, one, other = (
            mask(i for i in range(len(self.network.names)) if z3.is_true(model.eval(_is(role, i)))) for role in ("liar", *SIDES)
        )
        for side in (one, other):
            if not side or not all(self.network.sets[i].satisfied(side | liars) for i in bits(side)) or one & other:
                raise Defect("the split that was found does not stand up to counting")
        return Split(liars, one, other)

    def at_most(self, count: int) -> z3.BoolRef:
        """Return a literal that claims that no more than so many units lie."""
        if count not in self.limits:
            lying = [(_lies(c, k), 1) for c, size in enumerate(self.units.sizes) for k in range(size)]
            limit = self.limits[count] = z3.Bool(f"at most {count}")
            self.solver.add(z3.Implies(limit, z3.PbLe(lying, count)))
        return self.limits[count]

    def inside(self, vector: Vector) -> list[z3.BoolRef]:
        """Return literals that claim that the liars are among these units, and fewer."""
        sizes = self.units.sizes
        within = [_honest(_lies(c, k)) for c, taken in enumerate(vector) for k in range(taken, sizes[c])]
        fewer = z3.Bool(f"fewer than {vector}")
        self.solver.add(
            z3.Implies(fewer, z3.Or(*(_honest(_lies(c, k)) for c, taken in enumerate(vector) for k in range(taken))))
        )
        return [*within, fewer]

    def vector(self, liars: int) -> Vector:
        """Return how many units of each class these nodes touch."""
        return tuple(sum(bool(unit & liars) for unit in units) for units in self.units.classes)


@cache
def _is(role: str, i: int) -> z3.BoolRef:
    return z3.Bool(f"{role}:{i}")


@cache
def _lies(c: int, k: int) -> z3.BoolRef:
    return z3.Bool(f"lies:{c}:{k}")


@cache
def _honest(lies: z3.BoolRef) -> z3.BoolRef:
    return cast("z3.BoolRef", z3.Not(lies))


def disjoint_quorums(network: Network) -> Split | None:
    """Return two minimal quorums that share no node; None where every two quorums share one. Errors: OutOfTimeError."""
    if len(network.cores) > 1:
        one, other = network.cores[:2]
        return Split(0, network.smaller(network.largest_quorum(one)), network.smaller(network.largest_quorum(other)))
    for core in network.cores:
        honest = [_honest(_is("liar", i)) for i in range(len(network.names))]
        found = _Formula(network, core, single_nodes(network, network.everyone, core)).solve(*honest)
        if found is not None:
            return Split(0, network.smaller(found.one), network.smaller(found.other))
    return None


def smallest_split(network: Network, sides: int, units: Units) -> Split | None:
    """Return a split into two sides of these nodes with the fewest lying units; None where no liars split them.

    Errors: OutOfTimeError.
    """
    formula = _Formula(network, sides, units)
    best = formula.solve()
    # Downwards: to find a split is easy, to show that there is none hard, and this way it is shown once.
    while best is not None and (count := sum(formula.vector(best.liars))):
        fewer = formula.solve(formula.at_most(count - 1))
        if fewer is None:
            break
        best = fewer
    return best


def minimal_splitting_sets(network: Network, sides: int, units: Units) -> Iterator[Vector]:
    """Yield the minimal splitting sets, up to exchanging like units. Errors: OutOfTimeError."""
    formula = _Formula(network, sides, units)
    while (found := formula.solve()) is not None:
        vector = formula.vector(found.liars)
        while any(vector) and (fewer := formula.solve(*formula.inside(vector))) is not None:
            vector = formula.vector(fewer.liars)
        yield vector
        if not any(vector):
            return
        formula.solver.add(z3.Or(*(z3.Not(_lies(c, taken - 1)) for c, taken in enumerate(vector) if taken)))


def splitters(network: Network, sides: int, units: Units) -> list[int]:
    """Return the nodes that, lying alone, split these. Errors: OutOfTimeError."""
    formula = _Formula(network, sides, units)
    found: list[int] = []
    for members in units.classes:
        liar = next(bits(members[0]))
        others = [_honest(_is("liar", i)) for i in range(len(network.names)) if i != liar]
        if formula.solve(_is("liar", liar), *others) is not None:
            found += [next(bits(unit)) for unit in members]
    return found
