"""A trace told in the terminal: what is violated, the steps that lead there, and the values that make it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.quantities import counted
from quorate.report.scene.changes import show
from quorate.report.scene.scene import alike, people, scene_of
from quorate.report.screen import Role, Span, line, wrapped
from quorate.report.terminal.lanes import labels, lanes, plan, sent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Cause, Envelope, Snapshot, Trace
    from quorate.report.scene.scene import Row, Scene
    from quorate.report.screen import Line, Screen

ENDS = {
    "violated": "is violated",
    "found": "is witnessed",
    "error": "an error of the model",
    "walked": "a walk taken by hand",
    "stuck": "stuck: nothing can happen any more, and messages are in flight to processes that are up",
}


def account(trace: Trace, screen: Screen) -> list[Line]:
    """Return the whole story as lines."""
    scene = scene_of(trace)
    return [
        *_heading(trace, screen),
        line(),
        *_starts(scene, trace.initial, screen),
        *_steps(trace, scene, screen),
        line(),
        *_ending(trace, scene, screen),
    ]


def heading(trace: Trace) -> str:
    """Return in a phrase how the trace ends: `one_leader_per_term is violated`."""
    return f"{trace.name} {ENDS[trace.verdict]}" if trace.verdict in {"violated", "found"} else ENDS[trace.verdict]


def size(trace: Trace) -> str:
    """Return the length in words: `6 steps, 1 fault`."""
    faults = f", {counted(trace.faults, 'fault')}" if trace.faults else ""
    return f"{counted(len(trace.moments), 'step')}{faults}"


def _heading(trace: Trace, screen: Screen) -> Iterable[Line]:
    role = {"found": Role.GOOD, "walked": Role.STRONG}.get(trace.verdict, Role.BAD)
    for part in wrapped(f"{heading(trace)}, after {size(trace)}", screen.width, "  "):
        yield line(Span(part, role))
    if trace.statement and trace.verdict in {"violated", "found"}:
        yield from (line(f"  {part}") for part in wrapped(trace.statement, screen.width - 2))


def _starts(scene: Scene, initial: Snapshot, screen: Screen) -> Iterable[Line]:
    """Say once what the processes start with; those that nothing happens to are named here and not drawn."""
    for start in scene.starts:
        values = ", ".join(f"{name} {value}" for name, value in start.values.items())
        text = f"{people(start.labels)} start{'s' if len(start.labels) == 1 else ''} with {values}"
        yield from (line(Span(part, Role.DIM)) for part in wrapped(text, screen.width, "  "))
    if initial.flight:
        text = f"in flight at first: {'; '.join(_flying(group, screen) for group in alike(initial.flight))}"
        yield from (line(Span(part, Role.DIM)) for part in wrapped(text, screen.width, "  "))
    if scene.idle and scene.rows:
        text = f"{people(scene.idle)} take{'s' if len(scene.idle) == 1 else ''} no part"
        yield from (line(Span(part, Role.DIM)) for part in wrapped(text, screen.width, "  "))


def _steps(trace: Trace, scene: Scene, screen: Screen) -> Iterable[Line]:
    if not scene.rows:
        yield line("no step is needed: an initial state is enough")
        return
    yield line()
    where = plan(scene, screen)
    yield from lanes(scene, where) if where else _list(trace, scene, screen)
    if trace.loop is not None:
        yield line(Span(f"and again from step {trace.loop + 1}, for ever", Role.STRONG))


def _operations(trace: Trace, screen: Screen) -> Iterable[Line]:
    """Say what the clients saw, one operation a line."""
    if trace.operations:
        yield line(Span("operations", Role.STRONG))
    for operation in trace.operations:
        steps = f"steps {operation.start} to {operation.end}" if operation.end else f"from step {operation.start} on"
        steps = f"step {operation.start}" if operation.end == operation.start else steps
        text = f"{operation.client}: {operation.call} {operation.outcome}, {steps}"
        yield from (line(f"  {part}") for part in wrapped(text, screen.width - 2, "  "))


def _ending(trace: Trace, scene: Scene, screen: Screen) -> Iterable[Line]:
    yield from _operations(trace, screen)
    for remark in trace.remarks:
        yield from (line(Span(part, Role.STRONG)) for part in wrapped(remark, screen.width, "  "))
    if trace.error:
        yield from (line(Span(part, Role.BAD)) for part in trace.error.splitlines())
    if trace.causes:
        yield line(Span("because" if trace.verdict != "found" else "as", Role.STRONG))
        for cause in trace.causes:
            yield from _cause(cause, screen)
    if scene.flight and trace.origin.network != "set":  # there everything ever sent stays in flight
        text = f"still in flight: {'; '.join(_flying(group, screen) for group in alike(scene.flight))}"
        role = Role.BAD if trace.verdict == "stuck" else Role.DIM
        yield from (line(Span(part, role)) for part in wrapped(text, screen.width, "  "))


def _cause(cause: Cause, screen: Screen) -> Iterable[Line]:
    place = f" (line {cause.line})" if cause.line else ""
    yield from (line(f"  {part}") for part in wrapped(cause.text + place, screen.width - 2, "  "))
    values = ", ".join(f"{name} = {show(value)}" for name, value in cause.values.items())
    if values:
        yield from (line("    ", Span(part, Role.CHANGE)) for part in wrapped(values, screen.width - 4, "  "))


def _flying(group: list[Envelope], screen: Screen) -> str:
    targets = people(envelope.target for envelope in group)
    return f"{show(group[0].message)} {group[0].source} {screen.glyphs.becomes} {targets}"


# -- the steps as a list, where lanes do not fit ----------------------------------------------------------------------


def _list(trace: Trace, scene: Scene, screen: Screen) -> Iterable[Line]:
    for row, moment in zip(scene.rows, trace.moments, strict=True):
        role = Role.FAULT if row.fault else Role.STRONG
        for part in wrapped(f"{row.number}. {moment.text}", screen.width, "   "):
            yield line(Span(part, role))
        yield from _details(row, screen)


def _details(row: Row, screen: Screen) -> Iterable[Line]:
    def filled(text: str, role: Role) -> list[Line]:
        return [line("   ", Span(part, role)) for part in wrapped(text, screen.width - 3, "  ")]

    glyphs = screen.glyphs
    for arrow in row.arrows:
        if arrow.way == "delivered" and arrow.envelope:
            yield from filled(f"receives {labels(arrow)[0]} from {arrow.source}{_delay(row, arrow.sent)}", Role.ARROW)
    for label, found in row.changes.items():
        text = ", ".join(change.text(glyphs.becomes) for change in found)
        yield from filled(text if label == row.owner else f"{label}: {text}", Role.CHANGE)
    for sending in row.sendings:
        yield from sent(sending, filled, screen.width - 3)
    for envelope in row.swallowed:
        yield from filled(f"loses {show(envelope.message)} from {envelope.source} to {envelope.target}", Role.FAULT)


def _delay(row: Row, sent_at: int) -> str:
    return f" (sent at step {sent_at})" if sent_at and row.number - sent_at > 1 else ""
