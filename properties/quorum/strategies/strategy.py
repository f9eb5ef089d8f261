"""A strategy: with which probability reads and writes take which quorums, and what that costs; the best of them.

Load, capacity, network load and latency are quoracle's (Whittaker et al., PaPoC 2021): the load is the share of operations
that the busiest node takes part in, divided by its speed, the capacity its inverse, the network load how many nodes an
operation asks, the latency when enough of them have answered. Over a distribution of the share of reads each is its mean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from quorate.language.errors import QuorateError, UsageError
from quorate.properties.quorum.arithmetic import patience
from quorate.properties.quorum.clusters import gates
from quorate.properties.quorum.clusters.cluster import Speed
from quorate.properties.quorum.strategies.choices import Choice, choices
from quorate.properties.quorum.strategies.program import Program, solve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quorate.properties.quorum.clusters.expressions import Expression

AIMS = ("load", "network", "latency")
TIMEOUT = 10.0


class NoStrategyError(QuorateError):
    """No strategy keeps the limits, or no quorum survives the failures; nothing is wrong with the input."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class System:
    """Read and write quorums, and of each node its speed and latency (1 and 0 if left out), and the zone that it is in."""

    reads: Expression
    writes: Expression
    speeds: Mapping[str, Speed] = field(default_factory=dict[str, Speed])
    latencies: Mapping[str, Fraction] = field(default_factory=dict[str, Fraction])
    zone_of: Mapping[str, str] = field(default_factory=dict[str, str])

    def speed(self, node: str) -> Speed:
        return self.speeds.get(node, Speed())

    def latency(self, node: str) -> Fraction:
        return self.latencies.get(node, Fraction(0))

    @property
    def nodes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.reads.nodes, *self.writes.nodes)))

    def classes(self) -> tuple[gates.Class, ...]:
        """Return the nodes in classes that can change places."""
        return tuple(
            gates.classes([self.reads, self.writes], mark=lambda n: (self.speed(n), self.latency(n), self.zone_of.get(n)))
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a strategy is to be best at, within which limits, for which shares of reads with which weights.

    `failures`: whatever quorum is taken holds one without any so many of its nodes.
    """

    aim: str = "load"
    workload: Mapping[Fraction, Fraction] = field(default_factory=lambda: {Fraction(1, 2): Fraction(1)})
    load: Fraction | None = None
    network: Fraction | None = None
    latency: Fraction | None = None
    failures: int = 0

    def __post_init__(self) -> None:
        """Errors: UsageError for what nobody can want."""
        if self.limits.get(self.aim) is not None:
            raise UsageError(f"the best {self.aim} has no limit on the {self.aim}: leave one of them out")
        if self.failures < 0:
            raise UsageError(f"{self.failures} nodes cannot fail: give a number from 0")
        if not self.workload or min(self.workload.values()) < 0 or not sum(self.workload.values()):
            raise UsageError("a workload needs shares of reads with weights of which one is above 0")

    @property
    def limits(self) -> dict[str, Fraction | None]:
        return {"load": self.load, "network": self.network, "latency": self.latency}

    def shares(self) -> list[tuple[Fraction, Fraction]]:
        """Return the shares of reads, each with its part of the whole."""
        whole = sum(self.workload.values())
        return [(fraction, weight / whole) for fraction, weight in self.workload.items() if weight]


@dataclass(frozen=True, slots=True)
class Strategy:
    """Quorums by counts of classes, with their probabilities. `exact` is False where only floating point stands behind it."""

    system: System
    classes: tuple[gates.Class, ...]
    reads: tuple[tuple[Choice, Fraction], ...]
    writes: tuple[tuple[Choice, Fraction], ...]
    exact: bool = True

    def used(self, c: int) -> tuple[Fraction, Fraction]:
        """Return the probability that a read, and that a write, takes any one node of a class."""
        size = len(self.classes[c])
        reads, writes = (
            sum((p * Fraction(choice.counts[c], size) for choice, p in side), Fraction(0)) for side in (self.reads, self.writes)
        )
        return reads, writes

    def node_load(self, c: int, share: Fraction) -> Fraction:
        """Return the share of operations that a node of the class takes part in, divided by its speed."""
        speed = self.system.speed(self.classes[c][0])
        reads, writes = self.used(c)
        return share * reads / speed.reads + (1 - share) * writes / speed.writes

    def _loads(self, wanted: Wanted) -> list[tuple[Fraction, Fraction]]:
        every = range(len(self.classes))
        return [(max(self.node_load(c, share) for c in every), part) for share, part in wanted.shares()]

    def load(self, wanted: Wanted) -> Fraction:
        return sum((load * part for load, part in self._loads(wanted)), Fraction(0))

    def capacity(self, wanted: Wanted) -> Fraction:
        return sum((part / load for load, part in self._loads(wanted)), Fraction(0))

    def node_throughput(self, c: int, wanted: Wanted) -> Fraction:
        """Return how many operations a node of the class does in a unit of time, the busiest being as fast as it can."""
        reads, writes = self.used(c)
        loads = zip(wanted.shares(), self._loads(wanted), strict=True)
        return sum(((share * reads + (1 - share) * writes) / load * part for (share, part), (load, _) in loads), Fraction(0))

    def node_utilization(self, c: int, wanted: Wanted) -> Fraction:
        """Return how busy a node of the class is, 1 being the busiest."""
        loads = zip(wanted.shares(), self._loads(wanted), strict=True)
        return sum((self.node_load(c, share) / load * part for (share, part), (load, _) in loads), Fraction(0))

    def network(self, wanted: Wanted) -> Fraction:
        """Return how many nodes an operation asks on average."""
        return self._mean(wanted, [sum((p * c.size for c, p in side), Fraction(0)) for side in (self.reads, self.writes)])

    def latency(self, wanted: Wanted) -> Fraction:
        """Return when an operation has its quorum, on average."""
        return self._mean(wanted, [sum((p * c.latency for c, p in side), Fraction(0)) for side in (self.reads, self.writes)])

    def _mean(self, wanted: Wanted, sides: Sequence[Fraction]) -> Fraction:
        share = sum((fraction * part for fraction, part in wanted.shares()), Fraction(0))
        return share * sides[0] + (1 - share) * sides[1]


def best(system: System, wanted: Wanted, *, timeout: float = TIMEOUT) -> Strategy:
    """Return a strategy that is best at what is wanted.

    Errors: NoStrategyError where none keeps the limits, OutOfTimeError where none was found in time, UsageError where there
    are too many quorums to choose from.
    """
    with patience.within(timeout):
        program = program_of(system, wanted)
        found = solve(program, exactly=True)
        if found is None:
            raise NoStrategyError("no strategy keeps these limits")
        reads, writes = (
            tuple((choice, p) for choice, p in zip(side, probabilities, strict=True) if p)
            for side, probabilities in zip(program.sides, found.sides, strict=True)
        )
        return Strategy(system, system.classes(), reads, writes, found.exact)


def program_of(system: System, wanted: Wanted) -> Program:
    """Return the linear program. Errors: NoStrategyError where no quorum survives the failures."""
    among = system.classes()
    latencies = {node: system.latency(node) for node in system.nodes}
    sides = [choices(e, among, latencies, wanted.failures) for e in (system.reads, system.writes)]
    for side, what in zip(sides, ("read", "write"), strict=True):
        if not side:
            raise NoStrategyError(f"no {what} quorum survives {wanted.failures} failures among its nodes")
    rates = [(system.speed(c[0]), len(c)) for c in among]
    costs = tuple(1 / rate.reads / size for rate, size in rates), tuple(1 / rate.writes / size for rate, size in rates)
    return Program((sides[0], sides[1]), costs, tuple(wanted.shares()), wanted.aim, wanted.limits)


def uniform(system: System, failures: int = 0, *, timeout: float = TIMEOUT) -> Strategy:
    """Return the strategy in which each minimal quorum is as likely as any other. Errors: as `best`."""
    with patience.within(timeout):
        classes = tuple((name,) for name in system.nodes)
        latencies = {node: system.latency(node) for node in system.nodes}
        sides = [choices(e, classes, latencies, failures) for e in (system.reads, system.writes)]
        if not all(sides):
            raise NoStrategyError(f"no quorum survives {failures} failures among its nodes")
        reads, writes = (tuple((c, Fraction(1, len(side))) for c in side) for side in sides)
        return Strategy(system, classes, reads, writes)


def given(system: System, reads: Mapping[frozenset[str], Fraction], writes: Mapping[frozenset[str], Fraction]) -> Strategy:
    """Return a strategy that is given by weights of sets of nodes. Errors: UsageError where one is no quorum."""
    classes = tuple((name,) for name in system.nodes)
    read, write = _weighed(system, system.reads, reads, "read"), _weighed(system, system.writes, writes, "write")
    return Strategy(system, classes, read, write)


def _weighed(
    system: System, expression: Expression, weights: Mapping[frozenset[str], Fraction], what: str
) -> tuple[tuple[Choice, Fraction], ...]:
    whole = sum(weights.values())
    if not weights or min(weights.values()) < 0 or not whole:
        raise UsageError(f"the {what} quorums need weights that are not negative, and one above 0")
    found: list[tuple[Choice, Fraction]] = []
    for quorum, weight in weights.items():
        if not quorum <= frozenset(system.nodes) or not expression.accepts(quorum):
            raise UsageError(f"{{{', '.join(sorted(quorum))}}} is no {what} quorum of {expression}")
        ordered = sorted(quorum, key=system.latency)
        latency = next(system.latency(n) for i, n in enumerate(ordered) if expression.accepts(frozenset(ordered[: i + 1])))
        found.append((Choice(tuple(int(n in quorum) for n in system.nodes), latency), weight / whole))
    return tuple(found)
