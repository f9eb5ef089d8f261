"""What a search ran of a model, line by line, in the terminal. Read next: `coverage_page.py`, the same for a browser."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.loading.marks import functions
from quorate.report.quantities import counted
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.coverage import Coverage, Decided
    from quorate.report.screen import Line, Screen

WORDS = {
    "if": ("always true", "always false"),
    "require": ("always held", "never held"),
    "limit": ("stopped nothing", "stopped it every time"),
    "for": ("", "never had an item"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of source. `times` is None where no statement begins; `note` says what is wrong with it."""

    number: int
    text: str
    times: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """A function of the model with its lines; `complete`: all of it ran, and every condition went both ways."""

    name: str
    file: str
    rows: tuple[Row, ...]
    complete: bool


def annotated(coverage: Coverage) -> tuple[Annotated, ...]:
    """Return the marked functions, in the order of the source."""
    found: list[Annotated] = []
    for file, text in coverage.sources.items():
        # Of several on one line the first is shown: `if x: return`.
        times = {s.first: s.times for s in reversed(coverage.statements) if s.file == file}
        notes = {c.line: said(c) for c in reversed(coverage.one_sided) if c.file == file}
        lines = text.splitlines()
        for node in functions(ast.parse(text)):
            numbers = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            ran = [times[n] for n in numbers if n in times]
            rows = tuple(Row(n, lines[n - 1], times.get(n), notes.get(n, "")) for n in numbers)
            if ran:
                found.append(Annotated(node.name, file, rows, all(ran) and not any(r.note for r in rows)))
    return tuple(found)


def said(condition: Decided) -> str:
    """Return which way a condition always went."""
    always, never = WORDS[condition.sort]
    return never if condition.outcome == "never" else always


def findings(coverage: Coverage) -> list[tuple[str, Role]]:
    """Return in sentences what was never reached; the first says how much was."""
    every, missing = len(coverage.statements), coverage.unreached
    good = not (missing or coverage.one_sided or coverage.silent or coverage.unreceived)
    ran = f"coverage: {every - len(missing)} of {counted(every, 'statement')} of its steps ran"
    texts = [(ran, Role.GOOD if good else Role.STRONG)]
    if coverage.cut:
        texts.append((f"the search was stopped ({coverage.cut}): more may be reached", Role.DOUBT))
    if coverage.silent:
        texts.append((f"never fired: {', '.join(coverage.silent)}", Role.BAD))
    if coverage.unreceived:
        texts.append((f"never received: {', '.join(coverage.unreceived)}", Role.BAD))
    for condition in coverage.one_sided:
        text = f"{condition.sort} {condition.text}" if condition.sort in {"if", "for"} else condition.text
        asked = counted(condition.asked, "time")
        where = f"{condition.function}, line {condition.line}"
        texts.append((f"`{text}` {said(condition)}, asked {asked} ({where})", Role.DOUBT))
    return texts


def account(coverage: Coverage, screen: Screen) -> list[Line]:
    """Return the whole report as lines: what was never reached, then the functions where that shows."""
    lines = [line(Span(part, role)) for text, role in findings(coverage) for part in wrapped(text, screen.width, "  ")]
    for function in annotated(coverage):
        if not function.complete:
            lines += [(), line(Span(f"{function.file}, `{function.name}`", Role.STRONG)), *_rows(function.rows, screen)]
    whole = [f.name for f in annotated(coverage) if f.complete]
    if whole:
        said_ = f"ran in full, every condition both ways: {', '.join(whole)}"
        lines += [(), *(line(Span(part, Role.GOOD)) for part in wrapped(said_, screen.width, "  "))]
    return lines


def _rows(rows: tuple[Row, ...], screen: Screen) -> Iterable[Line]:
    wide = max(len(_times(row)) for row in rows)
    for row in rows:
        role = Role.BAD if row.times == 0 else Role.DOUBT if row.note else Role.PLAIN
        note = f"  # {row.note}" if row.note else ""
        head = f"{_times(row):>{wide}} {screen.glyphs.lane} {row.number:>4} "
        yield line(Span(head, Role.BAD if row.times == 0 else Role.DIM), Span(row.text, role), Span(note, Role.DOUBT))


def _times(row: Row) -> str:
    return "" if row.times is None else "never" if row.times == 0 else f"{row.times:,}"
