"""A verdict about a history in the terminal: what was judged, the word, and the operations that contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.properties.histories.record.values import shown
from quorate.properties.histories.record.verdict import Verdict
from quorate.properties.histories.wording import sentence
from quorate.report.histories.timeline import timeline_of
from quorate.report.quantities import counted, duration
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quorate.properties.histories.contradiction import Contradiction
    from quorate.properties.histories.judge import Judgement
    from quorate.report.histories.timeline import Interval
    from quorate.report.screen import Line, Screen

WIDTH, WIDEST = 20, 34  # columns of a lane: what it needs, and what it takes at most


def judgement(found: Judgement, screen: Screen) -> Iterator[Line]:
    """Yield the report on one recording."""
    yield from _what(found, screen)
    glyph, role = _mark(found.verdict, screen)
    yield ()
    yield line(Span(f"{glyph} {found.verdict.value:<8}", role), "  ", Span(found.guarantee.name, Role.STRONG))
    yield from _filled(found.guarantee.statement, screen, Role.DIM)
    yield from _filled(found.because, screen, Role.DOUBT) if found.because else ()
    yield from _why(found, screen)


def summary(found: Judgement) -> str:
    """Return the one line that a script looks for."""
    history = found.history
    counts = f"operations={len(history.operations)} keys={len(history.keys)} seconds={found.seconds:.3f}"
    names = f"object={found.target.name} guarantee={found.guarantee.name}"
    return f"quorate: {history.file} {names} verdict={found.verdict.value} exit={found.verdict.exit_code} {counts}"


def _what(found: Judgement, screen: Screen) -> Iterator[Line]:
    history = found.history
    yield line(Span(history.file, Role.STRONG), f": {found.target.name}, {shown(found.target.initial)} at first")
    parts = [counted(len(history.operations), "operation"), f"of {counted(len(history.clients), 'client')}"]
    parts += [f"at {counted(len(history.keys), 'key')}"] if history.keys != (None,) else []
    open_ones = f"; nobody saw {history.indeterminate:,} of them end" if history.indeterminate else ""
    yield from _filled(" ".join(parts) + open_ones, screen, Role.PLAIN)
    met = f"{counted(found.met, 'configuration')} in " if found.met else ""
    yield from _filled(f"{met}{duration(found.seconds)}", screen, Role.DIM)
    for note in history.notes:
        yield from _filled(f"note: {note}", screen, Role.DOUBT)


def _mark(verdict: Verdict, screen: Screen) -> tuple[str, Role]:
    glyphs = screen.glyphs
    marks = {Verdict.HOLDS: (glyphs.good, Role.GOOD), Verdict.VIOLATED: (glyphs.bad, Role.BAD)}
    return marks.get(verdict, (glyphs.doubt, Role.DOUBT))


def _why(found: Judgement, screen: Screen) -> Iterator[Line]:
    if found.why is None:
        return
    broken = [part.key for part in found.parts if part.verdict is Verdict.VIOLATED]
    where = f" (one of {len(broken)} keys that are violated)" if len(broken) > 1 else ""
    yield ()
    yield from _filled(sentence(found.why, found.target, found.guarantee) + where, screen, Role.BAD)
    if not found.why.least:
        yield from _filled("there was no time to find fewer operations", screen, Role.DOUBT)
    yield ()
    yield from lanes(found.why, screen)


def lanes(why: Contradiction, screen: Screen) -> Iterator[Line]:
    """Yield operations as intervals, time going down; before each line, where in the recording it begins."""
    gutter = max(4, *(len(str(one.where.line)) for one in (*why.operations, *why.origins))) + 2
    timeline = timeline_of(why, max(1, (screen.width - gutter) // WIDTH))
    width = min(WIDEST, (screen.width - gutter) // len(timeline.lanes))
    heads = (f"{_clipped(f'client {name}' if name else '', width):<{width}}" for name in timeline.lanes)
    yield line(Span(f"{'line':>{gutter - 2}}  ", Role.DIM), *(Span(head, Role.STRONG) for head in heads))
    for moment in range(timeline.moments):
        starting = next((one for one in timeline.intervals if one.begin == moment), None)
        number = str(starting.line) if starting else ""
        cells = [_cell(i, moment, timeline.intervals, width, screen) for i in range(len(timeline.lanes))]
        yield line(Span(f"{number:>{gutter - 2}}  "), *cells)


def _cell(lane: int, moment: int, intervals: Iterable[Interval], width: int, screen: Screen) -> Span:
    glyphs = screen.glyphs
    here = [one for one in intervals if one.lane == lane and one.begin <= moment and (one.end is None or moment <= one.end)]
    if not here:
        return Span(" " * width)
    one = here[-1]
    if moment == one.begin:
        text = f"{glyphs.act} {one.call}" + (" ..." if one.end is None else "")
    elif moment == one.end:
        text = f"{glyphs.act} {glyphs.becomes} {one.answer}"
    else:
        text = glyphs.down if one.end is None else glyphs.lane
    role = Role.DIM if one.aside else Role.PLAIN
    return Span(f"{_clipped(text, width):<{width}}", role)


def _clipped(text: str, width: int) -> str:
    return text if len(text) < width else f"{text[: width - 2]}~"


def _filled(text: str, screen: Screen, role: Role) -> Iterator[Line]:
    return (line("  ", Span(part, role)) for part in wrapped(text, screen.width - 2))
