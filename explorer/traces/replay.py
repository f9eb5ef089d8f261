"""Running a saved trace again, label by label, through the reference engine: does the model still do what the trace says?

The first step that differs is named with what differs. `debug` runs the same steps under pdb, in the author's own code.
"""

from __future__ import annotations

import pdb  # noqa: T100  (running under the debugger is what `debug` is for)
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from quorate.explorer.contract.engine import ERROR, STUCK, WALKED
from quorate.explorer.contract.fairness import fairness_of
from quorate.explorer.contract.setting import setting_of
from quorate.explorer.reference.present import Absent, Present
from quorate.explorer.reference.reference import ReferenceEngine
from quorate.explorer.reference.stepping import deliverable, without
from quorate.explorer.traces.breaking import Run, flaw
from quorate.explorer.traces.remarks import narrate_run
from quorate.explorer.traces.story import Narrator, ends_in, ends_on, narrate
from quorate.language.declare import LIVENESS, Faults, entered
from quorate.language.errors import QuorateError, UsageError
from quorate.language.loading.load import load_asking, shipped
from quorate.language.values.values import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.contract.fairness import Fairness
    from quorate.explorer.contract.trace import Moment, Origin, Snapshot, Trace
    from quorate.language.declare import Order
    from quorate.language.loading.model import Asked
    from quorate.language.values.state import Global
    from quorate.language.values.values import Json


@dataclass(frozen=True, slots=True)
class Replayed:
    """A trace run again: `states` is one longer than `edges`, but where the last edge is an error. `changed`: the model's
    source differs from the one that the trace was made of, and the trace is true of it all the same.

    `trace` is told anew from the run: causes, messages, texts and places are what they are, whatever the file says of
    them; `corrected`: it says otherwise.
    """

    engine: ReferenceEngine
    states: tuple[Global, ...]
    edges: tuple[Edge, ...]
    changed: bool
    trace: Trace
    corrected: bool


def replay(trace: Trace, folder: Path | None = None) -> Replayed:
    """Run the trace again. A relative path of its model is looked for from here and from `folder`, the trace's own.

    Errors: UsageError where the model is not found, or with the first step at which it does something else.
    """
    engine = engine_of(trace.origin, folder)
    changed = engine.system.model.sha256 != trace.origin.sha256
    try:
        states, edges = _steps(engine, trace)
        _check_end(engine, trace, states, edges)
    except Divergence as divergence:
        why = f"`{trace.origin.model}` has changed since the trace was saved" if changed else "the trace was edited"
        raise UsageError(f"the trace does not replay: {divergence} ({why})") from None
    told = replace(_told(engine, trace, states, edges), origin=trace.origin)
    return Replayed(engine, tuple(states), tuple(edges), changed, told, told != trace)


def _told(engine: ReferenceEngine, trace: Trace, states: Sequence[Global], edges: Sequence[Edge]) -> Trace:
    whole = _of_runs(engine, trace)
    if whole is None:
        return narrate(engine, trace.name, states[0], edges)
    return narrate_run(engine, *whole, Run(states[0], tuple(edges), trace.loop))


def _of_runs(engine: ReferenceEngine, trace: Trace) -> tuple[Asked, Fairness] | None:
    """Return what was asked, and what was assumed, where the trace is of a property of whole runs; None where it is not.

    Errors: Divergence where the model has none such.
    """
    model = engine.system.model
    prop = next((p for p in model.properties if p.name == trace.name and p.modality in LIVENESS), None)
    if prop is None:
        return None
    asked = next((a for a in model.asked(prop) if tuple(p.label for p in a.processes) == trace.asked), None)
    if asked is None:
        raise Divergence(f"`{trace.name}` is not asked of {', '.join(trace.asked) or 'no process'}")
    try:
        return asked, fairness_of(model, engine.system.setting, ", ".join(trace.fairness) or "none")
    except UsageError as error:
        raise Divergence(str(error)) from None


class Divergence(Exception):
    """The first difference between a trace and its model."""


def engine_of(origin: Origin, folder: Path | None = None) -> ReferenceEngine:
    """Return an engine on the configuration that a trace was made in. Errors: UsageError where it cannot be had."""
    known = shipped()
    places = [known[origin.model]] if origin.model in known and origin.path.startswith("models/") else []
    places += [Path(origin.path), *([folder / origin.path, folder / Path(origin.path).name] if folder else [])]
    path = next((p for p in places if p.is_file()), None)
    if path is None:
        raise UsageError(f"the model of this trace, `{origin.path}`, is not here: run from the folder it was saved in")
    try:
        model = load_asking(path, origin.guarantees, origin.parameters)
        faults = Faults(**cast("dict[str, Any]", origin.faults))
        setting = setting_of(
            model, faults, cast("Order", origin.network), origin.capacity, full=origin.full, start=origin.start
        )
        return ReferenceEngine(model, setting)
    except (QuorateError, TypeError) as error:
        raise UsageError(f"the configuration of this trace does not fit `{origin.path}` any more: {error}") from None


def _steps(engine: ReferenceEngine, trace: Trace) -> tuple[list[Global], list[Edge]]:
    narrator = Narrator(engine.system)
    firsts = engine.initial_states()
    first = next((s for s in firsts if _same(narrator.snapshot(s), trace.initial)), None)
    if first is None:
        raise Divergence(f"the model does not begin in this state{_differing(narrator.snapshot(firsts[0]), trace.initial)}")
    states, edges = [first], list["Edge"]()
    for number, moment in enumerate(trace.moments, 1):
        edge = next((e for e in engine.successors(states[-1]).edges if narrator.label(e) == moment.label), None)
        if edge is None:
            raise Divergence(f"step {number}, `{moment.text}`, does not exist there")
        _check_step(narrator, number, moment, edge)
        edges.append(edge)
        states += [edge.target] if edge.target is not None else []
    return states, edges


def _check_step(narrator: Narrator, number: int, moment: Moment, edge: Edge) -> None:
    if edge.target is None:
        if moment.state is not None:
            raise Divergence(f"step {number}, `{moment.text}`, is an error of the model: {edge.error}")
        return
    found = narrator.snapshot(edge.target)
    if moment.state is None:
        raise Divergence(f"step {number}, `{moment.text}`, is no error of the model any more")
    if not _same(found, moment.state):
        raise Divergence(f"step {number}, `{moment.text}`, leads to another state{_differing(found, moment.state)}")


def _check_end(engine: ReferenceEngine, trace: Trace, states: Sequence[Global], edges: Sequence[Edge]) -> None:
    if trace.name == WALKED:
        return
    properties = {p.name for p in engine.system.model.properties}
    if trace.name not in properties | {ERROR, STUCK}:
        raise Divergence(f"there is no property `{trace.name}`")
    whole = _of_runs(engine, trace)
    if whole is not None:
        fault = flaw(engine, *whole, Run(states[0], tuple(edges), trace.loop))
        if fault:
            raise Divergence(f"the run does not break `{trace.name}`: {fault}")
        return
    source = states[-1] if edges and edges[-1].target is None else states[-2] if edges else None
    reached = source is not None and ends_on(engine, trace.name, source, edges[-1])
    if not reached and not ends_in(engine, trace.name, states[-1]):
        raise Divergence(f"in the end, `{trace.name}` is not {trace.verdict}")


def _flight(snapshot: Snapshot) -> list[tuple[str, str, str]]:
    return [(e.source, e.target, show(e.message)) for e in snapshot.flight]


def _same(one: Snapshot, other: Snapshot) -> bool:
    """Say whether two snapshots show one state; the numbers of messages do not count."""
    return replace(one, flight=()) == replace(other, flight=()) and _flight(one) == _flight(other)


def _differing(found: Snapshot, told: Snapshot) -> str:
    """Return the first difference as `: ... is ..., and the trace has ...`."""
    for label, fields in found.fields.items():
        for name, value in fields.items():
            other: Json = told.fields.get(label, {}).get(name, "nothing")
            if value != other:
                return f": `{label}.{name}` is {show(value)}, and the trace has {show(other)}"
    for what in ("down", "cut", "budgets"):
        if getattr(found, what) != getattr(told, what):
            return f": {what} is {getattr(found, what)}, and the trace has {getattr(told, what)}"
    return ": other messages are in flight" if _flight(found) != _flight(told) else ""


# -- the debugger -----------------------------------------------------------------------------------------------------


class Debugger(pdb.Pdb):
    """pdb that skips the library's frames and remembers that its user has left."""

    def __init__(self, stdin: TextIO | None = None, stdout: TextIO | None = None) -> None:
        super().__init__(stdin=stdin, stdout=stdout, skip=["quorate.*", "contextlib", "dataclasses"])
        self.left = False

    def set_quit(self) -> None:
        """Leave the debugger, and the steps that are still to come."""
        self.left = True
        super().set_quit()


def debug(trace: Trace, folder: Path | None = None, stdin: TextIO | None = None, stdout: TextIO | None = None) -> None:
    """Run the trace's protocol steps one after another under pdb, stopping at the first line of each, in the author's code."""
    replayed = replay(trace, folder)
    debugger = Debugger(stdin, stdout)
    for number, (state, edge) in enumerate(zip(replayed.states, replayed.edges, strict=False), 1):
        text = trace.moments[number - 1].text
        debugger.message(f"step {number}: {text}")
        if edge.act.sort != "fault":
            _debug_step(replayed.engine, state, edge, debugger)
        if debugger.left:
            return


def _debug_step(engine: ReferenceEngine, state: Global, edge: Edge, debugger: Debugger) -> None:
    """Run one step again with the choices that it made, under the debugger."""
    stepper, act = engine.stepper, edge.act
    step = next(s for s in engine.system.model.steps if s.name == act.step)
    if act.parcel is not None:
        assert act.parcel in set(deliverable(engine.system, step, state))
        arguments = stepper.message_arguments(step, act.parcel)()
        kept = state.flight if engine.system.setting.network == "set" else without(state.flight, act.parcel)
        state = replace(state, flight=kept)
    else:
        labels = stepper.actions(step, state)
        arguments = next(fresh for a, fresh in labels if replace(act, choices=()) == a)()
    actor = None if act.process is None else engine.system.model.processes[act.process]
    with entered(Present(engine.system, state, "all" if actor is None else "own", actor, edge.prefix)):
        try:
            debugger.runcall(step.function, *arguments)
        except Absent:
            debugger.message("the step does not exist here")
        except Exception as error:  # noqa: BLE001  (the trace may end in the author's own exception)
            debugger.message(f"{type(error).__name__}: {error}")
