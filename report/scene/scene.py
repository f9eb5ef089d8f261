"""A trace as something to draw: who takes part, what each step does where, which message travels between whom.

Every format (terminal, Mermaid, ...) draws the same scene. Everything is derived from the states and message ids of the
trace, never from the wording of its labels. Read next: `lanes.py`, the drawing in the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quorate.report.scene.changes import Change, changes, show

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Envelope, Json, Lane, Moment, Snapshot, Trace

Way = Literal["delivered", "dropped", "duplicated", "cut", "cut both", "healed", "healed both"]


@dataclass(frozen=True, slots=True)
class Arrow:
    """What goes between two lanes in a step: a message (`envelope`), or a link's end or return.

    `sent` is the number of the step that sent the message; 0 where it was in flight from the start.
    """

    source: str
    target: str
    way: Way
    envelope: Envelope | None = None
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """One message sent to one or several; `lost` are those of the targets that it is sent to in vain.

    `matters`: one of them is received, dropped or duplicated later in the trace. `down`: those of the lost that are down, with
    their connections; the link to the others is cut.
    """

    message: Json
    source: str
    targets: tuple[str, ...]
    lost: tuple[str, ...]
    matters: bool
    down: tuple[str, ...] = ()

    @property
    def vain(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Return the targets that it is lost to, and why."""
        cut = tuple(target for target in self.lost if target not in self.down)
        return tuple((targets, why) for targets, why in ((cut, "the link is cut"), (self.down, "it is down")) if targets)


@dataclass(frozen=True, slots=True)
class Row:
    """One step. `actors` are the lanes it happens in: one, or all that a step of the module changes.

    `swallowed` are messages lost because their link was cut, or their process crashed, in this very step. `failed`: the step
    ends in an error.
    """

    number: int  # from 1
    title: str
    where: str
    fault: bool
    actors: tuple[str, ...]
    owner: str | None  # the process whose step it is; None for a step of the module
    arrows: tuple[Arrow, ...]
    changes: dict[str, tuple[Change, ...]]
    sendings: tuple[Sending, ...]
    swallowed: tuple[Envelope, ...]
    down: frozenset[str]  # after the step
    failed: bool


@dataclass(frozen=True, slots=True)
class Start:
    """What several lanes have in common at the start: the fields' values."""

    labels: tuple[str, ...]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Scene:
    """The whole story. `idle` are the lanes that nothing happens in: they need no place of their own."""

    lanes: tuple[Lane, ...]
    idle: tuple[str, ...]
    starts: tuple[Start, ...]
    rows: tuple[Row, ...]
    flight: tuple[Envelope, ...]  # at the end
    down: frozenset[str]  # at the start


def scene_of(trace: Trace) -> Scene:
    """Return the scene of a trace."""
    rows = tuple(_rows(trace))
    busy = {label for row in rows for label in _involved(row)}
    lanes = tuple(lane for lane in trace.lanes if lane.label in busy)
    idle = tuple(lane.label for lane in trace.lanes if lane.label not in busy)
    states = [trace.initial, *(m.state for m in trace.moments if m.state)]
    return Scene(lanes, idle, _starts(trace), rows, states[-1].flight, frozenset(trace.initial.down))


def people(labels: Iterable[str]) -> str:
    """Return a list of processes, the kind said once: `Server 1, 2 and Client`."""
    by_kind: dict[str, list[str]] = {}
    for label in labels:
        kind, _, number = label.rpartition(" ")
        by_kind.setdefault(kind or label, []).append(number if kind else "")
    named = [f"{kind} {', '.join(numbers)}".rstrip() for kind, numbers in by_kind.items()]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def _rows(trace: Trace) -> Iterable[Row]:
    before: Snapshot | None = trace.initial
    moved = {i for m in trace.moments for i in (m.received, *m.duplicated, *(m.lost if m.label.step == "drop" else ()))}
    known = {e.id: (e, 0) for e in trace.initial.flight}
    for number, moment in enumerate(trace.moments, 1):
        known |= {e.id: (e, number) for e in moment.envelopes}
        yield _row(number, moment, before or trace.initial, known, moved)
        before = moment.state


def _row(number: int, moment: Moment, before: Snapshot, known: dict[int, tuple[Envelope, int]], moved: set[int | None]) -> Row:
    arrows = tuple(_arrows(moment, before, known))
    found = _changed(before, moment.state)
    travels = {a.envelope.id for a in arrows if a.envelope}
    swallowed = [known[i][0] for i in moment.lost if i not in moment.sent and i not in travels]
    return Row(
        number,
        _title(moment),
        moment.where,
        moment.label.sort == "fault",
        _actors(moment, found, before),
        moment.label.process,
        arrows,
        found,
        tuple(_sendings(moment, known, moved)),
        tuple(swallowed),
        frozenset((moment.state or before).down),
        moment.state is None,
    )


def _title(moment: Moment) -> str:
    """Return the step's own name with its arguments and choices; of a reception the message is in the arrow."""
    label = moment.label
    name = label.step.rpartition(".")[2]
    arguments = ", ".join(f"{key}={show(value)}" for key, value in label.arguments.items())
    chosen = f" choosing {', '.join(show(c) for c in label.choices)}" if label.choices else ""
    return f"{name}({arguments}){chosen}" if arguments else f"{name}{chosen}"


def _actors(moment: Moment, found: dict[str, tuple[Change, ...]], before: Snapshot) -> tuple[str, ...]:
    if moment.label.process and moment.label.step not in {"cut", "heal", "drop", "duplicate"}:
        return (moment.label.process,)
    if moment.label.sort == "fault":
        turned = set(before.down) ^ set((moment.state or before).down)
        return tuple(sorted(turned))
    senders = {e.source for e in moment.envelopes}
    return tuple(dict.fromkeys([*found, *sorted(senders)]))


def _arrows(moment: Moment, before: Snapshot, known: dict[int, tuple[Envelope, int]]) -> Iterable[Arrow]:
    if moment.received is not None:
        yield _travel(known[moment.received], "delivered")
    if moment.label.step == "drop":
        yield from (_travel(known[i], "dropped") for i in moment.lost)
    yield from (_travel(known[i], "duplicated") for i in moment.duplicated)
    after = moment.state or before
    yield from _links(set(after.cut) - set(before.cut), "cut")
    yield from _links(set(before.cut) - set(after.cut), "healed")


def _travel(message: tuple[Envelope, int], way: Way) -> Arrow:
    envelope, sent = message
    return Arrow(envelope.source, envelope.target, way, envelope, sent)


def _links(pairs: set[tuple[str, str]], way: Literal["cut", "healed"]) -> Iterable[Arrow]:
    both: Way = "cut both" if way == "cut" else "healed both"
    for source, target in sorted(pairs):
        if (target, source) not in pairs:
            yield Arrow(source, target, way)
        elif source < target:
            yield Arrow(source, target, both)


def _sendings(moment: Moment, known: dict[int, tuple[Envelope, int]], moved: set[int | None]) -> Iterable[Sending]:
    for group in alike(known[identity][0] for identity in moment.sent):
        lost = tuple(e.target for e in group if e.id in moment.lost)
        down = tuple(target for target in lost if moment.state and target in moment.state.down)
        matters = any(e.id in moved for e in group)
        yield Sending(group[0].message, group[0].source, tuple(e.target for e in group), lost, matters, down)


def alike(envelopes: Iterable[Envelope]) -> list[list[Envelope]]:
    """Group messages by sender and content: a broadcast is one group."""
    groups: dict[tuple[str, str], list[Envelope]] = {}
    for envelope in envelopes:
        groups.setdefault((envelope.source, show(envelope.message)), []).append(envelope)
    return list(groups.values())


def _changed(before: Snapshot, after: Snapshot | None) -> dict[str, tuple[Change, ...]]:
    if after is None:
        return {}
    found = {
        label: tuple(c for name, value in fields.items() for c in changes(name, before.fields[label][name], value))
        for label, fields in after.fields.items()
    }
    return {label: some for label, some in found.items() if some}


def _involved(row: Row) -> Iterable[str]:
    yield from row.actors
    yield from row.changes
    for arrow in row.arrows:
        yield from (arrow.source, arrow.target)
    for sending in row.sendings:
        yield sending.source


def _starts(trace: Trace) -> tuple[Start, ...]:
    """Group the lanes of one kind that start with the same values."""
    groups: dict[tuple[str, str], list[str]] = {}
    shown: dict[tuple[str, str], dict[str, str]] = {}
    for lane in trace.lanes:
        values = {name: show(value) for name, value in trace.initial.fields.get(lane.label, {}).items()}
        key = (lane.kind, repr(values))
        groups.setdefault(key, []).append(lane.label)
        shown[key] = values
    return tuple(Start(tuple(labels), shown[key]) for key, labels in groups.items() if shown[key])
