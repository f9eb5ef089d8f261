"""A trace, or two side by side, as one HTML file that needs nothing else: no network, no server, no other file.

The page's own code is `viewer.js`: it draws from the story that is put into the page as JSON, and sets text only as text, so
names and strings of a model are data wherever they go.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from quorate.report.scene.causality import causal_rows
from quorate.report.scene.changes import short, show
from quorate.report.scene.scene import scene_of

if TYPE_CHECKING:
    from quorate.explorer.contract.trace import Envelope, Trace
    from quorate.report.scene.scene import Arrow, Row, Scene

Story = dict[str, object]


def page(trace: Trace, other: Trace | None = None) -> str:
    """Return the HTML of one trace, or of two side by side."""
    stories = [story(t) for t in (trace, other) if t is not None]
    return render("trace.html", title=f"{trace.origin.model}: {trace.name}", data={"stories": stories})


def explore_page(model: str, data: dict[str, object], nonce: str) -> str:
    """Return the page of a walk by hand: the viewer, and `explore.js`, which asks the server that this page came from."""
    return render("explore.html", f"explore {model}", data, explore=asset("explore.js"), nonce=nonce)


def render(template: str, title: str, data: dict[str, object], **more: str) -> str:
    """Return a page of the viewer with its style and code inside, and `data` as JSON that cannot end its script element."""
    environment = Environment(
        loader=PackageLoader("quorate.report.pages.viewer", "."), autoescape=True, undefined=StrictUndefined
    )
    text = json.dumps(data, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return environment.get_template(template).render(
        title=title, data=text, style=asset("viewer.css"), code=asset("viewer.js"), **more
    )


def asset(name: str) -> str:
    """Return the text of one of the viewer's own files."""
    return files("quorate.report.pages.viewer").joinpath(name).read_text(encoding="utf-8")


def story(trace: Trace) -> Story:
    """Return all that the page draws of one trace, as plain data: the scene, the state at each step, the explanation."""
    scene = scene_of(trace)
    causal = causal_rows(trace, scene)
    states = [trace.initial, *(m.state for m in trace.moments)]
    return {
        "model": trace.origin.model,
        "configuration": _configuration(trace),
        "name": trace.name,
        "modality": trace.modality,
        "statement": trace.statement,
        "verdict": trace.verdict,
        "error": trace.error,
        "lanes": [asdict(lane) for lane in (*scene.lanes, *(x for x in trace.lanes if x.label in scene.idle))],
        "idle": list(scene.idle),
        "rows": [_row(row, trace, causal) for row in scene.rows],
        "states": [None if s is None else asdict(s) for s in states],
        "stubs": _stubs(scene, trace),
        "causes": [{"text": c.text, "line": c.line, "values": {k: show(v) for k, v in c.values.items()}} for c in trace.causes],
        "loop": trace.loop,
        "remarks": [*trace.remarks],
        "operations": [
            {
                "client": o.client,
                "start": o.start,
                "end": o.end,
                "text": f"{o.call} {o.outcome}",
            }
            for o in trace.operations
        ],
    }


def _configuration(trace: Trace) -> list[str]:
    origin = trace.origin
    return [
        *(f"{name} = {show(value)}" for name, value in origin.parameters.items()),
        *([f"network {origin.network}"] if origin.network else []),
        *(f"{name} {budget}" for name, budget in origin.faults.items()),
        *(f"fairness {words}" for words in trace.fairness),
    ]


def _row(row: Row, trace: Trace, causal: frozenset[int]) -> dict[str, object]:
    return {
        "number": row.number,
        "title": row.title,
        "text": trace.moments[row.number - 1].text,
        "step": trace.moments[row.number - 1].label.step,
        "where": row.where,
        "fault": row.fault,
        "actors": list(row.actors),
        "owner": row.owner,
        "failed": row.failed,
        "causal": row.number in causal,
        "down": sorted(row.down),
        "arrows": [_arrow(a) for a in row.arrows],
        "sent": [f"{short(s.message)} to {', '.join(s.targets)}" for s in row.sendings],
        "changes": {lane: [c.text("\N{RIGHTWARDS ARROW}") for c in found] for lane, found in row.changes.items()},
    }


def _arrow(arrow: Arrow) -> dict[str, object]:
    text = short(arrow.envelope.message) if arrow.envelope else ""
    return {"source": arrow.source, "target": arrow.target, "way": arrow.way, "sent": arrow.sent, "text": text}


def _stubs(scene: Scene, trace: Trace) -> list[dict[str, object]]:
    """Return the messages that never arrive: lost as they are sent, swallowed by a cut, or still in flight at the end."""
    sent: dict[int, tuple[Envelope, int]] = {e.id: (e, 0) for e in trace.initial.flight}
    for number, moment in enumerate(trace.moments, 1):
        sent |= {e.id: (e, number) for e in moment.envelopes}
    ends: dict[int, str] = {e.id: "in flight" for e in scene.flight}
    for moment in trace.moments:
        ends |= dict.fromkeys((i for i in moment.lost if moment.label.step != "drop"), "lost")
    received = {m.received for m in trace.moments}
    return [
        {"source": e.source, "target": e.target, "sent": number, "text": short(e.message), "fate": ends[i]}
        for i, (e, number) in sent.items()
        if i in ends and i not in received
    ]
