"""A trace explained in sentences: what happened, what was not known, which steps the end needs and which it does not.

What is said of needs comes from running the trace again (`relevance.py`), the rest from the trace alone. Read next:
`sentences.py`; `causality.py`, which step knew of which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.report.quantities import counted
from quorate.report.scene.causality import causal_rows, histories, lanes_of, named
from quorate.report.scene.changes import show
from quorate.report.scene.scene import scene_of
from quorate.report.scene.sentences import defiances, journeys, misses, sentence
from quorate.report.screen import Role, Span, line, wrapped
from quorate.report.terminal.account import heading, size

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.explorer.contract.trace import Trace
    from quorate.explorer.traces.relevance import Need, Relevance
    from quorate.report.scene.scene import Scene
    from quorate.report.screen import Line, Screen


def explanation(trace: Trace, relevance: Relevance | None, screen: Screen) -> list[Line]:
    """Return the explanation as lines; without a relevance it says that no step was tried."""
    scene = scene_of(trace)
    idle = frozenset(relevance.idle) if relevance else frozenset[int]()
    sections = [
        ("", _opening(trace)),
        ("What happened", _story(trace, scene, idle)),
        ("How it came to that", _chain(trace, scene, relevance)),
        ("What was not known", _unknown(trace, scene, idle)),
        ("Why that is wrong" if trace.verdict == "violated" else "In the end", _causes(trace, scene)),
        ("Which steps it takes", _needs(trace, relevance)),
    ]
    lines: list[Line] = []
    for title, said in sections:
        texts = list(said)
        if texts:
            lines += [line()] if lines else []
            lines += [line(Span(title, Role.STRONG))] if title else []
            lines += [part for text, role in texts for part in _filled(text, role, screen.width, title=title)]
    return lines


def _filled(text: str, role: Role, width: int, *, title: str) -> Iterable[Line]:
    """Yield the lines of a sentence; below a title all of them are indented."""
    indent = "  " if title else ""
    return (line(indent, Span(part, role)) for part in wrapped(text, width - len(indent), "   "))


Said = tuple[str, Role]


def _opening(trace: Trace) -> Iterable[Said]:
    yield f"{heading(trace)}, after {size(trace)}", Role.GOOD if trace.verdict == "found" else Role.BAD
    if trace.statement:
        yield f"{trace.statement}", Role.PLAIN


def _story(trace: Trace, scene: Scene, idle: frozenset[int]) -> Iterable[Said]:
    ways = {w.envelope.id: w for w in journeys(trace)}
    if not scene.rows:
        yield "Nothing has to happen: an initial state is enough.", Role.PLAIN
    for row in scene.rows:
        aside = " (This step can be left out.)" if row.number in idle else ""
        role = Role.DIM if aside else Role.FAULT if row.fault else Role.PLAIN
        yield f"{row.number}. {_capital(sentence(row, ways))}{aside}", role
    if trace.loop is not None:
        yield f"And again from step {trace.loop + 1}, for ever.", Role.STRONG
    yield from ((f"{_capital(remark)}.", Role.STRONG) for remark in trace.remarks)


def _capital(text: str) -> str:
    return text if text.startswith("`") else text[:1].upper() + text[1:]


# -- who knew what ----------------------------------------------------------------------------------------------------


def _chain(trace: Trace, scene: Scene, relevance: Relevance | None) -> Iterable[Said]:
    """Say which messages carried what happened to the end, but for idle steps; and which ends did not know of each other."""
    idle = frozenset(relevance.idle) if relevance else frozenset[int]()
    ends = _ends(trace, scene)
    for number in sorted(set(ends.values())):
        hops = list(_hops(scene, number, idle))
        if hops:
            yield f"Step {number} rests on", Role.PLAIN
        yield from ((f"- {hop}", Role.PLAIN) for hop in hops)
    known = histories(scene)
    numbers = sorted(set(ends.values()))
    for at, first in enumerate(numbers):
        for second in numbers[at + 1 :]:
            if first not in known[second]:
                yield f"Step {second} did not know of step {first}: no message carried it there.", Role.STRONG
    told = causal_rows(trace, scene)
    beside = [row.number for row in scene.rows if row.number not in told | idle]
    if beside and relevance:
        yield f"{_steps(beside)}: no message or process carried it to the end, which needs it all the same.", Role.STRONG
    elif beside:
        yield f"{_steps(beside)} did not lead to the end by any message or process.", Role.DIM


def _hops(scene: Scene, number: int, idle: frozenset[int]) -> Iterable[str]:
    """Yield the deliveries on the way to a step, newest first: of each the message that brought the news."""
    rows = {row.number: row for row in scene.rows}
    known = histories(scene)
    for earlier in sorted((known[number] | {number}) - idle, reverse=True):
        for arrow in rows[earlier].arrows:
            if arrow.way == "delivered" and arrow.envelope is not None and arrow.sent:
                message = show(arrow.envelope.message)
                yield f"{message}: from step {arrow.sent} ({arrow.source}) to step {earlier} ({arrow.target})"


def _ends(trace: Trace, scene: Scene) -> dict[str, int]:
    """Return the last step of each process that the causes name; where they name none, of those of the last step."""
    last = {lane: row.number for row in scene.rows for lane in lanes_of(row)}
    spoken = [lane for lane in last if lane in named(trace)]
    return {lane: last[lane] for lane in spoken or (lanes_of(scene.rows[-1]) if scene.rows else [])}


def _unknown(trace: Trace, scene: Scene, idle: frozenset[int]) -> Iterable[Said]:
    ways = () if trace.origin.network == "set" else tuple(w for w in journeys(trace) if w.sent not in idle)
    told = causal_rows(trace, scene)
    last = {row.owner: row.number for row in scene.rows if row.number in told and row.owner and not row.fault}
    yield from ((text, Role.PLAIN) for text in misses(ways, last))
    yield from ((text, Role.PLAIN) for text in defiances(scene, ways, told))


# -- why --------------------------------------------------------------------------------------------------------------


def _causes(trace: Trace, scene: Scene) -> Iterable[Said]:
    if trace.error:
        yield from ((part, Role.BAD) for part in trace.error.splitlines())
    truth = "holds" if trace.verdict == "found" else "decides it"
    for cause in trace.causes:
        values = ", ".join(f"{name} = {show(value)}" for name, value in cause.values.items())
        yield f"`{cause.text}` (line {cause.line}) {truth}{f', with {values}' if values else ''}.", Role.CHANGE
    if trace.verdict == "stuck":
        waiting = [f"{show(e.message)} from {e.source} to {e.target}" for e in scene.flight if e.target not in _down(scene)]
        yield f"No step can be taken any more, and nobody takes {'; '.join(waiting)}.", Role.BAD


def _down(scene: Scene) -> frozenset[str]:
    return scene.rows[-1].down if scene.rows else scene.down


# -- what it takes ----------------------------------------------------------------------------------------------------


def _needs(trace: Trace, relevance: Relevance | None) -> Iterable[Said]:
    if trace.verdict == "walked":  # by hand: it ends where its walker stopped
        return
    if trace.remarks:  # of a run as a whole: there is no end that could be tried without some of its steps
        return
    if relevance is None:
        yield "No step was tried to be left out: the trace was not run again, or goes on for ever.", Role.DOUBT
        return
    left = [n for n in relevance.idle if n not in relevance.after]
    if left:
        rest = counted(len(relevance.needs), "step")
        yield f"{_steps(left)} can be left out: run again without, the trace ends the same way, after {rest}.", Role.GOOD
    if relevance.after:
        yield f"{_steps(relevance.after)} came when the end had already shown.", Role.GOOD
    if not relevance.idle and trace.moments:
        yield "No step can be left out. Each was tried:", Role.PLAIN
    for texts in _alike(relevance.needs, trace):
        yield texts, Role.PLAIN


def _alike(needs: Sequence[Need], trace: Trace) -> Iterable[str]:
    """Say for each reason which steps cannot be left out for it."""
    groups: dict[int | None, list[int]] = {}
    for need in needs:
        groups.setdefault(need.breaks, []).append(need.step)
    ends = {"violated": "it is not violated so", "found": "it is not witnessed so", "error": "there is no such error"}
    for breaks, steps in groups.items():
        end = f"the rest can happen, and {ends.get(trace.verdict, 'it does not end so')}"
        so = f"step {breaks} cannot happen" if breaks else end
        yield f"Without {_steps(steps).lower()}{' each' if len(steps) > 1 else ''}, {so}."


def _steps(numbers: Sequence[int]) -> str:
    """Return `Step 3`, `Steps 3, 4 and 7`, `Steps 3 to 8 and 12`."""
    parts: list[str] = []
    at = 0
    while at < len(numbers):
        end = at
        while end + 1 < len(numbers) and numbers[end + 1] == numbers[end] + 1:
            end += 1
        several = end - at >= 2
        parts += [f"{numbers[at]} to {numbers[end]}"] if several else [str(n) for n in numbers[at : end + 1]]
        at = end + 1
    if len(numbers) == 1:
        return f"Step {parts[0]}"
    return f"Steps {', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else f"Steps {parts[0]}"
