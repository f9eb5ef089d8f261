"""The second search: the cheapest way to a target, by fewest faults and then fewest steps.

States are settled in the order of their cost (faults, steps), as Dijkstra does: costs are added along a way and compare
as pairs, so what lies before the end of a cheapest way is itself reached as cheaply as possible.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import ERROR, STUCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.contract.clock import Clock
    from quorate.explorer.contract.edges import Expansion
    from quorate.explorer.contract.engine import Guide, Target
    from quorate.explorer.reference.states import States
    from quorate.language.values.state import Global

Cost = tuple[int, int]  # faults, steps


@dataclass(frozen=True, slots=True)
class Way:
    """The cheapest ways to one target: the states on them, each with its cost."""

    faults: int
    steps: int
    edge: bool
    states: dict[Global, Cost]

    def admits(self, state: Global, faults: int, steps: int) -> bool:
        """Say whether the state lies on some cheapest way at exactly this cost."""
        return self.states.get(state) == (faults, steps)


@dataclass
class End:
    """The cheapest cost at which a target was reached so far, and the states where its ways end."""

    cost: Cost
    edge: bool
    states: list[Global]


@dataclass
class Layers:
    """One search by cost for several targets."""

    engine: States
    targets: Sequence[Target]
    costs: dict[Global, Cost] = field(default_factory=dict)
    parents: defaultdict[Global, list[Global]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[Target, End] = field(default_factory=dict)
    waiting: dict[Cost, list[Global]] = field(default_factory=dict)
    heap: list[Cost] = field(default_factory=list)
    edges: int = 0

    def run(self, clock: Clock) -> None:
        """Settle states until every target has its cheapest cost and no way as cheap is left out."""
        self._reach(self.engine.initial_states(), (0, 0))
        try:
            while self.heap and not self._done(self.heap[0]):
                cost = heappop(self.heap)
                for state in self.waiting.pop(cost):
                    if self.costs[state] == cost:
                        self._settle(state, cost)
                    if clock.cut(len(self.costs), self.edges, cost[1], len(self.heap)):
                        self._forget()
                        return
        except KeyboardInterrupt:
            self._forget()

    def _done(self, cost: Cost) -> bool:
        return all(target in self.ends and self.ends[target].cost < cost for target in self.targets)

    def _forget(self) -> None:
        """Leave out the targets whose cheapest way the stopped search may have missed."""
        least = self.heap[0] if self.heap else (0, 0)
        self.ends = {target: end for target, end in self.ends.items() if end.cost < least}

    def _reach(self, states: Iterable[Global], cost: Cost) -> None:
        """Put the states among those that wait at this cost, unless they were reached more cheaply."""
        for state in states:
            known = self.costs.get(state)
            if known is None or cost < known:
                self.costs[state] = cost
                self.parents[state].clear()
                if cost not in self.waiting:
                    self.waiting[cost] = []
                    heappush(self.heap, cost)
                self.waiting[cost].append(state)

    def _settle(self, state: Global, cost: Cost) -> None:
        expansion = self.engine.successors(state)
        for target in self._hit(state, expansion):
            self._end(target, cost, state, edge=False)
        for edge in expansion.edges:
            after = (cost[0] + edge.cost, cost[1] + 1)
            self.edges += 1
            if edge.target is None:
                self._end(ERROR, after, state, edge=True)
                continue
            for target in self._crossed(state, edge.target):
                self._end(target, after, state, edge=True)
            self._reach([edge.target], after)
            if self.costs[edge.target] == after:
                self.parents[edge.target].append(state)

    def _hit(self, state: Global, expansion: Expansion) -> set[Target]:
        """Return the targets that the state itself is."""
        judge = self.engine.judge
        found, error = judge.on_state(state)
        if expansion.terminal:
            final, late = judge.on_state(state, terminal=True)
            found, error = found | final, error or late
            found |= {STUCK} if self.engine.stuck(state) else set()
        return found | ({ERROR} if error else set())

    def _crossed(self, before: Global, after: Global) -> set[Target]:
        found, error = self.engine.judge.on_edge(before, after)
        return found | ({ERROR} if error else set())

    def _end(self, target: Target, cost: Cost, state: Global, *, edge: bool) -> None:
        """Note an end of a way. Where a state and an edge reach the target at one cost, the state is shown."""
        known = self.ends.get(target)
        if target not in self.targets or (known and (known.cost, known.edge) < (cost, edge)):
            return
        if known and (known.cost, known.edge) == (cost, edge):
            known.states.append(state)
        else:
            self.ends[target] = End(cost, edge, [state])

    def way(self, end: End) -> Way:
        """Return the states on the cheapest ways to an end, walking back."""
        found: dict[Global, Cost] = {}
        waiting = list(end.states)
        while waiting:
            state = waiting.pop()
            if state not in found:
                found[state] = self.costs[state]
                waiting += self.parents[state]
        return Way(end.cost[0], end.cost[1], end.edge, found)


def shortest(engine: States, targets: Sequence[Target], clock: Clock) -> dict[Target, Guide]:
    """Return the cheapest way to each target that was reached; one is missing only where a limit stopped the search."""
    layers = Layers(engine, targets)
    layers.run(clock)
    return {target: layers.way(end) for target, end in layers.ends.items()}
