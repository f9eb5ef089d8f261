"""The bag of emitted/bag.c in Python: the slow twin that the runtime's counts and cheapest costs are held against."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from quorate.explorer.native.machine import Machine

EMITTED = Path(__file__).parent / "emitted"
Bag = tuple[int, tuple[int, ...]]  # faults left, numbers ascending
STEPS = ("add", "raise", "lose", "return")


def machine(name: str, **defined: int) -> Machine:
    """Return the machine of a hand-written emitted file, with these macros defined."""
    macros = "".join(f"#define {macro} {value}\n" for macro, value in defined.items())
    return Machine(macros + (EMITTED / f"{name}.c").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Twin:
    most: int = 3
    top: int = 3
    budget: int = 1
    width: int = 1

    def macros(self) -> dict[str, int]:
        return {"MOST": self.most, "TOP": self.top, "BUDGET": self.budget, "WIDTH": self.width}

    @property
    def initial(self) -> Bag:
        return self.budget, ()

    def words(self, bag: Bag) -> tuple[int, ...]:
        left, numbers = bag
        first = left << 8 | len(numbers)
        return (first, 2**64 - 1 - first, *(n for n in numbers for _ in range(self.width)))

    def edges(self, bag: Bag) -> list[tuple[str, Bag]]:
        left, numbers = bag
        found: list[tuple[str, Bag]] = []
        if len(numbers) < self.most:
            found.append(("add", (left, tuple(sorted((*numbers, 0))))))
        for n in sorted(set(numbers)):
            if n < self.top:
                rest = list(numbers)
                rest.remove(n)
                found.append(("raise", (left, tuple(sorted((*rest, n + 1))))))
        if left and numbers:
            found.append(("lose", (left - 1, numbers[1:])))
        return found

    def depths(self) -> dict[Bag, int]:
        """Return every reachable state with its depth, by plain breadth-first search."""
        depth, queue = {self.initial: 0}, deque([self.initial])
        while queue:
            bag = queue.popleft()
            for _, after in self.edges(bag):
                if after not in depth:
                    depth[after] = depth[bag] + 1
                    queue.append(after)
        return depth

    def costs(self) -> dict[Bag, tuple[int, int]]:
        """Return every reachable state with its cheapest (faults, steps), by Dijkstra's algorithm."""
        costs: dict[Bag, tuple[int, int]] = {}
        heap = [(0, 0, self.initial)]
        while heap:
            faults, steps, bag = heapq.heappop(heap)
            if bag in costs:
                continue
            costs[bag] = faults, steps
            for step, after in self.edges(bag):
                heapq.heappush(heap, (faults + (step == "lose"), steps + 1, after))
        return costs

    def on_cheapest_ways(self, ends: set[Bag]) -> set[Bag]:
        """Return the states on cheapest ways to the cheapest of these ends."""
        costs = self.costs()
        least = min(costs[bag] for bag in ends)
        marked = {bag for bag in ends if costs[bag] == least}
        for bag in sorted(costs, key=lambda b: costs[b], reverse=True):
            faults, steps = costs[bag]
            for step, after in self.edges(bag):
                if after in marked and costs[after] == (faults + (step == "lose"), steps + 1):
                    marked.add(bag)
        return marked
