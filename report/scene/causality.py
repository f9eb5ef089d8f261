"""Which steps of a trace led to its end: the happened-before relation, walked backwards.

Source: Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System" (1978). A step comes after the one before
it in each lane that it happens in, and after the sending of each message it receives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Json, Trace
    from quorate.report.scene.scene import Row, Scene


def causal_rows(trace: Trace, scene: Scene) -> frozenset[int]:
    """Return the numbers of the rows that happened before the end, the last row included.

    Where the property's causes name processes, the last row of each of those counts as an end as well: a property that is
    false of two processes has two histories.
    """
    if not scene.rows:
        return frozenset()
    last_of = {lane: row.number for row in scene.rows for lane in lanes_of(row)}
    ends = {scene.rows[-1].number} | {last_of[lane] for lane in named(trace) if lane in last_of}
    known = histories(scene)
    return frozenset(ends.union(*(known[number] for number in ends)))


def histories(scene: Scene) -> dict[int, frozenset[int]]:
    """Return for each row the numbers of those that happened before it: what its processes could know of."""
    before = _predecessors(scene)
    known: dict[int, frozenset[int]] = {}
    for row in scene.rows:
        direct = before[row.number] - {row.number}  # a copy of a message is sent where it is made
        known[row.number] = frozenset(direct).union(*(known[number] for number in direct))
    return known


def lanes_of(row: Row) -> set[str]:
    """Return the lanes that a row happens in: its actors, and whatever it changes."""
    return {*row.actors, *row.changes}


def _predecessors(scene: Scene) -> dict[int, set[int]]:
    latest: dict[str, int] = {}
    before: dict[int, set[int]] = {}
    for row in scene.rows:
        lanes = lanes_of(row) | {lane for a in row.arrows if a.envelope is None for lane in (a.source, a.target)}
        sent = {a.sent for a in row.arrows if a.envelope is not None and a.sent}
        before[row.number] = sent | {latest[lane] for lane in lanes if lane in latest}
        latest |= dict.fromkeys(lanes, row.number)
    return before


def named(trace: Trace) -> set[str]:
    """Return the lanes that the causes speak of, by their labels among the values."""
    labels = {lane.label for lane in trace.lanes}
    return {word for cause in trace.causes for word in _strings(list(cause.values.values())) if word in labels}


def _strings(values: Iterable[Json]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _strings(value)
        elif isinstance(value, dict):
            yield from _strings(list(value.values()))
