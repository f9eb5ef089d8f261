"""A check's result in the terminal: on one screen, what was checked, what was found, and within which limits.

Read next: `account.py`, which tells the trace of a violation; `document.py`, the same result for programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.explorer.contract.verdict import Verdict
from quorate.report.quantities import counted, duration, rate, size
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.contract.exploration import Exploration
    from quorate.explorer.contract.setup import Setup
    from quorate.explorer.contract.verdict import Answer, Result
    from quorate.language.declare import Full
    from quorate.report.screen import Line, Screen

CUTS = {
    "states": "the limit on states was reached",
    "depth": "the limit on depth was reached",
    "time": "the time was up",
    "memory": "the memory was used up",
    "interrupted": "it was interrupted",
    "first": "the first violation ended it",
}

FULL: dict[Full, str] = {"error": "", "limit": ", which is a limit"}


def verdicts(result: Result, screen: Screen) -> list[Line]:
    """Return the report as lines; traces and the summary line are not part of it."""
    return [
        *configuration(result.setup, screen),
        line(),
        *_answers(result, screen),
        line(),
        *_counts(result, screen),
        *_warnings(result, screen),
    ]


def summary(result: Result) -> str:
    """Return the one line that a script looks for: `quorate: raft preset="default" verdict=expected exit=0 states=203 ...`."""
    exploration = result.exploration
    preset = f' preset="{result.setup.preset}"' if result.setup.preset else ""
    counts = f"states={exploration.states} edges={exploration.edges} depth={exploration.depth}"
    return f"quorate: {result.setup.model}{preset} verdict={result.outcome} exit={result.exit_code} {counts}"


def table(results: Sequence[Result], screen: Screen) -> list[Line]:
    """Return one row for each result: its numbers, and what came out otherwise than expected."""
    heads = ("preset", "states", "depth", "time")
    rows = [_row(result) for result in results]
    widths = [max(len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    lines = [line(Span(f"  {_columns(heads, widths)}  result", Role.DIM))]
    for result, row in zip(results, rows, strict=True):
        glyph, role = _mark_of(result, screen)
        start = _columns(row, widths)
        first, *rest = wrapped(_said(result), screen.width - len(start) - 4)
        lines.append(line(Span(f"{glyph} ", role), f"{start}  {first}"))
        lines += [line(" " * (len(start) + 4), part) for part in rest]
    return lines


def _row(result: Result) -> tuple[str, ...]:
    exploration = result.exploration
    return (result.setup.preset or "", f"{exploration.states:,}", str(exploration.depth), duration(exploration.seconds))


def _said(result: Result) -> str:
    broken = [f"{a.name} {a.verdict.value}" for a in result.answers if not a.as_expected]
    reasons = [*(["an error of the model"] if result.error else []), *broken, *result.surprises]
    return "; ".join(reasons) if reasons and result.exit_code else "as expected"


def _columns(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Align the first column to the left, the numbers to the right."""
    return "  ".join([cells[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(cells[1:], widths[1:], strict=True))])


def _mark_of(result: Result, screen: Screen) -> tuple[str, Role]:
    glyphs = screen.glyphs
    marks = {0: (glyphs.good, Role.GOOD), 1: (glyphs.bad, Role.BAD), 2: (glyphs.bad, Role.BAD), 3: (glyphs.doubt, Role.DOUBT)}
    return marks[result.exit_code]


def configuration(setup: Setup, screen: Screen) -> Iterable[Line]:
    """Say what was run: model, preset, parameters, faults, network."""
    preset = f", preset `{setup.preset}`" if setup.preset else ""
    yield line(Span(setup.model, Role.STRONG), preset)
    parameters = ", ".join(f"{name} = {value}" for name, value in setup.parameters.items())
    faults = ", ".join(f"{name} {budget}" for name, budget in setup.faults.items()) or "no faults"
    assumed = f"fairness: {', '.join(setup.fairness)}" if setup.fairness else ""
    parts = [parameters, faults, f"{setup.network} network of capacity {setup.capacity}" + FULL[setup.full], assumed]
    parts += [f"begins with {', '.join(setup.start)}"] if setup.start else []
    yield from _filled("; ".join(part for part in parts if part), screen, Role.PLAIN)


# -- answers ----------------------------------------------------------------------------------------------------------


def _answers(result: Result, screen: Screen) -> Iterable[Line]:
    if not result.answers:
        yield line(Span("no property is declared: nothing is claimed", Role.DOUBT))
        return
    name_width = max(len(a.name) for a in result.answers)
    for answer in result.answers:
        glyph, role = _mark(answer, screen, accepted=result.accept_odds)
        head = f"{answer.verdict.value:<8}  "
        yield line(Span(f"{glyph} {head}", role), Span(answer.name.ljust(name_width), Role.STRONG), f"  {answer.modality}")
        yield from _explained(answer, screen, " " * (len(head) + 2))


def _mark(answer: Answer, screen: Screen, *, accepted: bool) -> tuple[str, Role]:
    if answer.as_expected or (accepted and answer.as_probable):
        return screen.glyphs.good, Role.GOOD
    return (screen.glyphs.bad, Role.BAD) if answer.verdict.decided else (screen.glyphs.doubt, Role.DOUBT)


def _explained(answer: Answer, screen: Screen, indent: str) -> Iterable[Line]:
    for part in wrapped(answer.statement, screen.width - len(indent)) if answer.statement else []:
        yield line(indent, Span(part, Role.DIM))
    for text in (_expectation(answer), answer.because, *answer.notes):
        for part in wrapped(text, screen.width - len(indent)) if text else []:
            yield line(indent, part)


def _expectation(answer: Answer) -> str:
    if not answer.claimed and answer.verdict is Verdict.VACUOUS:
        return "the preset expects nothing of it"
    if answer.as_expected:
        return "as the preset expects" if answer.expected == "violated" else ""
    return "the preset expects it to be violated" if answer.expected == "violated" else ""


# -- counts and limits ------------------------------------------------------------------------------------------------


def _counts(result: Result, screen: Screen) -> Iterable[Line]:
    exploration = result.exploration
    found = [counted(exploration.states, "state"), counted(exploration.edges, "edge"), f"depth {exploration.depth}"]
    found.append(
        counted(exploration.terminal, "terminal state") + (f" ({exploration.stuck:,} stuck)" if exploration.stuck else "")
    )
    yield from _filled(", ".join(found), screen, Role.PLAIN)
    spent = [duration(exploration.seconds), rate(exploration.states, exploration.seconds), size(exploration.peak_bytes)]
    how = [f"{exploration.engine} engine", counted(exploration.threads, "thread"), f"{exploration.store} store"]
    how += [f"both engines compared in {counted(result.compared, 'state')}"] if result.compared else []
    yield from _filled(", ".join(part for part in [*spent, *how] if part), screen, Role.DIM)
    yield from _limits(exploration, screen)


def _limits(exploration: Exploration, screen: Screen) -> Iterable[Line]:
    for stopped in exploration.limits:
        if stopped.sort == "state":
            yield from _filled(f"within {stopped.text} ({counted(stopped.times, 'state')} outside)", screen, Role.PLAIN)
            continue
        times = f"stopped {counted(stopped.times, 'step')}" if stopped.times else "never stopped a step"
        yield from _filled(f"within {stopped.text} ({times})", screen, Role.PLAIN)
    if exploration.store == "compact":
        said = (
            f"a state was missed with odds of at most {exploration.odds:.2g}" if exploration.odds > 0 else "each is the state"
        )
        yield from _filled(f"fingerprints only: {said}", screen, Role.DOUBT if exploration.odds > 0 else Role.PLAIN)
    if exploration.cut:
        text = f"the search did not end: {CUTS[exploration.cut]}; what it did not violate is undecided"
        yield from _filled(text, screen, Role.DOUBT)


def _warnings(result: Result, screen: Screen) -> Iterable[Line]:
    for surprise in result.surprises:
        yield from _filled(f"{screen.glyphs.bad} {surprise}", screen, Role.BAD)
    for note in result.notes:
        yield from _filled(f"note: {note}", screen, Role.DOUBT)
    if result.error and not result.error_trace:
        yield from (line(Span(part, Role.BAD)) for part in result.error.splitlines())


def _filled(text: str, screen: Screen, role: Role) -> Iterable[Line]:
    return (line(Span(part, role)) for part in wrapped(text, screen.width, "  "))
