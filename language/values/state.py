"""A state of the whole system, and the configuration of network and faults that decides how it steps.

Values are in the frozen form of `values.py`; both engines mean the same by them: `layout.py` packs a state for the
native engine and unpacks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quorate.language.declare import Connections, Full, Order

Frozen = object  # a value in the frozen form of `language/values/values.py`


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message in flight between two processes, by number; `values` are its fields in order."""

    source: int
    target: int
    message: str
    values: tuple[Frozen, ...]


@dataclass(frozen=True, slots=True)
class Global:
    """One state, in canonical form: equal states are equal values.

    `flight` is sorted (by `Setting.parcel_order`): with repetitions under `unordered`, without under `set`; under `fifo`
    each link's queue stands in its order, links sorted. `budgets` are what is left of each fault, in the order of
    `declare.FAULTS`; None where it is unlimited. A cut link is (source, target).
    """

    fields: tuple[tuple[Frozen, ...], ...]  # by process number
    shared: tuple[tuple[Frozen, ...], ...]
    down: frozenset[int]
    cut: frozenset[tuple[int, int]]
    flight: tuple[Parcel, ...]
    budgets: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """How often a fault may happen (None: any number of times) and to which processes, by number."""

    count: int | None
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the processes: the network, and the faults. `links` are the ordered pairs that can carry a message.

    A pair is a link when the target's kind receives some message from the source's kind (a handler that asks for no sender
    takes any). `budgets` are by the names of `declare.FAULTS`, those with a count of 0 left out. `full`: what a step is that
    sends more than the capacity, an error of the model or one that a limit stops. `start`:
    the module-level `@initial`s that run. `connections`: whether a crash loses what is in flight to and from the process.
    """

    network: Order
    capacity: int
    budgets: dict[str, Budget]
    links: tuple[tuple[int, int], ...]
    full: Full = "error"
    start: tuple[str, ...] = ()
    connections: Connections = "kept"
