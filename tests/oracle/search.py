"""The exploration: every state by its level, every edge, every property; then the shortest traces over the whole graph."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .faults import FREE, Faults
from .model import Model, Property, enter, load
from .network import Set
from .stage import STAGE, ModelError, TooLarge
from .world import State, World

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What brute force found. After an error only the verdicts, and `error` itself, mean something."""

    states: int
    edges: int
    depth: int
    terminal: int
    stuck: int
    initial: int
    limits: tuple[
        tuple[int, int], ...
    ]  # the line of each `limit` (0: of the network, -1: a constraint), and how often it stopped a step
    verdicts: dict[str, str]  # holds, violated, vacuous, cut
    traces: dict[str, tuple[int, int]]  # of what is violated: the fewest faults, then the fewest steps
    error: str | None


def explore(
    source: str | Path,
    *,
    parameters: dict[str, Any] | None = None,
    faults: dict[str, Any] | None = None,
    network: str = "unordered",
    capacity: int | None = None,
    full: str = "error",
    start: Sequence[str] = (),
    max_states: int = 50_000,
    copies: bool = False,
) -> Outcome:
    """Explore the protocol of this text (or of the file at this path) by brute force.

    `faults` are as in `Faults(...)`: `{"crash": "1 of servers", "restart": "any"}`. With `copies`, storing a container in a
    field or a record copies it, as docs/semantics.md has it; without, it is shared until the end of the step, as in Python.
    Raises `TooLarge` beyond `max_states`.
    """
    STAGE.copies = copies
    STAGE.limits.clear()
    try:
        model = load(source, parameters or {})
        search = Search(World(model, network, capacity, full, start), faults or {}, max_states)
    except Exception as error:  # noqa: BLE001  # whatever a model does while it is loaded is an error of the model
        return unloaded(error)
    enter(model)
    return search.explore()


def explore_preset(source: str | Path, name: str, *, max_states: int = 50_000, copies: bool = False) -> Outcome:
    "Explore the model as one of its presets says."
    try:
        preset = presets(source)[name]
    except Exception as error:  # noqa: BLE001  # as above
        return unloaded(error)
    return explore(
        source,
        parameters=preset.params,
        faults=preset.faults,
        network=preset.network,
        capacity=preset.capacity,
        full=preset.full,
        start=preset.start,
        max_states=max_states,
        copies=copies,
    )


def unloaded(error: Exception) -> Outcome:
    return Outcome(0, 0, 0, 0, 0, 0, (), {}, {}, f"{type(error).__name__}: {error}")


def presets(source: str | Path) -> dict[str, Any]:
    return {preset.name: preset for preset in load(source, {}).presets}


@dataclass(slots=True)
class Answer:
    """What is known of a property: where it failed (or, for a witness, was found), and which quantifiers had an item."""

    found: bool = False
    at: set[int] = field(default_factory=set)  # states that violate it
    over: set[tuple[int, int, int]] = field(default_factory=set)  # edges that do: from, cost, to
    asked: set[tuple[int, int]] = field(default_factory=set)
    ranged: set[tuple[int, int]] = field(default_factory=set)


class Search:
    def __init__(self, world: World, faults: dict[str, Any], max_states: int) -> None:
        self.world, self.model, self.max_states = world, world.model, max_states
        self.faults = Faults(faults, world)
        self.number: dict[State, int] = {}
        self.graph: list[list[tuple[int, int]]] = []  # by state: cost and state of each edge
        self.answers = {p.name: Answer(asked=set(p.sites)) for p in self.model.properties}
        self.of_steps = [p for p in self.model.properties if p.sort == "step"]
        self.terminal = self.dead = self.stuck = self.edges = self.moved = 0
        self.error: str | None = None

    def explore(self) -> Outcome:
        level: list[State] = []
        depth = initial = 0
        try:
            for state in self.world.initials(self.faults.first):
                self.reached(state, level)
            self.error = None if level else "no initial state is left"
        except ModelError as error:
            self.error = str(error)
        initial = len(level)
        while level and self.error is None:
            following: list[State] = []
            for state in level:
                self.guarded_expand(state, following)
            depth += bool(following)
            level = following
        return self.outcome(depth, initial)

    def guarded_expand(self, state: State, following: list[State]) -> None:
        "An error ends the search after its level."
        try:
            self.expand(state, following)
        except ModelError as error:
            self.error = self.error or str(error)

    def reached(self, state: State, level: list[State]) -> int:
        "Number a state; one that is new is judged, and explored in its turn."
        known = self.number.get(state)
        if known is not None:
            return known
        number = self.number[state] = len(self.number)
        if number >= self.max_states:
            raise TooLarge(f"more than {self.max_states} states")
        self.graph.append([])
        level.append(state)
        self.judge_state(state, number, ("always", "never", "sometimes"))
        return number

    def expand(self, state: State, following: list[State]) -> None:
        source = self.number[state]
        if self.outside(state):
            STAGE.limits[-1] += 1
            return
        before = sum(STAGE.limits.values())
        ends = True
        for after in self.world.steps(state):
            ends = False
            self.moved += 1
            self.edge(state, source, 0, after, following)
        limited = sum(STAGE.limits.values()) != before
        for name, after in self.faults.edges(state):
            ends = ends and name not in FREE
            self.edge(state, source, int(name not in FREE), after, following)
        if ends and not limited:
            self.terminal += 1
            self.dead += 0 < self.world.model.processes == len(state.down)
            self.stuck += not isinstance(self.world.network, Set) and any(
                e[1] not in state.down for e in self.world.network.envelopes(state.flight)
            )
            self.judge_state(state, source, ("final",))

    def outside(self, state: State) -> bool:
        "Whether some constraint says that nothing of this state is to be seen but itself."
        constraints = [p for p in self.model.properties if p.sort == "constraint"]
        if constraints:
            self.world.show(state, self.model.present)
        return not all(self.evaluate(p) for p in constraints)

    def edge(self, state: State, source: int, cost: int, after: State, following: list[State]) -> None:
        self.edges += 1
        target = self.reached(after, following)
        self.graph[source].append((cost, target))
        if self.of_steps:
            self.world.show(state, self.model.past)
            self.world.show(after, self.model.present)
            for wanted in self.of_steps:
                if not self.evaluate(wanted):
                    self.answers[wanted.name].over.add((source, cost, target))

    # Properties

    def judge_state(self, state: State, number: int, sorts: tuple[str, ...]) -> None:
        wanted = [p for p in self.model.properties if p.sort in sorts]
        if wanted:
            self.world.show(state, self.model.present)
        for p in wanted:
            value = self.evaluate(p)
            answer = self.answers[p.name]
            answer.found = answer.found or value
            if p.sort != "sometimes" and value == (p.sort == "never"):
                answer.at.add(number)

    def evaluate(self, p: Property) -> bool:
        STAGE.asked, STAGE.ranged = self.answers[p.name].asked, self.answers[p.name].ranged
        try:
            return bool(p.function())
        except ModelError:
            raise
        except Exception as error:
            raise ModelError(f"{p.name}: {type(error).__name__}: {error}") from error
        finally:
            STAGE.asked, STAGE.ranged = set(), set()  # those of steps are nobody's

    def verdict(self, p: Property) -> str:
        answer = self.answers[p.name]
        if answer.at or answer.over:
            return "violated"
        if self.error is not None:
            return "cut"
        if p.sort == "sometimes" and not answer.found:
            return "cut" if STAGE.limits else "violated"
        if p.sort != "sometimes" and not self.moved:
            return "vacuous"
        nowhere = (p.sort == "final" and self.terminal == self.dead) or (p.sort == "step" and not self.edges)
        if nowhere or (answer.asked and not answer.ranged):
            return "vacuous"
        return "holds"

    # The shortest traces

    def outcome(self, depth: int, initial: int) -> Outcome:
        distance = self.distances(initial)
        traces: dict[str, tuple[int, int]] = {}
        for name, answer in self.answers.items():
            ends = [distance[n] for n in answer.at]
            ends += [(distance[a][0] + cost, distance[a][1] + 1) for a, cost, _ in answer.over]
            if ends:
                traces[name] = min(ends)
        return Outcome(
            states=len(self.number),
            edges=self.edges,
            depth=depth,
            terminal=self.terminal,
            stuck=self.stuck,
            initial=initial,
            limits=tuple(sorted(STAGE.limits.items())),
            verdicts={p.name: self.verdict(p) for p in self.model.properties if p.sort != "constraint"},
            traces=traces,
            error=self.error,
        )

    def distances(self, initial: int) -> list[tuple[int, int]]:
        "The fewest faults, and with them the fewest steps, to every state."
        unknown: tuple[int, int] = (len(self.graph) + 1, 0)
        best: list[tuple[int, int]] = [unknown] * len(self.graph)
        heap: list[tuple[tuple[int, int], int]] = [((0, 0), n) for n in range(initial)]
        while heap:
            (faults, steps), number = heapq.heappop(heap)
            if best[number] <= (faults, steps):
                continue
            best[number] = (faults, steps)
            for cost, target in self.graph[number]:
                if (faults + cost, steps + 1) < best[target]:
                    heapq.heappush(heap, ((faults + cost, steps + 1), target))
        return best


__all__ = ["Model", "Outcome", "TooLarge", "explore", "explore_preset", "presets"]
