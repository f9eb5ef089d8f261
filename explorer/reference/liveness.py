"""The runs of a model, judged on its explicit graph: whatever the native engine says of runs is held against this.

Of the states in which a run may still break the property, those are kept that lie in a loop: a strongly connected component
that keeps what is assumed. Of weak fairness that is a state in which the turn cannot be taken, or an edge that takes it; of
strong fairness an edge that takes it, or no state in which it can be taken: else these states are left out, and what remains
is taken apart again. Source: Emerson & Lei, "Modalities for model checking" (1987); Streett's condition, as in Baier &
Katoen, "Principles of Model Checking" (2008), section 5.2.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import networkx as nx

from quorate.explorer.contract.clock import Clock
from quorate.explorer.contract.fairness import turn_of
from quorate.explorer.contract.liveness import Judged, Wanted, banned
from quorate.explorer.reference.present import Present
from quorate.explorer.reference.ways import cheapest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from quorate.explorer.contract.engine import Limits, Observer
    from quorate.explorer.contract.exploration import Cut
    from quorate.explorer.contract.fairness import Fairness, Turn
    from quorate.explorer.reference.states import States
    from quorate.explorer.reference.ways import Node, ReferenceWay
    from quorate.language.declare import Strength
    from quorate.language.loading.model import Asked, PropertyDeclaration
    from quorate.language.values.state import Global


@dataclass(frozen=True, slots=True)
class Arc:
    """One edge of the graph."""

    step: str
    turn: Turn | None
    target: int
    cost: int


@dataclass(slots=True)
class Spot:
    """One state of the graph: its edges, the turns that a `limit` stopped, whether the protocol goes on from it."""

    arcs: tuple[Arc, ...]
    stopped: frozenset[Turn]
    limited: bool
    goes_on: bool
    possible: frozenset[Turn]


@dataclass
class Graph:
    """Every state and edge, by number in the order of discovery."""

    engine: States
    numbers: dict[Global, int] = field(default_factory=dict)
    spots: list[Spot] = field(default_factory=list)
    first: tuple[int, ...] = ()
    cut: Cut | None = None

    def build(self, clock: Clock) -> None:
        """Expand every state once."""
        self.first = tuple(map(self._number, self.engine.initial_states()))
        states = list(self.numbers)
        edges = 0
        try:
            for state in states:  # grows as it is walked
                expansion = self.engine.successors(state)
                ways = [(e, e.target) for e in expansion.edges if e.target is not None]
                new = [t for t in dict.fromkeys(t for _, t in ways) if t not in self.numbers]
                arcs = tuple(Arc(e.act.step, turn_of(e.act), self._number(t), e.cost) for e, t in ways)
                states += new
                edges += len(arcs)
                stopped = frozenset(turn for act in expansion.stopped if (turn := turn_of(act)))
                goes_on = any(e.act.sort != "fault" for e in expansion.edges)
                possible = frozenset(arc.turn for arc in arcs if arc.turn)
                self.spots.append(Spot(arcs, stopped, bool(expansion.limited), goes_on, possible))
                self.cut = clock.cut(len(states), edges, 0, len(states) - len(self.spots))
                if self.cut:
                    return
        except KeyboardInterrupt:
            self.cut = "interrupted"

    def _number(self, state: Global) -> int:
        return self.numbers.setdefault(state, len(self.numbers))


@dataclass(slots=True)
class Question:
    """A property asked of some processes, as sets of states.

    region    the states that a run which breaks it stays in, once the property's promise is owed
    bad       those of them that it must come to again and again
    triggers  where the promise is owed
    banned    the steps that its loop does not take
    """

    region: set[int]
    bad: set[int]
    triggers: set[int]
    banned: frozenset[str]
    from_start: bool = False  # only of a whole run


class ReferenceRuns:
    """The `Runs` of the reference engine."""

    def __init__(self, engine: States, fairness: Fairness, limits: Limits, observer: Observer | None = None) -> None:
        """Build the whole graph, within the limits."""
        self.engine, self.fairness = engine, fairness
        self.graph = Graph(engine)
        self.graph.build(Clock(limits, observer))

    def judge(self, asked: Asked) -> Judged:
        """Return whether every run keeps the property."""
        if self.graph.cut:
            return Judged("cut", cut=self.graph.cut)
        if asked.prop.modality == "possible":
            return self._trapped(self._true(asked.prop, asked))
        question = self._question(asked)
        for strict in (True, False):
            loops = Loops(self.graph, question, self.fairness.turns, strict)
            if loops.found or loops.ends:
                return Judged("violated", ReferenceLasso(self.graph, question, loops)) if strict else Judged("limited")
        return Judged("holds")

    def _question(self, asked: Asked) -> Question:
        prop, everything = asked.prop, set(range(len(self.graph.spots)))
        bad = everything - self._true(prop.goal or prop, asked)
        steps = frozenset(banned(self.engine.system.model, asked))
        match prop.modality:
            case "eventually":
                return Question(bad, everything, bad.intersection(self.graph.first), steps, from_start=True)
            case "leads_to":
                return Question(bad, everything, bad & self._true(prop, asked), steps)
            case "eventually_always":
                return Question(everything, bad, everything, steps)
            case _:
                return Question(bad, everything, everything, steps)

    def _true(self, prop: PropertyDeclaration, asked: Asked) -> set[int]:
        """Return the states in which the property's function is true."""
        judge, system = self.engine.judge, self.engine.system
        return {
            number for state, number in self.graph.numbers.items()
            if judge.truth(prop, Present(system, state, "look"), asked.processes)
        }  # fmt: skip

    def _trapped(self, good: set[int]) -> Judged:
        """Judge `possible`: from which states no state that satisfies it can be reached, without faults that cost."""
        free = nx.DiGraph()
        free.add_nodes_from(range(len(self.graph.spots)))
        free.add_edges_from((a.target, n) for n, spot in enumerate(self.graph.spots) for a in spot.arcs if not a.cost)
        limited = {n for n, spot in enumerate(self.graph.spots) if spot.limited}
        everything = set(range(len(self.graph.spots)))
        out = everything - _reached(free, good)
        trapped = out - _reached(free, limited)
        if trapped:
            question = Question(everything, everything, everything, frozenset())
            return Judged("violated", ReferenceLasso(self.graph, question, Loops(self.graph, question, {}, True, trapped)))
        return Judged("limited") if out else Judged("holds")


def _reached(graph: nx.DiGraph[int], sources: Iterable[int]) -> set[int]:
    found: set[int] = set(sources)
    waiting = list(found)
    while waiting:
        new = set(graph.successors(waiting.pop())) - found
        found |= new
        waiting += new
    return found


class Loops:
    """The components whose runs break a property, and the states where a run that breaks it ends.

    strict   a turn that a `limit` stopped counts as one that can be taken, so that what is found is found without limits, too;
             else as one that cannot, and a run that a `limit` stopped has ended
    """

    def __init__(
        self,
        graph: Graph,
        question: Question,
        turns: dict[Turn, Strength],
        strict: bool,
        trapped: set[int] | None = None,
    ) -> None:
        """Find them; `trapped` are the ends where they are known already."""
        self.graph, self.question, self.turns, self.strict = graph, question, turns, strict
        self.component: dict[int, int] = {}
        self.ends = trapped or set()
        if trapped is None:
            owed = self._owed()
            self.ends = {n for n in owed if self._ends(n)}
            self._take_apart(owed - self.ends)
        self.found = bool(self.component)

    def able(self, number: int) -> frozenset[Turn]:
        """Return the turns that can be taken in a state, of those that are assumed to be fair."""
        spot = self.graph.spots[number]
        return frozenset(t for t in (spot.possible | spot.stopped if self.strict else spot.possible) if t in self.turns)

    def inner(self, number: int, within: Collection[int]) -> Iterator[Arc]:
        """Yield the edges that a loop within these states may take."""
        for arc in self.graph.spots[number].arcs:
            if arc.target in within and arc.step not in self.question.banned:
                yield arc

    def _owed(self) -> set[int]:
        """Return the states that are reached while the promise is owed."""
        region = self.question.region
        found = set(self.question.triggers & region)
        waiting = list(found)
        while waiting:
            new = {a.target for a in self.graph.spots[waiting.pop()].arcs} & region - found
            found |= new
            waiting += new
        return found

    def _ends(self, number: int) -> bool:
        spot = self.graph.spots[number]
        stays = not spot.goes_on and not (self.strict and spot.limited)
        return stays and number in self.question.bad and not self.able(number)

    def _take_apart(self, states: set[int]) -> None:
        waiting = [states]
        while waiting:
            inside = waiting.pop()
            graph = nx.DiGraph()
            graph.add_edges_from((n, a.target) for n in inside for a in self.inner(n, inside))
            for component in nx.strongly_connected_components(graph):
                if any(True for n in component for _ in self.inner(n, component)):
                    rest = self._kept(component)
                    if rest == component:
                        self.component |= dict.fromkeys(component, min(component))
                    elif rest:
                        waiting.append(rest)

    def _kept(self, component: set[int]) -> set[int]:
        """Return the component if it is fair and bad, else what may be left of it."""
        if not component & self.question.bad:
            return set()
        able = {n: self.able(n) for n in component}
        taken = {a.turn for n in component for a in self.inner(n, component)}
        rest = component
        for turn, strength in self.turns.items():
            if turn in taken:
                continue
            at = {n for n in component if turn in able[n]}
            if strength == "strong":
                rest = rest - at
            elif at == component:
                return set()
        return rest


@dataclass(frozen=True, slots=True)
class ReferenceLasso:
    """The runs that break a property, by what `Loops` found."""

    graph: Graph
    question: Question
    loops: Loops

    @property
    def stem(self) -> ReferenceWay:
        question = self.question

        def phases(number: int, phase: int) -> Iterator[int]:
            """Yield the phases in which a state is reached from one of this phase."""
            if number in question.region and (phase or number in question.triggers):
                yield 1
            if not phase and not question.from_start:
                yield 0

        def arcs(node: Node) -> Iterator[tuple[Node, int, bool]]:
            for arc in self.graph.spots[node[0]].arcs:
                for phase in phases(arc.target, node[1]):
                    yield (arc.target, phase), arc.cost, is_end((arc.target, phase))

        def is_end(node: Node) -> bool:
            return node[1] == 1 and (node[0] in self.loops.component or node[0] in self.loops.ends)

        starts = [(n, phase) for n in self.graph.first for phase in phases(n, 0)]
        found = cheapest(self.graph.numbers, starts, arcs, is_end)
        assert found is not None, "what breaks a property was reached"
        return found

    def ends(self, state: Global) -> bool:
        return self.graph.numbers[state] in self.loops.ends

    def joined(self, state: Global, home: Global) -> bool:
        component, numbers = self.loops.component, self.graph.numbers
        return numbers[state] in component and component[numbers[state]] == component.get(numbers[home])

    def piece(self, start: Global, wanted: Wanted) -> ReferenceWay | None:
        number = self.graph.numbers[start]
        inside = {n for n, c in self.loops.component.items() if c == self.loops.component[number]}
        home = None if wanted.home is None else self.graph.numbers[wanted.home]

        def arcs(node: Node) -> Iterator[tuple[Node, int, bool]]:
            for arc in self.loops.inner(node[0], inside):
                able = self.loops.able(arc.target)
                reached = arc.turn in wanted.taken | wanted.absent or arc.target == home or not wanted.absent <= able
                reached = reached or (wanted.bad and arc.target in self.question.bad)
                yield (arc.target, 1), arc.cost, reached

        return cheapest(self.graph.numbers, [(number, 1)], arcs)
