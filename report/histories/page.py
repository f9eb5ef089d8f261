"""A contradiction as a page for a browser: the viewer of traces, its lanes the clients, its steps begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.explorer.contract.trace import Cause, Label, Lane, Moment, Operation, Origin, Snapshot, Trace
from quorate.properties.histories.record.values import shown
from quorate.properties.histories.wording import answer, call, sentence
from quorate.report.pages import viewer

if TYPE_CHECKING:
    from quorate.properties.histories.contradiction import Contradiction
    from quorate.properties.histories.judge import Judgement
    from quorate.properties.histories.record.history import Operation as Recorded


def page(found: Judgement) -> str:
    """Return the HTML. Requires: the guarantee is violated."""
    assert found.why is not None
    return viewer.page(trace_of(found, found.why))


def trace_of(found: Judgement, why: Contradiction) -> Trace:
    """Return the operations that contradict each other as a trace: two steps for each, one for what nobody saw end."""
    operations = sorted((*why.operations, *why.origins), key=lambda o: o.begins)
    labels = sorted({client(o) for o in operations}, key=lambda label: (len(label), label))
    lanes = tuple(Lane(label, "client", None, i) for i, label in enumerate(labels))
    nothing = Snapshot({label: {} for label in labels}, (), (), (), {})
    events = sorted(
        [(o.begins, o, True) for o in operations] + [(o.ends, o, False) for o in operations if o.ends is not None], key=when
    )
    number = {event: i for i, (event, _, _) in enumerate(events, 1)}
    file = found.history.file
    return Trace(
        Origin(file, file, "", {"object": found.target.name, "at first": shown(found.target.initial)}, "", 0, {}),
        found.guarantee.name,
        "guarantee",
        sentence(why, found.target, found.guarantee),
        "violated",
        lanes,
        nothing,
        tuple(moment(o, nothing, begins=begins) for _, o, begins in events),
        tuple(Cause(f"{call(o)} \N{RIGHTWARDS ARROW} {answer(o)}", {"by": client(o)}, o.where.line) for o in why.operations),
        operations=tuple(
            Operation(
                client(o), o.function, argument(o), answer(o), number[o.begins], None if o.ends is None else number[o.ends]
            )
            for o in operations
        ),
    )


def when(event: tuple[int, Recorded, bool]) -> int:
    return event[0]


def client(operation: Recorded) -> str:
    return f"client {operation.client}"


def argument(operation: Recorded) -> str:
    return call(operation).partition(" ")[2]


def moment(operation: Recorded, state: Snapshot, *, begins: bool) -> Moment:
    """Return the step in which an operation begins, or ends."""
    text = call(operation) if begins else f"\N{RIGHTWARDS ARROW} {answer(operation)}"
    where = f"{operation.where.file}:{operation.where.line}" if begins else ""
    label = Label(text.replace(".", "\N{MIDDLE DOT}"), "action", client(operation))
    return Moment(label, f"{client(operation)}: {text}", where, None, (), (), (), (), state)
