"""The search for an order of the operations that the object allows (Wing & Gong 1993, with the memory of Lowe 2017).

Depth first, without recursion: from the position before the first operation, by whatever can come next and is what the object
would have answered. A position and a state that were met once are not searched again. Three things make it short:

- An operation that only observes (a read, a `cas` that failed) and is right comes at once, and nothing else is tried in its
  place: in any order that works it can be moved there, since it changes nothing. (Not where it would come too early for an
  optional operation, which has to come before it or never.)
- Of operations whose results nobody saw, alike and bound to the same, the first to end is taken first: they can change places.
- Of two ways to the same position and state the one that used fewer of these is enough: what the other can still use, it can.

Requires: `order` is a partial order; a quiet operation changes no state. Ensures: the numbers of operations in an order that
works (the optional ones are negative, -1 the first), or None, if there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.histories.search.machine import IMPOSSIBLE, INITIAL, Machine, kind_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from quorate.properties.histories.objects.sequential import Sequential
    from quorate.properties.histories.record.history import Operation
    from quorate.properties.histories.search.limits import Limits
    from quorate.properties.histories.search.orders import Ahead, Order

BETWEEN = 1024  # configurations between two looks at the limits


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where a search is: the operation that led here, the position, the object's state, and the optional ones used."""

    taken: int
    position: Hashable
    state: int
    used: int


class Search:
    """One search; `met` counts the configurations."""

    def __init__(self, order: Order, target: Sequential, limits: Limits) -> None:
        self.order = order
        self.limits = limits
        self.machine = Machine(target, [*order.operations, *order.optional])
        self.tables = [self.machine.table(operation) for operation in order.operations]
        self.quiet = [target.is_quiet(operation.function, operation.result) for operation in order.operations]
        self.alike = _alike(order)
        self.seen: dict[tuple[Hashable, int], list[int]] = {}
        self.known: dict[Hashable, tuple[Ahead, int]] = {}
        self.met = 0

    def run(self) -> list[int] | None:
        """Return an order that works, or None. Errors: Exhausted."""
        first = Configuration(0, self.order.start, INITIAL, 0)
        self._is_new(first)
        path: list[Configuration] = [first]
        ways = [self._ways(first)]
        if self.order.done(first.position):
            return []
        while ways:
            found = next(ways[-1], None)
            if found is None:
                ways.pop()
                path.pop()
            elif self._is_new(found):
                path.append(found)
                if self.order.done(found.position):
                    return [configuration.taken for configuration in path[1:]]
                ways.append(self._ways(found))
        return None

    def _is_new(self, at: Configuration) -> bool:
        """Note a configuration; say whether no other was met that can do all that this one can."""
        self.met += 1
        if self.met % BETWEEN == 0:
            self.limits.check()
        known = self.seen.setdefault((at.position, at.state), [])
        for used in known:
            if used & at.used == used:
                return False
        known.append(at.used)
        return True

    def _ways(self, at: Configuration) -> Iterator[Configuration]:
        """Return what can come next, those first that end first; only the first that observes, if one does."""
        state, used = at.state, at.used
        ahead, may = self._known(at.position)
        free = may & ~used
        found = []
        for i, after in ahead:
            table = self.tables[i]
            reached = table[state] if state in table else self.machine.step(self.order.operations[i], state)
            if reached != IMPOSSIBLE:
                if self.quiet[i] and not (free and free & ~self._known(after)[1]):
                    return iter((Configuration(i, after, reached, used),))
                found.append(Configuration(i, after, reached, used))
        if free:
            found += self._optional(at, free)
        return iter(found)

    def _known(self, position: Hashable) -> tuple[Ahead, int]:
        """Return what can come next at a position, and which optional operations can."""
        if position not in self.known:
            done = self.order.done(position)
            free = self.order.free(position) if self.alike and not done else 0
            self.known[position] = () if done else self.order.ahead(position), free
        return self.known[position]

    def _optional(self, at: Configuration, free: int) -> Iterator[Configuration]:
        for operation, members in self.alike:
            bit = free & members
            if bit:
                bit &= -bit
                reached = self.machine.step(operation, at.state)
                if reached not in {IMPOSSIBLE, at.state}:
                    yield Configuration(-bit.bit_length(), at.position, reached, at.used | bit)


def _alike(order: Order) -> list[tuple[Operation, int]]:
    """Return the optional operations, one of each kind, with the bits of all of its kind."""
    kinds: dict[object, tuple[Operation, int]] = {}
    for j, operation in enumerate(order.optional):
        kind = kind_of(operation), order.bound_to(operation)
        first, members = kinds.get(kind, (operation, 0))
        kinds[kind] = first, members | 1 << j
    return list(kinds.values())
