"""Cheapest ways on a graph of numbered states: fewest faults and then fewest steps, as Dijkstra finds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from quorate.language.values.state import Global

Node = tuple[int, int]  # a state by number, and the phase: 1 where a promise is owed
Cost = tuple[int, int]  # faults, steps


@dataclass(frozen=True, slots=True)
class ReferenceWay:
    """The cheapest ways to something: the nodes on them, each with its cost; not where the last edge leads."""

    faults: int
    steps: int
    numbers: Mapping[Global, int]
    nodes: dict[Node, Cost]

    def admits(self, state: Global, phase: int, faults: int, steps: int) -> bool:
        """Say whether the state lies on a cheapest way at exactly this cost."""
        return self.nodes.get((self.numbers[state], phase)) == (faults, steps)


@dataclass
class Search:
    """One search: `arcs` yields where each edge leads, its cost, and whether it reaches what is looked for."""

    arcs: Callable[[Node], Iterator[tuple[Node, int, bool]]]
    costs: dict[Node, Cost]
    parents: dict[Node, list[Node]] = field(default_factory=dict)
    best: Cost | None = None
    last: list[Node] = field(default_factory=list)

    def run(self) -> None:
        """Settle nodes until none is left that could lead as cheaply to what is looked for."""
        heap = [((0, 0), node) for node in self.costs]
        settled: set[Node] = set()
        while heap and (self.best is None or heap[0][0] < self.best):
            cost, node = heappop(heap)
            if node in settled:
                continue
            settled.add(node)
            for target, faults, reached in self.arcs(node):
                after = (cost[0] + faults, cost[1] + 1)
                if reached:
                    self._end(node, after)
                known = self.costs.get(target)
                if known is None or after < known:
                    self.costs[target], self.parents[target] = after, [node]
                    heappush(heap, (after, target))
                elif after == known:
                    self.parents[target].append(node)

    def _end(self, node: Node, cost: Cost) -> None:
        if self.best is None or cost < self.best:
            self.best, self.last = cost, []
        if cost == self.best:
            self.last.append(node)

    def on_ways(self) -> dict[Node, Cost]:
        """Return the nodes on the cheapest ways, walking back from their last edges."""
        found: dict[Node, Cost] = {}
        waiting = list(self.last)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found[node] = self.costs[node]
                waiting += self.parents.get(node, ())
        return found


def cheapest(
    numbers: Mapping[Global, int],
    starts: Iterable[Node],
    arcs: Callable[[Node], Iterator[tuple[Node, int, bool]]],
    is_end: Callable[[Node], bool] = lambda _: False,
) -> ReferenceWay | None:
    """Return the cheapest ways from the starts to an edge that `arcs` calls an end, or to a start that is one."""
    search = Search(arcs, dict.fromkeys(starts, (0, 0)))
    ended = [node for node in search.costs if is_end(node)]
    if ended:
        return ReferenceWay(0, 0, numbers, dict.fromkeys(ended, (0, 0)))
    search.run()
    return None if search.best is None else ReferenceWay(*search.best, numbers, search.on_ways())
