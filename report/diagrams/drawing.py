"""A scene as shapes on a plane: what SVG and TikZ have in common. Units are pixels, or points; y goes down.

A message is a slanted line from the step that sent it to the step that received it. Read next: `svg.py`, `tikz.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from quorate.report.scene.causality import causal_rows
from quorate.report.scene.changes import short
from quorate.report.scene.scene import scene_of
from quorate.report.terminal.account import heading
from quorate.report.terminal.lanes import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Trace
    from quorate.report.scene.scene import Arrow, Row, Scene

LANE, ROW, GUTTER, TOP = 190, 56, 40, 56

Stroke = Literal["life", "down", "delivered", "lost", "copy", "cut", "healed"]
Hand = Literal["lane", "title", "note", "number", "message", "fault", "verdict"]

STROKES: dict[str, Stroke] = {
    "delivered": "delivered",
    "dropped": "lost",
    "duplicated": "copy",
    "cut": "cut",
    "cut both": "cut",
    "healed": "healed",
    "healed both": "healed",
}


@dataclass(frozen=True, slots=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    stroke: Stroke
    dim: bool = False

    @property
    def pointed(self) -> bool:
        return self.stroke in {"delivered", "copy"}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around a point."""

    x: float
    y: float
    width: float
    height: float
    dim: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Text, centred on a point (from it on, where `left`)."""

    x: float
    y: float
    text: str
    hand: Hand
    left: bool = False
    dim: bool = False


Shape = Line | Box | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes in the order of painting, and the size of the paper. What did not lead to the end is dim."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def drawing_of(trace: Trace) -> Drawing:
    """Return the drawing of a trace: lifelines, arrows, events, in layers."""
    scene = scene_of(trace)
    at = {lane.label: GUTTER + LANE * (i + 0.5) for i, lane in enumerate(scene.lanes)}
    causal = causal_rows(trace, scene)
    height = TOP + ROW * (len(scene.rows) + 1)
    shapes: list[Shape] = [Words(at[lane.label], TOP / 2, lane.label, "lane") for lane in scene.lanes]
    shapes += _lifelines(scene, at)
    for row in scene.rows:
        shapes += [line for arrow in row.arrows for line in _arrow(arrow, row, at, row.number not in causal)]
    for row in scene.rows:
        shapes += _event(row, at, row.number not in causal)
    ending = trace.error.splitlines()[0] if trace.error else heading(trace).partition(":")[0]
    return Drawing(
        GUTTER + LANE * len(scene.lanes), height, (*shapes, Words(GUTTER / 2, height - 10, ending, "verdict", left=True))
    )


def _y(number: int) -> float:
    return TOP + ROW * (number - 0.5)


def _lifelines(scene: Scene, at: dict[str, float]) -> Iterable[Shape]:
    downs = [scene.down, *(row.down for row in scene.rows)]
    for lane, x in at.items():
        begin = 0
        for number in range(1, len(downs) + 1):
            if number == len(downs) or (lane in downs[number]) != (lane in downs[begin]):
                top = TOP - 10 if begin == 0 else _y(begin)
                bottom = _y(number) if number < len(downs) else _y(len(scene.rows) + 1) - ROW / 4
                yield Line(x, top, x, bottom, "down" if lane in downs[begin] else "life")
                begin = number


def _arrow(arrow: Arrow, row: Row, at: dict[str, float], dim: bool) -> Iterable[Shape]:
    x1, x2, y2 = at[arrow.source], at[arrow.target], _y(row.number)
    y1 = (_y(arrow.sent) if arrow.sent else TOP) if arrow.envelope else y2
    reach = 0.7 if arrow.way == "dropped" else 1.0
    x2, y2 = x1 + (x2 - x1) * reach, y1 + (y2 - y1) * reach
    clear = 6 if x2 > x1 else -6  # so that the event does not cover the arrow's head
    yield Line(x1, y1, x2 - clear, y2, STROKES[arrow.way], dim)
    if arrow.way == "dropped":
        yield Words(x2, y2, "×", "fault", dim=dim)  # noqa: RUF001  (a cross, as it is drawn)
    middle = max((y1 + y2) / 2, y2 - ROW * 0.45)
    along = (middle - y1) / (y2 - y1) if y2 > y1 else 0.5
    yield Words(
        x1 + (x2 - x1) * along,
        middle - 4,
        _clipped(labels(arrow)[-2 if len(labels(arrow)) > 1 else 0], 1.2),
        "message",
        dim=dim,
    )


def _event(row: Row, at: dict[str, float], dim: bool) -> Iterable[Shape]:
    y = _y(row.number)
    yield Words(GUTTER / 2, y, str(row.number), "number", dim=dim)
    received = any(a.way == "delivered" for a in row.arrows)
    for actor in row.actors:
        if row.fault:
            yield Words(at[actor], y, row.title.upper(), "fault", dim=dim)
        else:
            yield Box(at[actor], y, 8 if received else LANE * 0.8, 8 if received else 20, dim)
            if not received:
                yield Words(at[actor], y, _clipped(row.title, 0.75), "title", dim=dim)
    if not row.fault:
        for lane, found in row.changes.items():
            yield Words(at[lane], y + 19, _clipped(", ".join(c.text("→") for c in found), 0.95), "note", dim=dim)
    for sending in row.sendings:
        if sending.lost:
            yield Words(at[sending.source], y + 30, _clipped(f"lost: {short(sending.message)}", 0.95), "fault", dim=dim)


def _clipped(text: str, lanes: float) -> str:
    room = int(LANE * lanes / 6.2)
    return text if len(text) <= room else text[: room - 1] + "…"
