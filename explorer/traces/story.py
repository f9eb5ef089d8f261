"""From a guide to the story: which states lie on a cheapest way is the guide's word, what happens between them is found here.

At each state the least label among those that stay on a cheapest way is taken, so the trace depends neither on threads nor
on the engine. Every step is run by the reference engine and checked against the guide: a native engine that means
something else is caught by the first trace that it shows. Read next: `causes.py`, why the property is false in the end.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quorate.explorer.contract.engine import ERROR, STUCK, WALKED
from quorate.explorer.contract.setting import faults_text, scenarios
from quorate.explorer.contract.trace import Cause, Envelope, Label, Lane, Moment, Origin, Snapshot, Trace
from quorate.explorer.reference.judging import edge_view
from quorate.explorer.reference.present import Present
from quorate.explorer.traces.causes import causes_of
from quorate.explorer.traces.contradictions import contradiction
from quorate.explorer.traces.intervals import operations_of
from quorate.language.declare import FAULTS, LIVENESS
from quorate.language.errors import Defect
from quorate.language.values.values import json_of, show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.explorer.contract.edges import Edge
    from quorate.explorer.contract.engine import Guide, Target
    from quorate.explorer.reference.present import System
    from quorate.explorer.reference.reference import ReferenceEngine
    from quorate.language.declare import State
    from quorate.language.values.state import Global, Parcel
    from quorate.language.values.values import Json


def tell(engine: ReferenceEngine, target: Target, guide: Guide) -> Trace:
    """Return the least trace along the guide. Errors: Defect where the guide leads nowhere."""
    state = next((s for s in engine.initial_states() if guide.admits(s, 0, 0)), None)
    if state is None:
        raise _disagreement(target, 0)
    return narrate(engine, target, state, along(engine, target, guide, state))


def along(
    engine: ReferenceEngine, target: Target, guide: Guide, start: Global, reaches: Callable[[Global], bool] | None = None
) -> list[Edge]:
    """Return the least edges along the guide. `reaches` recognises the target, where no property of the model does.

    Errors: Defect where the guide leads nowhere.
    """
    state, spent, taken = start, 0, list["Edge"]()
    while len(taken) < guide.steps:
        last = guide.edge and len(taken) == guide.steps - 1
        for edge in engine.successors(state).edges:
            after = spent + edge.cost
            if (
                after == guide.faults and ends_on(engine, target, state, edge)
                if last
                else edge.target is not None and guide.admits(edge.target, after, len(taken) + 1)
            ):
                break
        else:
            raise _disagreement(target, len(taken) + 1)
        taken.append(edge)
        spent, state = after, edge.target or state
    if not guide.edge and not (reaches(state) if reaches else ends_in(engine, target, state)):
        raise _disagreement(target, len(taken))
    return taken


def _disagreement(target: Target, step: int) -> Defect:
    return Defect(f"the engines disagree about `{target}` at step {step}; `--engine reference` decides what the model means")


def ends_on(engine: ReferenceEngine, target: Target, state: Global, edge: Edge) -> bool:
    """Say whether the edge itself reaches the target: it violates a `@step` property, or is an error of the model."""
    if edge.target is None:
        return target == ERROR
    found, error = engine.judge.on_edge(state, edge.target)
    return error is not None if target == ERROR else target in found


def ends_in(engine: ReferenceEngine, target: Target, state: Global) -> bool:
    """Say whether the state itself reaches the target."""
    found, error = engine.judge.on_state(state)
    if target in found or (target == ERROR and error is not None):
        return True
    terminal = engine.successors(state).terminal
    late, late_error = engine.judge.on_state(state, terminal=terminal)
    if target == STUCK:
        return terminal and engine.stuck(state)
    return target in late or (target == ERROR and late_error is not None)


# -- narration --------------------------------------------------------------------------------------------------------


def narrate(engine: ReferenceEngine, target: Target, start: Global, edges: Sequence[Edge]) -> Trace:
    """Return the trace of these edges, one after another from `start`, as a story of the target that it ends in."""
    narrator = Narrator(engine.system)
    initial = narrator.snapshot(start)
    moments = tuple(narrator.moment(edge) for edge in edges)
    states = [start, *[e.target for e in edges if e.target is not None]]
    prop = next((p for p in engine.system.model.properties if p.name == target), None)
    reasons: tuple[Cause, ...] = ()
    if prop and prop.source.prefix:
        reasons = (contradiction(engine.system, prop, start, edges),)
    elif prop and prop.modality not in LIVENESS:
        steps = prop.modality == "step" and len(states) > 1
        view = edge_view(engine.system, *states[-2:]) if steps else Present(engine.system, states[-1], "look")
        reasons = causes_of(prop, view)
    return Trace(
        origin=origin_of(engine.system),
        name=target,
        modality=prop.modality if prop else target.strip("()"),
        statement=prop.statement if prop else _STATEMENTS[target],
        verdict=target.strip("()") if prop is None else "found" if prop.modality == "sometimes" else "violated",
        lanes=lanes_of(engine.system),
        initial=initial,
        moments=moments,
        causes=reasons,
        error=_error(engine, states, edges) if target == ERROR else "",
        operations=operations_of(engine.system, edges),
    )


_STATEMENTS = {
    ERROR: "the model has an error",
    STUCK: "nothing can happen any more, and a message waits for a process that is up",
    WALKED: "these steps were taken by hand",
}


def _error(engine: ReferenceEngine, states: Sequence[Global], edges: Sequence[Edge]) -> str:
    """Return what the error at the end of the trace says: of the last step, or of a property after it."""
    if edges and edges[-1].error:
        return str(edges[-1].error)
    judge, last = engine.judge, states[-1]
    found = [judge.on_state(last)[1], judge.on_state(last, terminal=engine.successors(last).terminal)[1]]
    if len(states) > 1:
        found.append(judge.on_edge(states[-2], last)[1])
    return str(next((error for error in found if error), ""))


@dataclass
class Narrator:
    """Follows the messages of a run by number, so that an arrow has two ends."""

    system: System
    ids: defaultdict[Parcel, list[int]] = field(default_factory=lambda: defaultdict(list))  # those in flight
    last: int = 0

    def moment(self, edge: Edge) -> Moment:
        """Return one step of the story, and move the messages as the step does."""
        act, fault = edge.act, edge.act.sort == "fault"
        received = self._delivered(act.parcel) if act.sort == "receive" and act.parcel else None
        gone = [] if not fault else [self.ids[p].pop(0) for p in edge.lost]
        put = [(p, self._put(p)) for p in edge.sent]
        swallowed = [] if fault else [self._swallow(p, put) for p in edge.lost]
        new = tuple(self._envelope(i, p) for p, (i, fresh) in put if fresh)
        numbers = tuple(i for _, (i, _) in put)
        step = next((s for s in self.system.model.steps if s.name == act.step), None)
        return Moment(
            label=self.label(edge),
            text=self.text(edge),
            where=f"{step.where.file}:{step.where.line}" if step and not fault else "",
            received=received,
            sent=() if fault else numbers,
            lost=(*gone, *swallowed),
            duplicated=numbers if fault else (),
            envelopes=new,
            state=None if edge.target is None else self.snapshot(edge.target),
        )

    def _delivered(self, parcel: Parcel) -> int:
        stays = self.system.setting.network == "set"
        return self.ids[parcel][0] if stays else self.ids[parcel].pop(0)

    def _put(self, parcel: Parcel) -> tuple[int, bool]:
        """Return the number of a message put in flight, and whether it is new: under `set` an equal one is the same."""
        if self.system.setting.network == "set" and self.ids[parcel]:
            return self.ids[parcel][0], False
        self.last += 1
        self.ids[parcel].append(self.last)
        return self.last, True

    def _swallow(self, parcel: Parcel, put: list[tuple[Parcel, tuple[int, bool]]]) -> int:
        """Take back a message that was sent into a cut link."""
        number = next(i for p, (i, _) in put if p == parcel and i in self.ids[parcel])
        self.ids[parcel].remove(number)
        return number

    def snapshot(self, state: Global) -> Snapshot:
        """Return the state as a trace shows it. Messages that no step sent get their numbers here."""
        model = self.system.model
        shared = [(s, row) for s, row in zip(model.shared, state.shared, strict=True) if model.keeps(s)]
        processes = [*zip(model.processes, state.fields, strict=True), *shared]
        left = {name: n for name, n in zip(FAULTS, state.budgets, strict=True) if n is not None}
        return Snapshot(
            fields={holder.label: self._fields(holder, row) for holder, row in processes},
            down=tuple(model.processes[p].label for p in sorted(state.down)),
            cut=tuple((model.processes[a].label, model.processes[b].label) for a, b in sorted(state.cut)),
            flight=self._flight(state),
            budgets={name: n for name, n in left.items() if name in self.system.setting.budgets},
        )

    def _flight(self, state: Global) -> tuple[Envelope, ...]:
        seen: defaultdict[Parcel, int] = defaultdict(int)
        envelopes: list[Envelope] = []
        for parcel in state.flight:
            if seen[parcel] == len(self.ids[parcel]):
                self._put(parcel)
            envelopes.append(self._envelope(self.ids[parcel][seen[parcel]], parcel))
            seen[parcel] += 1
        return tuple(envelopes)

    def _fields(self, holder: State, row: tuple[object, ...]) -> dict[str, Json]:
        slots, universe = self.system.slots[type(holder)], self.system.universe
        return {name: universe.to_json(t, row[at]) for name, (at, t) in slots.items()}

    def _envelope(self, identity: int, parcel: Parcel) -> Envelope:
        processes = self.system.model.processes
        message = self._message(parcel)
        return Envelope(identity, message, processes[parcel.source].label, processes[parcel.target].label)

    def _message(self, parcel: Parcel) -> Json:
        return self.system.universe.to_json(self.system.messages[parcel.message][1], parcel.values)

    def label(self, edge: Edge) -> Label:
        """Return the label of an edge in a trace's own terms."""
        act, processes = edge.act, self.system.model.processes
        return Label(
            step=act.step,
            sort=act.sort,
            process=None if act.process is None else processes[act.process].label,
            arguments=dict(act.arguments),
            choices=act.choices,
            message=self._message(act.parcel) if act.parcel else None,
            sender=processes[act.parcel.source].label if act.parcel else None,
        )

    def text(self, edge: Edge) -> str:
        """Return the label as people read it: `Server 1: start_election()`, `drop Vote(term=1) from Server 1 to Server 2`."""
        label = self.label(edge)
        choices = f" choosing {', '.join(map(show, label.choices))}" if label.choices else ""
        if label.sort == "fault":
            if label.message is not None:
                return f"{label.step} {show(label.message)} from {label.sender} to {label.process}"
            if "peer" in label.arguments:
                arrow = "<->" if label.arguments["both"] else "->"
                return f"{label.step} {label.process} {arrow} {label.arguments['peer']}"
            return f"{label.step} {label.process}{choices}"
        inside = ", ".join(f"{name}={show(value)}" for name, value in label.arguments.items())
        if label.message is not None:
            inside = show(label.message)
        came = f" from {label.sender}" if label.sender else ""
        name = label.step.rpartition(".")[2]
        return f"{label.process + ': ' if label.process else ''}{name}({inside}){came}{choices}"


def lanes_of(system: System) -> tuple[Lane, ...]:
    """Return the lanes of a configuration: its processes, then its shared state."""
    lanes = [
        Lane(p.label, type(p).__name__, system.group_of[p].name if p in system.group_of else None, p.index)
        for p in system.model.processes
    ]
    shared = [s for s in system.model.shared if system.model.keeps(s)]
    return (*lanes, *[Lane(s.label, type(s).__name__, None, 0, shared=True) for s in shared])


def origin_of(system: System) -> Origin:
    """Return what a replay needs to know of the configuration."""
    model, setting = system.model, system.setting
    return Origin(
        model=model.name,
        path=model.sources[0].shown,
        sha256=model.sha256,
        parameters={p.name: json_of(p.value) for p in model.parameters},
        network=setting.network,
        capacity=setting.capacity,
        faults=faults_text(model, setting),
        full=setting.full,
        start=tuple(name for name in setting.start if name in scenarios(model)),
        guarantees=model.guarantees,
    )
