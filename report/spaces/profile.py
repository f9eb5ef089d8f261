"""What makes a state space grow, as tables in the terminal. Read next: `profile_svg.py`, the same as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.quantities import counted, duration
from quorate.report.screen import Role, Span, line, wrapped
from quorate.report.terminal.verdicts import CUTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.space.profile import Profile, Try
    from quorate.report.screen import Line, Screen

BAR = 30  # columns of the longest bar
LEAST = 1.005  # a factor below is shown as none


def account(profile: Profile, screen: Screen) -> list[Line]:
    """Return the whole report as lines: the advice first, then what it rests on."""
    lines: list[Line] = []
    sections = [
        ("", _said([*_opening(profile), *_advice(profile)], screen)),
        ("states by depth", _levels(profile)),
        ("steps, by the states that they were first to find", _steps(profile)),
        ("fields, by how many times more states there are for them", _fields(profile)),
        ("messages in flight", _flights(profile)),
        ("each bound lowered by one, and searched again", _tries(profile)),
    ]
    for title, rows in sections:
        found = list(rows)
        if found:
            lines += [()] if lines else []
            lines += [line(Span(title, Role.STRONG))] if title else []
            lines += found
    return lines


def _said(texts: Iterable[tuple[str, Role]], screen: Screen) -> Iterable[Line]:
    return (line(Span(part, role)) for text, role in texts for part in wrapped(text, screen.width, "  "))


def _opening(profile: Profile) -> Iterable[tuple[str, Role]]:
    whole = profile.whole
    preset = f", preset `{profile.preset}`" if profile.preset else ""
    counts = f"{counted(whole.states, 'state')}, {counted(whole.edges, 'edge')}, depth {whole.depth}"
    yield f"{profile.model}{preset}: {counts}, {duration(whole.seconds)} by the {whole.engine} engine", Role.STRONG
    if whole.cut:
        yield f"that search did not end: {CUTS[whole.cut]}; there are more states", Role.DOUBT
    if profile.cut:
        deepest = profile.levels[-1].depth
        text = f"the tables are of the first {counted(profile.states, 'state')} in breadth-first order, to depth {deepest}"
        yield f"{text}: later ones may be made up otherwise", Role.DOUBT


def _advice(profile: Profile) -> Iterable[tuple[str, Role]]:
    best = profile.advice
    if best is None:
        why = "lowering none of them by one leaves fewer states" if profile.tries else "no bound was lowered"
        yield f"there is no advice: {why}", Role.DOUBT
        return
    assert best.states is not None
    more = " or more" if profile.whole.cut else ""
    kept = "it says how far to explore" if best.bounds else "it changes the protocol's own size, not how far to explore"
    text = f"lower {best.name} first ({kept}): {best.after} instead of {best.before} leaves"
    times = f"{_times(profile.whole.states / max(best.states, 1))} times fewer{more}"
    yield f"{text} {best.states:,} of {profile.whole.states:,} states, {times}", Role.GOOD


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.2g}"


# -- tables -----------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Line]:
    """Return rows under a head: the first column to the left, the others to the right but for the last."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    return [line(Span(_aligned(row, widths), Role.DIM if row is head else Role.PLAIN)) for row in (head, *rows)]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:-1], widths[1:-1], strict=True))]
    return "  " + "  ".join([*cells, row[-1]]).rstrip()


def _bar(value: int, most: int) -> str:
    return "#" * max(round(BAR * value / most), 1) if value else ""


def _levels(profile: Profile) -> list[Line]:
    most = max(level.states for level in profile.levels)
    rows = [(str(x.depth), f"{x.states:,}", f"{x.edges:,}", _bar(x.states, most)) for x in profile.levels]
    return table(("depth", "states", "edges out", ""), rows)


def _steps(profile: Profile) -> list[Line]:
    found = sum(s.new for s in profile.steps) or 1
    rows = [
        (s.step, f"{s.new:,}", f"{s.new / found:.0%}", f"{s.edges:,}", f"{s.idle:,}", f"{s.errors} errors" if s.errors else "")
        for s in profile.steps
    ]
    return table(("step", "new states", "share", "edges", "of them idle", ""), rows)


def _fields(profile: Profile) -> list[Line]:
    rows = [
        (
            f.name,
            f"{f.values:,}",
            f"x {f.factor:.2f}" if f.factor >= LEAST else "-",
            "follows from the rest" if f.factor == 1 else "",
        )
        for f in profile.fields
    ]
    return table(("field", "values", "states", ""), rows) if rows else []


def _flights(profile: Profile) -> list[Line]:
    if not profile.flights:
        return []
    most = max(profile.flying)
    rows = [(str(n), f"{states:,}", _bar(states, most)) for n, states in enumerate(profile.flying) if states]
    sorts = [(f.message, f"{f.states:,}", str(f.most), "") for f in profile.flights]
    return [*table(("how many", "states", ""), rows), *table(("message", "states with it", "at most", ""), sorts)]


def _tries(profile: Profile) -> list[Line]:
    rows = [(t.name, f"{t.before} -> {t.after}", _left(t, profile), _note(t, profile)) for t in profile.tries]
    return table(("bound", "", "states", ""), rows) if rows else []


def _left(tried: Try, profile: Profile) -> str:
    if tried.states is None:
        return "-"
    return f"{min(tried.states, profile.whole.states):,}" + (" or more" if tried.cut else "")


def _note(tried: Try, profile: Profile) -> str:
    if tried.why:
        return tried.why
    changes = "" if tried.bounds else "changes the protocol's own size"
    if tried.cut == "time":
        return "not searched to the end"
    fewer = tried.states is not None and tried.states < profile.whole.states
    return changes if fewer else "leaves no fewer"
