"""A scene in the terminal: time goes down, each process has a lane, a delivered message is an arrow between two.

A message is drawn when it arrives; where it was sent, a line of text says to whom. Read next: `account.py`, which puts the
heading above and the reasons below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from quorate.report.scene.changes import short, show
from quorate.report.scene.scene import people
from quorate.report.screen import Role, Span, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.report.scene.scene import Arrow, Row, Scene, Sending, Way
    from quorate.report.screen import Glyphs, Line, Screen

MOST = 8  # lanes: more of them leave no room to read
NARROWEST, WIDEST = 15, 34  # columns from one lane to the next
ENDS = 4  # columns between two lanes that an arrow's text leaves free, for the line to show


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the lanes stand: `at[label]` is the column of its line, `room[label]` the columns for text beside it."""

    at: dict[str, int]
    room: dict[str, int]
    glyphs: Glyphs

    def between(self, label: str, other: str) -> list[int]:
        """Return the columns of the lanes strictly between two."""
        low, high = sorted((self.at[label], self.at[other]))
        return [x for x in self.at.values() if low < x < high]


@dataclass(slots=True)
class Canvas:
    """Characters with roles, on as many lines as were written to."""

    lines: list[list[tuple[str, Role]]] = field(default_factory=list)

    def put(self, y: int, x: int, text: str, role: Role = Role.PLAIN) -> None:
        while len(self.lines) <= y:
            self.lines.append([])
        row = self.lines[y]
        row.extend([(" ", Role.PLAIN)] * (x + len(text) - len(row)))
        row[x : x + len(text)] = [(c, role) for c in text]

    def spans(self) -> list[Line]:
        """Return the lines, neighbours of one role joined."""
        return [
            tuple(Span("".join(c for c, _ in run), role) for role, run in groupby(row, lambda c: c[1])) for row in self.lines
        ]


def plan(scene: Scene, screen: Screen) -> Plan | None:
    """Return where the lanes stand, or None where they do not fit: then the steps are better told as a list."""
    gutter = len(str(len(scene.rows))) + 3
    count = len(scene.lanes)
    if not 1 <= count <= MOST:
        return None
    pitch = min(WIDEST, (screen.width - gutter) // count)
    if pitch < max(NARROWEST, *(len(lane.label) + 2 for lane in scene.lanes)):
        return None
    at = {lane.label: gutter + i * pitch for i, lane in enumerate(scene.lanes)}
    room = dict.fromkeys(at, pitch - 3)
    room[scene.lanes[-1].label] = screen.width - (gutter + (count - 1) * pitch) - 2
    return Plan(at, room, screen.glyphs)


def lanes(scene: Scene, where: Plan) -> list[Line]:
    """Return the drawing."""
    canvas = Canvas()
    for label, x in where.at.items():
        canvas.put(0, x, label, Role.STRONG)
    y, down = 2, scene.down
    _lines(canvas, where, 1, 2, down)
    for row in scene.rows:
        y, down = _row(canvas, where, y, row, down), row.down
    return canvas.spans()


def _row(canvas: Canvas, where: Plan, top: int, row: Row, before: frozenset[str]) -> int:
    """Draw one step from line `top`, and return the line after it."""
    cells = {label: _cell(row, label, where) for label in where.at}
    starts = {label: top + (1 if any(_fills(a, label, where) for a in row.arrows) else 0) for label in where.at}
    bottom = max(top + 1, *(starts[label] + len(cell) for label, cell in cells.items() if cell), top + 1)
    _lines(canvas, where, top, top + 1, before)
    _lines(canvas, where, top + 1, bottom, row.down)
    canvas.put(top, 0, f"{row.number:>{min(where.at.values()) - 2}}", Role.DIM)
    for arrow in row.arrows:
        _arrow(canvas, where, top, arrow)
    for label in row.actors:
        canvas.put(top, where.at[label], *_mark(row, label, before, where.glyphs))
    for label, cell in cells.items():
        for y, spans in enumerate(cell, starts[label]):
            _write(canvas, y, where.at[label] + 2, spans)
    return bottom


def _lines(canvas: Canvas, where: Plan, top: int, bottom: int, down: frozenset[str]) -> None:
    for y in range(top, bottom):
        for label, x in where.at.items():
            canvas.put(y, x, where.glyphs.down if label in down else where.glyphs.lane, Role.DIM)


def _write(canvas: Canvas, y: int, x: int, spans: Line) -> None:
    for span in spans:
        canvas.put(y, x, span.text, span.role)
        x += len(span.text)


def _mark(row: Row, label: str, before: frozenset[str], glyphs: Glyphs) -> tuple[str, Role]:
    if row.failed:
        return glyphs.fault, Role.BAD
    if row.fault:
        return (glyphs.rise if label in before else glyphs.fault), Role.FAULT
    return glyphs.act, Role.STRONG


def _fills(arrow: Arrow, label: str, where: Plan) -> bool:
    """Say whether the arrow runs through the place right of this lane."""
    low, high = sorted((where.at[arrow.source], where.at[arrow.target]))
    return low <= where.at[label] < high


# -- arrows -----------------------------------------------------------------------------------------------------------


def _arrow(canvas: Canvas, where: Plan, y: int, arrow: Arrow) -> None:
    """Draw one arrow; one that a process sends itself has no length, and its text says so."""
    here, there = where.at[arrow.source], where.at[arrow.target]
    if here == there:
        return
    low, high = sorted((here, there))
    glyphs, role = where.glyphs, Role.ARROW if arrow.way == "delivered" else Role.FAULT
    canvas.put(y, low + 1, glyphs.rule * (high - low - 1), role)
    for x in where.between(arrow.source, arrow.target):
        canvas.put(y, x, glyphs.cross, role)
    tail, head = _ends(arrow, glyphs, rightwards=here < there)
    toward = 1 if here < there else -1
    canvas.put(y, here + (toward if "both" in arrow.way else 0), tail, role)
    canvas.put(y, there - toward, head, role)
    text = _label(arrow, high - low - ENDS)
    canvas.put(y, low + 1 + (high - low - len(text)) // 2, text, role)


def _ends(arrow: Arrow, glyphs: Glyphs, *, rightwards: bool) -> tuple[str, str]:
    """Return the two ends: a message leaves its sender's lane and arrives or is lost; a link has two like ends."""
    if arrow.way == "cut both":
        return glyphs.lost, glyphs.lost
    if arrow.way == "healed both":
        return (glyphs.head_left, glyphs.head_right) if rightwards else (glyphs.head_right, glyphs.head_left)
    tail = glyphs.leave_right if rightwards else glyphs.leave_left
    if arrow.way in {"dropped", "cut"}:
        return tail, glyphs.lost
    return tail, glyphs.head_right if rightwards else glyphs.head_left


VERBS: dict[Way, str] = {
    "delivered": "",
    "dropped": "drop",
    "duplicated": "duplicate",
    "cut": "cut",
    "cut both": "cut",
    "healed": "heal",
    "healed both": "heal",
}


def _label(arrow: Arrow, room: int) -> str:
    """Return the longest of the arrow's texts that fits, else a part of the shortest."""
    texts = [f" {t} " for t in labels(arrow)]
    return next((t for t in texts if len(t) <= room), texts[-1][: max(room, 0)])


def labels(arrow: Arrow) -> list[str]:
    """Return what may stand on an arrow, the fullest first."""
    verb = VERBS[arrow.way]
    if arrow.envelope is None:
        return [verb]
    message = arrow.envelope.message
    texts = dict.fromkeys((show(message), short(message), show(message).partition("(")[0]))
    return [f"{verb} {text}" for text in texts] + [verb] if verb else list(texts)


# -- text beside a lane -----------------------------------------------------------------------------------------------


def _cell(row: Row, label: str, where: Plan) -> list[Line]:
    """Return the lines of text beside one lane in one step."""
    room, glyphs = where.room[label], where.glyphs
    lines = _title(row, label, room)
    lines += [entry for a in row.arrows if a.target == label for entry in _arrival(a, row, room, where)]
    for change in row.changes.get(label, ()):
        lines += _filled(change.text(glyphs.becomes, room), room, Role.CHANGE)
    for sending in row.sendings:
        if sending.source == label:
            lines += sent(sending, lambda text, role: _filled(text, room, role), room)
    for envelope in row.swallowed:
        if envelope.source == label:
            lines += _filled(f"loses {show(envelope.message)} to {envelope.target}", room, Role.FAULT)
    return lines


def _title(row: Row, label: str, room: int) -> list[Line]:
    """Return the step's name: beside its process; a step of the module stands beside the first lane it touches."""
    named = label == row.owner or (row.owner is None and row.actors[:1] == (label,))
    if not named or label not in row.actors:
        return []
    return _filled(row.title, room, Role.FAULT if row.fault else Role.STRONG)


def _arrival(arrow: Arrow, row: Row, room: int, where: Plan) -> list[Line]:
    """Return what the arrow itself has no room for: the whole message, and when it was sent if that is long ago."""
    if arrow.envelope is None:
        return []
    lines: list[Line] = []
    text = show(arrow.envelope.message)
    if arrow.source == arrow.target:
        lines += _filled(f"from itself: {labels(arrow)[0]}", room, Role.ARROW)
    elif text not in _label(arrow, abs(where.at[arrow.source] - where.at[arrow.target]) - ENDS):
        lines += _filled(text if len(text) <= room else short(arrow.envelope.message), room, Role.ARROW)
    if row.number - arrow.sent > 1:
        lines += _filled(f"(sent at step {arrow.sent})" if arrow.sent else "(in flight from the start)", room, Role.DIM)
    return lines


def sent(sending: Sending, fill: Callable[[str, Role], list[Line]], room: int) -> list[Line]:
    """Return the lines that tell of one sending; what a cut link swallows is told apart, what nobody ever gets is dim."""
    reached = [t for t in sending.targets if t not in sending.lost]
    text = show(sending.message)
    text = text if len(text) + len("sends ") <= room else short(sending.message)
    lines = fill(f"sends {text} to {people(reached)}", Role.ARROW if sending.matters else Role.DIM) if reached else []
    for targets, why in sending.vain:
        lines += fill(f"loses {text} to {people(targets)}: {why}", Role.FAULT)
    return lines


def _filled(text: str, room: int, role: Role) -> list[Line]:
    return [(Span(part, role),) for part in wrapped(text, room, "  ")]
