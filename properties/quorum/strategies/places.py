"""Latency in places: how long reads and writes take from each zone, by the nearest quorum and by a strategy; what to move.

An operation from a zone takes as long as the slowest node of its quorum: the round trip to that node's zone, and what the
node itself takes. By the nearest quorum each zone waits until those that have answered are one; by a strategy the quorum
is drawn first, wherever the client is. Over all clients that is a distribution, of which the mean and the 99th percentile are
given, both exact.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.properties.quorum.arithmetic import patience

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quorate.properties.quorum.clusters.expressions import Expression
    from quorate.properties.quorum.strategies.strategy import Strategy, System

TAIL = Fraction(99, 100)


@dataclass(frozen=True, slots=True)
class Map:
    """The round trips between zones, both ways, and how much each zone asks (the weights add up to 1)."""

    round_trips: Mapping[tuple[str, str], Fraction]
    clients: Mapping[str, Fraction]

    def wait(self, system: System, zone: str, node: str) -> Fraction:
        """Return how long a client in a zone waits for a node."""
        return self.round_trips[zone, system.zone_of[node]] + system.latency(node)


def map_of(
    system: System, round_trips: Mapping[tuple[str, str], Fraction], clients: Mapping[str, Fraction] | None = None
) -> Map:
    """Return the map; inside a zone a round trip takes no time unless it is given. Without clients every zone asks alike.

    Errors: UsageError where a node has no zone, or a round trip between two zones is missing.
    """
    for node in system.nodes:
        if node not in system.zone_of:
            raise UsageError(f'node `{node}` has no zone: give it one, such as `zone = "east"`')
    zones = sorted({system.zone_of[node] for node in system.nodes})
    asking = {zone: weight for zone, weight in (clients or dict.fromkeys(zones, Fraction(1))).items() if weight}
    known = {zone for pair in round_trips for zone in pair} | {*zones}
    trips = dict(round_trips)
    for zone in asking:
        if zone not in known:
            raise UsageError(f"`clients`: there is no zone `{zone}`{did_you_mean(zone, known)}: give its round trips")
        for other in zones:
            if zone == other:
                trips.setdefault((zone, zone), Fraction(0))
            if (zone, other) not in trips:
                raise UsageError(f"the round trip between `{zone}` and `{other}` is missing: give it under `round_trips`")
    whole = sum(asking.values())
    return Map(trips, {zone: weight / whole for zone, weight in asking.items()})


@dataclass(frozen=True, slots=True)
class Latency:
    """A distribution of times: each with its probability, the shortest first."""

    times: tuple[tuple[Fraction, Fraction], ...]

    @property
    def mean(self) -> Fraction:
        return sum((time * p for time, p in self.times), Fraction(0))

    @property
    def tail(self) -> Fraction:
        """The 99th percentile: the least time within which 99% of the operations are done."""
        done = Fraction(0)
        for time, p in self.times:
            done += p
            if done >= TAIL:
                return time
        raise AssertionError("probabilities add up to 1")


def _distribution(parts: Sequence[tuple[Fraction, Fraction]]) -> Latency:
    total: dict[Fraction, Fraction] = {}
    for time, p in parts:
        total[time] = total.get(time, Fraction(0)) + p
    return Latency(tuple(sorted(total.items())))


@dataclass(frozen=True, slots=True)
class Answers:
    """How long reads and writes take."""

    reads: Latency
    writes: Latency

    def mean(self, share: Fraction) -> Fraction:
        """Return the mean of all operations, given the share of reads."""
        return share * self.reads.mean + (1 - share) * self.writes.mean


@dataclass(frozen=True, slots=True)
class Move:
    """A node, where it would go, and the mean of all operations by the nearest quorums then."""

    node: str
    zone: str
    mean: Fraction


def nearest_quorum(expression: Expression, system: System, places: Map, zone: str) -> tuple[Fraction, frozenset[str]]:
    """Return how long a zone waits for its nearest quorum, and who has answered by then."""
    patience.keep()
    waits = sorted((places.wait(system, zone, node), node) for node in expression.nodes)
    names = [node for _, node in waits]
    # Whoever answers makes it no less a quorum, so the first prefix that is one is found by halving.
    at = bisect_left(range(1, len(names) + 1), x=True, key=lambda k: expression.accepts(frozenset(names[:k])))
    return waits[at][0], frozenset(names[: at + 1])


def nearest(system: System, places: Map) -> Answers:
    """Return how long operations take that wait for the nearest quorum."""
    reads, writes = (
        _distribution([(nearest_quorum(e, system, places, zone)[0], p) for zone, p in places.clients.items()])
        for e in (system.reads, system.writes)
    )
    return Answers(reads, writes)


def by_strategy(strategy: Strategy, places: Map) -> Answers:
    """Return how long operations take whose quorum a strategy draws. Requires: classes of one zone each."""
    reads, writes = (
        _distribution(
            [
                (max(_waits(strategy, places, zone, choice.counts)), p * weight)
                for choice, p in side
                for zone, weight in places.clients.items()
            ]
        )
        for side in (strategy.reads, strategy.writes)
    )
    return Answers(reads, writes)


def _waits(strategy: Strategy, places: Map, zone: str, counts: Sequence[int]) -> list[Fraction]:
    return [places.wait(strategy.system, zone, names[0]) for names, n in zip(strategy.classes, counts, strict=True) if n]


def moves(system: System, places: Map, share: Fraction) -> list[Move]:
    """Return every move of one node to another zone of the map that shortens the mean by the nearest quorums, the best first.

    Of nodes that are alike the first stands for all. Errors: OutOfTimeError.
    """
    before = nearest(system, places).mean(share)
    zones = [zone for zone in sorted({z for pair in places.round_trips for z in pair}) if _reached(places, zone)]
    found: list[Move] = []
    for node in (names[0] for names in system.classes()):
        for zone in zones:
            if zone == system.zone_of[node]:
                continue
            after = nearest(replace(system, zone_of={**system.zone_of, node: zone}), places).mean(share)
            if after < before:
                found.append(Move(node, zone, after))
    return sorted(found, key=lambda move: (move.mean, move.node, move.zone))


def _reached(places: Map, zone: str) -> bool:
    """Say whether the round trip from every zone that asks is known."""
    return all((asking, zone) in places.round_trips for asking in places.clients)
