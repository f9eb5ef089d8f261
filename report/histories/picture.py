"""A contradiction as an SVG picture: a line a client, time to the right, each operation a box from its beginning to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.wording import sentence
from quorate.report.diagrams.drawing import Box, Drawing, Line, Words
from quorate.report.diagrams.svg import painted
from quorate.report.histories.timeline import timeline_of
from quorate.report.screen import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quorate.properties.histories.judge import Judgement
    from quorate.report.diagrams.drawing import Shape
    from quorate.report.histories.timeline import Interval, Timeline

LANE, TOP, HEIGHT = 48, 24, 26
LETTER, PADDING, GAP = 7.2, 10, 14  # pixels of a character, within a box, and between two moments
MOST_LANES, NARROWEST = 40, 480


def svg(found: Judgement) -> str:
    """Return the picture's source. Requires: the guarantee is violated."""
    assert found.why is not None
    timeline = timeline_of(found.why, MOST_LANES)
    said = sentence(found.why, found.target, found.guarantee)
    return painted(drawing(timeline, f"{found.guarantee.name} violated: {said}"), f"{found.history.file}: {said}")


def drawing(timeline: Timeline, caption: str) -> Drawing:
    """Return the timeline as shapes, the caption below."""
    names = [f"client {name}" if name else "" for name in timeline.lanes]
    left = 2 * PADDING + LETTER * max(len(name) for name in names)
    at = _moments(timeline, left)
    right = max([at[-1] + GAP, *(at[one.begin] + _width(one) for one in timeline.intervals if one.end is None)]) + PADDING
    bottom = TOP + LANE * len(names)
    shapes: list[Shape] = []
    for lane, name in enumerate(names):
        y = TOP + LANE * lane + HEIGHT / 2
        shapes += [Words(PADDING, y, name, "lane", left=True), Line(left, y, right, y, "life")]
    for one in timeline.intervals:
        shapes += _interval(one, at, right)
    lines = wrapped(caption, int(max(right, NARROWEST) / LETTER))
    shapes += [Words(PADDING, bottom + 18 * i, text, "verdict", left=True) for i, text in enumerate(lines)]
    return Drawing(max(right, NARROWEST) + PADDING, bottom + 18 * len(lines), tuple(shapes))


def _interval(one: Interval, at: list[float], right: float) -> Iterator[Shape]:
    begin, end = at[one.begin], right if one.end is None else at[one.end]
    y = TOP + LANE * one.lane + HEIGHT / 2
    yield Box((begin + end) / 2, y, end - begin, HEIGHT, one.aside)
    yield Words(begin + PADDING / 2, y, _text(one), "title", left=True, dim=one.aside)
    if one.end is None:
        yield Line(end, y - HEIGHT / 2, end, y + HEIGHT / 2, "lost", one.aside)


def _text(one: Interval) -> str:
    return f"{one.call} \N{HORIZONTAL ELLIPSIS}" if one.end is None else f"{one.call} \N{RIGHTWARDS ARROW} {one.answer}"


def _width(one: Interval) -> float:
    return PADDING + LETTER * len(_text(one))


def _moments(timeline: Timeline, left: float) -> list[float]:
    """Return where each moment is: after the one before, and so that every box has room for its text."""
    at: list[float] = []
    for moment in range(timeline.moments):
        ending = (at[one.begin] + _width(one) for one in timeline.intervals if one.end == moment)
        at.append(max([at[-1] + GAP if at else left + PADDING, *ending]))
    return at
