"""Operations as intervals: when each begins and ends among those that are shown. Every picture of a history draws it.

Read next: `text.py`, time going down the terminal; `picture.py`, time going to the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.properties.histories.wording import answer, call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.properties.histories.contradiction import Contradiction
    from quorate.properties.histories.record.history import Operation


@dataclass(frozen=True, slots=True)
class Interval:
    """An operation: its lane, and the moments of its beginning and end; `end` is None where nobody saw it.

    aside  it does not contradict the others: it is there because it wrote what they read
    """

    lane: int
    begin: int
    end: int | None
    call: str
    answer: str
    line: int
    aside: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lanes, and intervals in the order in which they begin; `moments` is how many there are.

    shared  a lane may have several clients, one after another: then each call says whose it is
    """

    lanes: tuple[str, ...]
    intervals: tuple[Interval, ...]
    moments: int
    shared: bool


def timeline_of(why: Contradiction, most: int) -> Timeline:
    """Return the picture of a contradiction: a lane a client, or where these are more than `most`, as few as there can be."""
    shown = sorted((*why.operations, *why.origins), key=lambda o: o.begins)
    clients = sorted({o.client for o in shown}, key=lambda client: (len(client), client))
    shared = len(clients) > most
    lane_of = _packed(shown) if shared else {o.number: clients.index(o.client) for o in shown}
    events = sorted({o.begins for o in shown} | {o.ends for o in shown if o.ends is not None})
    moment = {event: i for i, event in enumerate(events)}

    def interval(operation: Operation) -> Interval:
        whose = f"{operation.client}: " if shared else ""
        return Interval(
            lane_of[operation.number],
            moment[operation.begins],
            None if operation.ends is None else moment[operation.ends],
            whose + call(operation),
            answer(operation),
            operation.where.line,
            operation in why.origins,
        )

    lanes = ("",) * (max(lane_of.values()) + 1) if shared else tuple(clients)
    return Timeline(lanes, tuple(map(interval, shown)), len(events), shared)


def _packed(shown: Sequence[Operation]) -> dict[int, int]:
    """Return a lane for each operation, in which the one before has ended."""
    last: list[Operation] = []
    found: dict[int, int] = {}
    for operation in shown:
        lane = next((i for i, before in enumerate(last) if before.before(operation)), len(last))
        last[lane : lane + 1] = [operation]
        found[operation.number] = lane
    return found
