"""What is shown of a walk by hand at one of its points: what can happen next and what that changes, and what holds.

The terminal prints it as lines (`lines`), the page takes it as plain data (`document`). Read next: `viewer/explore.js`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from quorate.explorer.contract.trace import Snapshot
from quorate.explorer.walks.destination import steps_of
from quorate.report.pages.viewer import story
from quorate.report.quantities import counted
from quorate.report.scene.changes import show
from quorate.report.scene.scene import scene_of
from quorate.report.screen import Role, Span, line, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quorate.explorer.contract.trace import Cause, Trace
    from quorate.explorer.walks.destination import Destination, Way
    from quorate.explorer.walks.excursion import Excursion, Standing, Truth
    from quorate.report.scene.scene import Row
    from quorate.report.screen import Line, Screen

MOST_STARTS = 100  # initial states offered on the page
ROLES: dict[Standing, Role] = {
    "violated": Role.BAD,
    "error": Role.BAD,
    "witnessed": Role.GOOD,
    "true": Role.GOOD,
    "not yet": Role.DIM,
    "not asked": Role.DIM,
}


@dataclass(frozen=True, slots=True)
class Option:
    """A step that can be taken: how it reads, what it changes, and the properties that it violates or witnesses."""

    number: int  # from 1
    text: str
    fault: bool
    effects: tuple[str, ...]
    shows: tuple[str, ...]
    error: str
    point: int | None  # where it led when it was taken before


def options(excursion: Excursion, number: int) -> list[Option]:
    """Return what can happen at a point, in the order of labels."""
    return _options(excursion, number, excursion.trace(number))


def _options(excursion: Excursion, number: int, trace: Trace) -> list[Option]:
    modality = {t.name: t.modality for t in excursion.truths(number)}
    initial = trace.moments[-1].state if trace.moments else trace.initial
    here = excursion.point(number).state
    found: list[Option] = []
    for choice, (edge, moment) in enumerate(zip(excursion.edges(number), excursion.next(number), strict=True)):
        assert isinstance(initial, Snapshot)
        row = scene_of(replace(trace, initial=initial, moments=(moment,), causes=())).rows[0]
        shows = sorted(excursion.shown_by(number, edge))
        found.append(
            Option(
                choice + 1,
                moment.text,
                moment.label.sort == "fault",
                tuple(_effects(row)) if edge.target != here else ("changes nothing",),
                tuple(f"{'witnesses' if modality[name] == 'sometimes' else 'violates'} {name}" for name in shows),
                edge.error.what if edge.error else "",
                excursion.taken(number, choice),
            )
        )
    return found


def _effects(row: Row) -> Iterable[str]:
    """Yield what a step does, a phrase each: what changes, what is sent, what is lost."""
    for label, changes in row.changes.items():
        for change in changes:
            yield f"{label}: {change.text('->')}"
    for sending in row.sendings:
        lost = f" (lost to {', '.join(sending.lost)})" if sending.lost else ""
        yield f"sends {show(sending.message)} to {', '.join(sending.targets)}{lost}"
    for envelope in row.swallowed:
        yield f"loses {show(envelope.message)} from {envelope.source} to {envelope.target}"


# -- for the page -------------------------------------------------------------------------------------------------------


def document(excursion: Excursion, number: int) -> dict[str, object]:
    """Return all that the page draws at a point: the story up to it, and what `look` says."""
    trace = excursion.trace(number)
    told = story(trace)
    if trace.verdict == "walked":
        told["rows"] = [{**row, "causal": True} for row in _rows(told)]
    # In the order of declaration: a lane must not change its place when something happens in it.
    told |= {"lanes": [asdict(lane) for lane in trace.lanes], "idle": []}
    path = [point.number for point in excursion.path(number)]
    return {"story": told, "path": path, "look": look(excursion, number)}


def _rows(told: dict[str, object]) -> list[dict[str, object]]:
    rows = told["rows"]
    assert isinstance(rows, list)
    return rows


def look(excursion: Excursion, number: int) -> dict[str, object]:
    """Return what can happen at a point, what holds there, and the bookmarks."""
    return {
        "point": number,
        "starts": list(range(min(excursion.starts, MOST_STARTS))),
        "goals": [*(p.name for p in excursion.engine.system.model.properties), *steps_of(excursion.engine)],
        "steps": [asdict(option) for option in options(excursion, number)],
        "truths": [asdict(truth) for truth in excursion.truths(number)],
        "ending": ending(excursion, number),
        "bookmarks": [{"name": name, "point": point} for name, point in excursion.bookmarks.items()],
    }


# -- for both -----------------------------------------------------------------------------------------------------------


def ending(excursion: Excursion, number: int) -> str:
    """Return in a sentence why a walk does not go on from a point; nothing where it does."""
    at = excursion.point(number)
    if at.state is None:
        return "The step ended in an error of the model: there is no state after it."
    if excursion.is_stuck(number):
        return "Stuck: nothing goes on without a fault, and a message waits for a process that is up."
    if excursion.is_terminal(number):
        return "Terminal: nothing goes on without a fault."
    return "" if excursion.edges(number) else "Nothing can happen here: a limit of the model stops every step."


def outcome(to: Destination, way: Way) -> str:
    """Return what a search found, in a sentence that claims no more than was searched."""
    seen = counted(way.states, "state")
    beside = f"; {counted(way.errors, 'error')} of the model or the condition on the way" if way.errors else ""
    if way.edges is not None:
        fewest = "with the fewest faults, and then the fewest steps" if way.fewest_faults else "the fewest there are"
        return f"{to.text}: {counted(len(way.edges), 'step')} on, {fewest}"
    if way.cut:
        return f"{to.text}: not found, and not decided: the search ended at its limit ({way.cut}) after {seen}{beside}"
    within = ", within the limits of the model" if way.limited else ""
    return f"{to.text}: cannot be reached from here{within}: all {seen} were visited{beside}"


# -- for the terminal ---------------------------------------------------------------------------------------------------


def lines(excursion: Excursion, number: int, screen: Screen) -> list[Line]:
    """Return a point as the terminal shows it: where it is, what holds, what can happen."""
    at = excursion.point(number)
    trace = excursion.trace(number)
    came = "an initial state" if at.edge is None else trace.moments[-1].text
    depth = len(excursion.path(number)) - 1
    return [
        line(Span(f"point {number}, {counted(depth, 'step')} from the start: {came}", Role.STRONG)),
        *(_truth(truth) for truth in excursion.truths(number)),
        *(part for cause in trace.causes for part in _cause(cause, screen)),
        *([line(Span(f"  {ending(excursion, number)}", Role.DOUBT))] if ending(excursion, number) else []),
        *(part for option in options(excursion, number) for part in _option(option, screen)),
    ]


def _truth(truth: Truth) -> Line:
    text = f"  {truth.standing:<9}  "
    return line(Span(text, ROLES[truth.standing]), Span(truth.name), Span(f" ({truth.modality})", Role.DIM))


def _cause(cause: Cause, screen: Screen) -> Iterable[Line]:
    """Say why a property is violated here."""
    values = ", ".join(f"{name} is {show(value)}" for name, value in cause.values.items())
    text = f"because of `{cause.text}`: {values}" if values else f"because of `{cause.text}`"
    yield from (line(Span(f"    {part}", Role.DIM)) for part in wrapped(text, screen.width - 4, "  "))


def _option(option: Option, screen: Screen) -> Iterable[Line]:
    marks = [Span(f"  {mark}", Role.BAD if mark.startswith("violates") else Role.GOOD) for mark in option.shows]
    yield line(Span(f"{option.number:>4}  "), Span(option.text, Role.FAULT if option.fault else Role.PLAIN), *marks)
    if option.error:
        yield line(Span(f"        an error of the model: {option.error}", Role.BAD))
    for effect in option.effects:
        yield from (line(Span(f"        {part}", Role.DIM)) for part in wrapped(effect, screen.width - 8, "  "))


def state_lines(excursion: Excursion, number: int) -> list[Line]:
    """Return the whole state at a point: every field, who is down, which links are cut, what is in flight, budgets left."""
    trace = excursion.trace(number)
    state = trace.moments[-1].state if trace.moments else trace.initial
    if state is None:
        return [line(ending(excursion, number))]
    fields = [
        line(f"  {label}{' (down)' if label in state.down else ''}: " + ", ".join(f"{n} {show(v)}" for n, v in row.items()))
        for label, row in state.fields.items()
    ]
    cut = [line(f"  cut: {source} -> {target}") for source, target in state.cut]
    flight = [line(f"  in flight: {show(e.message)} from {e.source} to {e.target}") for e in state.flight]
    left = [line("  faults left: " + ", ".join(f"{n} {count}" for n, count in state.budgets.items()))] if state.budgets else []
    return [*fields, *cut, *flight, *left]


def path_lines(excursion: Excursion, number: int) -> list[Line]:
    """Return the steps that led to a point, each with the number to jump to, and the bookmarks."""
    trace = excursion.trace(number)
    names = {point: name for name, point in excursion.bookmarks.items()}
    texts = ["an initial state", *(moment.text for moment in trace.moments)]
    return [
        line(f"{at.number:>4}  {text}" + (f"  [{names[at.number]}]" if at.number in names else ""))
        for at, text in zip(excursion.path(number), texts, strict=True)
    ]
