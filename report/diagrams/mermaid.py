"""A trace as a Mermaid sequence diagram, for documents that render it (Markdown on most forges, wikis, notebooks).

A message is drawn when it arrives; what changed is a note. Read next: `scene.py`, where the story comes from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.scene.changes import show
from quorate.report.scene.scene import people, scene_of
from quorate.report.terminal.account import heading
from quorate.report.terminal.lanes import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Trace
    from quorate.report.scene.scene import Arrow, Row, Scene

ARROWS = {
    "delivered": "->>",
    "dropped": "-x",
    "duplicated": "-->>",
    "cut": "-x",
    "cut both": "-x",
    "healed": "-->>",
    "healed both": "-->>",
}


def mermaid(trace: Trace) -> str:
    """Return the diagram's source."""
    scene = scene_of(trace)
    names = {lane.label: f"P{number}" for number, lane in enumerate(scene.lanes, 1)}
    lines = ["sequenceDiagram", *(f"    participant {name} as {_text(label)}" for label, name in names.items())]
    for row in scene.rows:
        lines += [f"    {entry}" for entry in _row(row, names)]
    lines += [f"    {entry}" for entry in _ending(trace, scene, names)]
    return "\n".join(lines)


def _row(row: Row, names: dict[str, str]) -> Iterable[str]:
    for arrow in row.arrows:
        yield _arrow(arrow, row, names)
    lost = [f"loses {show(e.message)} to {e.target}" for e in row.swallowed]
    first = row.owner or next(iter(row.actors), None) or (row.arrows[0].source if lost else None)
    for label, name in names.items():
        mine = lost if label == first else []
        notes = [*([_title(row)] if label == first and row.actors else []), *_notes(row, label), *mine]
        if notes:
            yield f"Note over {name}: {'<br/>'.join(_text(n) for n in notes)}"


def _title(row: Row) -> str:
    return f"{row.number}. {row.title.upper() if row.fault else row.title}{': error' if row.failed else ''}"


def _arrow(arrow: Arrow, row: Row, names: dict[str, str]) -> str:
    delay = f" (sent at {arrow.sent})" if arrow.envelope and arrow.sent and row.number - arrow.sent > 1 else ""
    text = f"{row.number}. {labels(arrow)[0]}{delay}" if not row.actors else f"{labels(arrow)[0]}{delay}"
    return f"{names[arrow.source]}{ARROWS[arrow.way]}{names[arrow.target]}: {_text(text)}"


def _notes(row: Row, label: str) -> Iterable[str]:
    yield from (change.text("→") for change in row.changes.get(label, ()))
    for sending in row.sendings:
        if sending.source == label:
            lost = f" (lost to {people(sending.lost)})" if sending.lost else ""
            yield f"sends {show(sending.message)} to {people(sending.targets)}{lost}"


def _ending(trace: Trace, scene: Scene, names: dict[str, str]) -> Iterable[str]:
    if not names:
        return
    ends = list(names.values())
    over = ends[0] if len(ends) == 1 else f"{ends[0]},{ends[-1]}"
    values = list(dict.fromkeys(f"{name} = {show(value)}" for cause in trace.causes for name, value in cause.values.items()))
    said = trace.error or heading(trace)
    yield f"Note over {over}: {'<br/>'.join(_text(t) for t in (said, *values))}"
    if trace.loop is not None:
        yield f"Note over {over}: and again from step {trace.loop + 1}, for ever ({len(scene.rows)} steps so far)"


def _text(text: str) -> str:
    """Write what Mermaid reads as syntax as its entity codes: `#`, `;`, and the angle brackets of HTML."""
    entities = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "}
    return "".join(entities.get(c, c) for c in text)
