"""A trace as a PlantUML sequence diagram. A message is drawn when it arrives, as in `mermaid.py`; what changed is a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.scene.changes import show
from quorate.report.scene.scene import people, scene_of
from quorate.report.terminal.account import heading
from quorate.report.terminal.lanes import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Trace
    from quorate.report.scene.scene import Row

ARROWS = {
    "delivered": "->",
    "dropped": "->x",
    "duplicated": "-->",
    "cut": "-[#darkorange]->x",
    "cut both": "<-[#darkorange]->",
    "healed": "-[#green]->",
    "healed both": "<-[#green]->",
}


def plantuml(trace: Trace) -> str:
    """Return the diagram's source."""
    scene = scene_of(trace)
    names = {lane.label: f"P{number}" for number, lane in enumerate(scene.lanes, 1)}
    lines = ["@startuml", f"title {_text(heading(trace))}"]
    lines += [f'participant "{_text(label)}" as {name}' for label, name in names.items()]
    for row in scene.rows:
        lines += _row(row, names)
    values = [f"{name} = {show(value)}" for cause in trace.causes for name, value in cause.values.items()]
    lines += ["note across", *(_text(said) for said in (trace.error or heading(trace), *values)), "end note"]
    if trace.loop is not None:
        lines.append(f"note across: and again from step {trace.loop + 1}, for ever")
    return "\n".join([*lines, "@enduml"])


def _row(row: Row, names: dict[str, str]) -> Iterable[str]:
    for arrow in row.arrows:
        delay = f" (sent at {arrow.sent})" if arrow.envelope and arrow.sent and row.number - arrow.sent > 1 else ""
        ends = f"{names[arrow.source]} {ARROWS[arrow.way]} {names[arrow.target]}"
        yield f"{ends} : {row.number}. {_text(labels(arrow)[0])}{delay}"
    for label in dict.fromkeys([*row.actors, *row.changes]):
        title = [f"{row.number}. {row.title.upper() if row.fault else row.title}"] if label in row.actors else []
        said = [*title, *(c.text("→") for c in row.changes.get(label, ()))]
        said += [f"sends {show(s.message)} to {people(s.targets)}" for s in row.sendings if s.source == label]
        if said:
            color = " #FFE0C0" if row.fault else ""
            yield from (f"note over {names[label]}{color}", *(_text(line) for line in said), "end note")


def _text(text: str) -> str:
    """Write what PlantUML reads as markup so that it is shown: its escape is `~`."""
    return "".join("~" + c if c in '<>*_/~"-' else " " if c == "\n" else c for c in text)
