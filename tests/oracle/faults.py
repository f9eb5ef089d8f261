"""Crashes and the other faults: what each leads to, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .author import Entity, Group
from .domains import Ids
from .stage import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .network import Flight
    from .world import State, World

NAMES = ("crash", "restart", "amnesia", "drop", "duplicate", "cut", "heal")
FREE = ("restart", "heal")


@dataclass(frozen=True, slots=True)
class Budget:
    name: str
    count: int | None  # None: any number of times
    among: frozenset[int]


def budgets(faults: dict[str, Any], world: World) -> list[Budget]:
    made: list[Budget] = []
    for name, wanted in faults.items():
        if name not in NAMES:
            raise ModelError(f"no fault `{name}`")
        count, _, of = str(wanted).partition(" of ")
        number = None if count == "any" else int(count)
        if number != 0:
            made.append(Budget(name, number, _members(of, world)))
    return made


def _members(name: str, world: World) -> frozenset[int]:
    "Return the processes of the group, kind or single of this name; all where there is no name."
    everyone = frozenset(range(world.model.processes))
    named = world.model.names.get(name)
    if not name:
        return everyone
    if isinstance(named, Group):
        return frozenset(p._number for p in named)
    if isinstance(named, type) and issubclass(named, Entity):
        return frozenset(Ids(named, world.table).values()) & everyone
    raise ModelError(f"`{name}` is no group and no kind")


class Faults:
    def __init__(self, wanted: dict[str, Any], world: World) -> None:
        self.world = world
        self.world.lossy = wanted.get("connections") == "lost"
        wanted = {name: budget for name, budget in wanted.items() if name != "connections"}
        self.budgets = budgets(wanted, world)
        self.first = tuple(b.count for b in self.budgets)
        self.links = _links(world)

    def edges(self, state: State) -> Iterator[tuple[str, State]]:
        for i, budget in enumerate(self.budgets):
            left = state.budgets[i]
            if left != 0:
                spent = (*state.budgets[:i], None if left is None else left - 1, *state.budgets[i + 1 :])
                for after in getattr(self, budget.name)(state, budget.among):
                    if self.world.fits(after.flight):
                        yield budget.name, after._replace(budgets=spent)

    def crash(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for number in sorted(among - state.down):
            for fields in self.world.restarted(state, number, ("volatile",)):
                flight = self.kept(state.flight, number) if self.world.lossy else state.flight
                yield _with(state, number, fields)._replace(down=state.down | {number}, flight=flight)

    def kept(self, flight: Flight, number: int) -> Flight:
        "What is in flight neither to nor from a process."
        links = {e[:2] for e in self.world.network.envelopes(flight) if number in e[:2]}
        return self.world.network.without(flight, links)

    def restart(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for number in sorted(among & state.down):
            yield state._replace(down=state.down - {number})

    def amnesia(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for number in sorted(among & state.down):
            for fields in self.world.restarted(state, number, ("volatile", "durable")):
                yield _with(state, number, fields)._replace(down=state.down - {number})

    def drop(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for envelope, flight in self.world.network.lost(state.flight):
            if among.issuperset(envelope[:2]):
                yield state._replace(flight=flight)

    def duplicate(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for envelope, flight in self.world.network.doubled(state.flight):
            if among.issuperset(envelope[:2]):
                yield state._replace(flight=flight)

    def cut(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for links in self.directions(among, self.links - state.cut):
            flight = self.world.network.without(state.flight, links)
            yield state._replace(cut=state.cut | links, flight=flight)

    def heal(self, state: State, among: frozenset[int]) -> Iterator[State]:
        for links in self.directions(among, set(state.cut)):
            yield state._replace(cut=state.cut - links)

    def directions(self, among: frozenset[int], links: set[tuple[int, int]]) -> Iterator[set[tuple[int, int]]]:
        "Each of these links, and each pair of opposite ones together."
        for a, b in sorted(links):
            if a in among and b in among:
                yield {(a, b)}
                if a < b and (b, a) in links:
                    yield {(a, b), (b, a)}


def _with(state: State, number: int, fields: tuple[Any, ...]) -> State:
    return state._replace(fields=(*state.fields[:number], fields, *state.fields[number + 1 :]))


def _links(world: World) -> set[tuple[int, int]]:
    "A link exists where the target's kind handles some message from the source's kind."
    found: set[tuple[int, int]] = set()
    for source in range(world.model.processes):
        for target in range(world.model.processes):
            senders = [h.sender for h in world.kinds[target].handlers]
            if source != target and any(s is None or source in set(s.values()) for s in senders):
                found.add((source, target))
    return found
