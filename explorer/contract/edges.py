"""What a state's edges are made of: the label, where it leads, what it did to messages.

Read next: `stepping.py` and `faults.py`, which find them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from quorate.language.errors import ModelError
    from quorate.language.loading.prelude import Spot
    from quorate.language.values.state import Global, Parcel
    from quorate.language.values.values import Json


@dataclass(frozen=True, slots=True)
class Act:
    """The label of an edge. `process` is a number; `arguments` are by name; a fault's message or peer stands there, too."""

    step: str
    sort: Literal["action", "receive", "fault"]
    process: int | None
    arguments: tuple[tuple[str, Json], ...] = ()
    parcel: Parcel | None = None
    choices: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What a step told a history, by the name of the function that it calls: a client's operation begins, ends, or fails.

    `what` are the arguments of the operation that begins, or its result; `values` is what the function gets beside the client.
    """

    history: str
    client: int
    how: str  # "begin", "end", "end_with", "fail"
    name: str  # of the operation that begins
    what: tuple[Json, ...]
    values: tuple[object, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Edge:
    """One label of a state and where it leads: to a state, or to an error of the model.

    `sent` are the messages put in flight, `lost` those that went missing (out of flight, or sent in vain).
    `prefix` are the positions of the choices, so that the step can be run again. `told` is what histories heard of it.
    """

    act: Act
    target: Global | None
    cost: int = 0
    sent: tuple[Parcel, ...] = ()
    lost: tuple[Parcel, ...] = ()
    error: ModelError | None = None
    prefix: tuple[int, ...] = ()
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Expansion:
    """All edges of a state, sorted by label; which limits stopped a step there, once for each label tried.

    `resets` are limits that stopped a fault (in the `@initial` of a crash or amnesia, of a network too full for a copy): they
    count, and the state may be terminal all the same.
    `stopped` are the labels, without their choices, that a limit stopped on some way through these.
    """

    edges: tuple[Edge, ...]
    limited: tuple[Spot, ...]
    resets: tuple[Spot, ...] = ()
    stopped: tuple[Act, ...] = ()

    @property
    def terminal(self) -> bool:
        """Say whether nothing goes on from here without a fault that costs."""
        return not self.limited and all(e.cost for e in self.edges)
