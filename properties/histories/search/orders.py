"""What must come before what: in real time, or in each client's own order.

An order says, at each position, which operations can come next. Those whose results nobody saw are apart: they may come once,
or never, at any position at which they have begun and, where it is known when they ended, not yet ended. Among themselves they
keep no order: in a recording none of them ends, and where some are forgotten (`contradiction.py`) more is allowed, not less. A
position is small: it tells one set of operations from another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from quorate.properties.histories.record.history import Operation

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

Ahead = tuple[tuple[int, "Hashable"], ...]
LOW = 32  # bits of a position in real time that say where its window begins


class Order(Protocol):
    """An order of `operations`; those of `optional` may come, or not.

    start  before the first operation
    ahead  which operations can come next, by number, and the position after each
    free   which of `optional` can come next, as a mask of bits; what ends first stands first among them
    done   whether nothing has to follow
    bound  (`bound_to`) to what, but its time, an optional operation is bound
    """

    @property
    def operations(self) -> Sequence[Operation]: ...

    @property
    def optional(self) -> Sequence[Operation]: ...

    @property
    def start(self) -> Hashable: ...

    def ahead(self, position: Hashable) -> Ahead: ...

    def free(self, position: Hashable) -> int: ...

    def done(self, position: Hashable) -> bool: ...

    def bound_to(self, operation: Operation) -> Hashable: ...


class RealTime:
    """What has ended before another begins comes first (Herlihy & Wing 1990, section 2).

    Operations are numbered as they end. A position is the first that has not come, and which of those after it have, as a
    window of bits. So what can come next is among those that are open when the first ends: a short list, made once. It is what
    the linked list of calls and returns is for in Wing & Gong's search, and there is nothing to undo.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = sorted((o for o in operations if not o.optional), key=Operation.deadline)
        self.optional = sorted((o for o in operations if o.optional), key=Operation.deadline)
        self.start = 0
        self.open: list[tuple[int, ...]] = []
        self.latest = [-1]  # of the operations before each, when the last begins
        by_begin = sorted(range(len(self.operations)), key=lambda i: self.operations[i].begins)
        waiting: list[int] = []
        entered = 0
        for low, first in enumerate(self.operations):
            while entered < len(by_begin) and self.operations[by_begin[entered]].begins < first.deadline():
                waiting.append(by_begin[entered])
                entered += 1
            waiting = sorted(i for i in waiting if i >= low)
            self.open.append(tuple(waiting))
            self.latest.append(max(self.latest[-1], first.begins))

    def ahead(self, position: Hashable) -> Ahead:
        low, window = _parts(position)
        return tuple((i, self._after(low, window | 1 << (i - low))) for i in self.open[low] if not window >> (i - low) & 1)

    def _after(self, low: int, window: int) -> int:
        gone = (~window & (window + 1)).bit_length() - 1  # how many come in a row from the first on
        return low + gone | window >> gone << LOW

    def free(self, position: Hashable) -> int:
        """Return those that have begun when the next one has to come, and had not ended when one that has come began."""
        low, window = _parts(position)
        latest = max([self.latest[low], *(self.operations[low + i].begins for i in _bits(window))])
        until = self.operations[low].deadline()
        return sum(1 << j for j, o in enumerate(self.optional) if o.begins < until and o.deadline() > latest)

    def done(self, position: Hashable) -> bool:
        return _parts(position)[0] == len(self.operations)

    def bound_to(self, operation: Operation) -> Hashable:
        """Return the same for all: of two that can come next, the one that ends later can also come later."""


def _parts(position: Hashable) -> tuple[int, int]:
    assert isinstance(position, int)
    return position & ((1 << LOW) - 1), position >> LOW


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


class Sessions:
    """Each client's operations come in its own order. A position is how many operations of each client have come."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        self.optional = sorted((o for o in operations if o.optional), key=Operation.deadline)
        clients = list(dict.fromkeys(o.client for o in operations))
        self.chains = [[i for i, o in enumerate(operations) if o.client == c and not o.optional] for c in clients]
        self.start = (0,) * len(clients)
        self.last = tuple(len(chain) for chain in self.chains)
        self.after = [  # of each that is optional: its client, and how many of that one's come before it
            (c, sum(operations[i].begins < o.begins for i in self.chains[c]))
            for o in self.optional
            for c in [clients.index(o.client)]
        ]

    def ahead(self, position: Hashable) -> Ahead:
        assert isinstance(position, tuple)
        heads = ((c, chain[position[c]]) for c, chain in enumerate(self.chains) if position[c] < len(chain))
        return tuple((i, (*position[:c], position[c] + 1, *position[c + 1 :])) for c, i in heads)

    def free(self, position: Hashable) -> int:
        """Return those whose client has come so far, and, where it is known when they ended, no farther."""
        assert isinstance(position, tuple)
        places = zip(self.optional, self.after, strict=True)
        return sum(
            1 << j
            for j, (o, (c, number)) in enumerate(places)
            if position[c] == number or (position[c] > number and o.ends is None)
        )

    def done(self, position: Hashable) -> bool:
        return position == self.last

    def bound_to(self, operation: Operation) -> Hashable:
        """Return whose it is, where it has to come before that client's next."""
        return None if operation.ends is None else operation.client
