"""The edges of one state that are the protocol's own steps, run as the user wrote them, in the order of their labels.

A step is run again for every way through its choices: with a prefix of positions that counts up like an odometer.
Read next: `faults.py`, the other edges; `reference.py`, the searches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from quorate.explorer.contract.edges import Act, Edge
from quorate.explorer.contract.setting import FULL, takes
from quorate.explorer.reference.present import Absent, Limited, Present, System
from quorate.language.declare import FAULTS, Process, Shared, entered
from quorate.language.errors import Defect, ModelError
from quorate.language.loading.execution import located
from quorate.language.values.state import Global, Parcel
from quorate.language.values.values import Frozen, Json, Key, key, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from quorate.explorer.reference.present import Mode
    from quorate.language.declare import State
    from quorate.language.loading.model import StepDeclaration
    from quorate.language.loading.prelude import Spot


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run of a function ended: with a present to commit, or with an error. `choices` were made on the way."""

    present: Present
    choices: tuple[Json, ...]
    error: ModelError | None


@dataclass(frozen=True, slots=True)
class Stops:
    """The limits that stopped a step in one state, once for each way tried, and the labels, without choices, of such steps."""

    limited: list[Spot]
    acts: list[Act]


@dataclass(frozen=True, slots=True)
class Stepper:
    """Runs the steps of one configuration."""

    system: System

    def taken(self, state: Global) -> tuple[list[Edge], list[Spot], list[Act]]:
        """Return every edge of the protocol's own steps, and the limits that stopped one, once for each label tried; and
        the labels, without choices, of those steps.
        """
        stops = Stops([], [])
        edges = [edge for step in self.system.model.steps for edge in self._edges(step, state, stops)]
        return edges, stops.limited, stops.acts

    # -- the protocol's steps -----------------------------------------------------------------------------------------

    def _edges(self, step: StepDeclaration, state: Global, stops: Stops) -> Iterator[Edge]:
        if step.role == "action":
            for act, arguments in self.actions(step, state):
                yield from self._taken(step, state, act, arguments, stops)
        elif step.role == "receive":
            for parcel in deliverable(self.system, step, state):
                act = Act(step.name, "receive", parcel.target, (), parcel)
                kept = state.flight if self.system.setting.network == "set" else without(state.flight, parcel)
                yield from self._taken(step, replace(state, flight=kept), act, self.message_arguments(step, parcel), stops)

    def actions(self, step: StepDeclaration, state: Global) -> Iterator[tuple[Act, Callable[[], list[object]]]]:
        """Yield the labels of an action (but for choices), each with what makes the arguments of a run."""
        universe = self.system.universe
        types = [t for _, t in step.arguments]
        tuples = list(product(*[list(values(t)) for t in types]))
        for process in self.system.model.processes if step.kind else [None]:
            if process is None or (type(process) is step.kind and process.number not in state.down):
                for frozen in tuples:
                    named = [(n, universe.to_json(t, x)) for (n, t), x in zip(step.arguments, frozen, strict=True)]
                    act = Act(step.name, "action", None if process is None else process.number, tuple(named))
                    holders = [] if process is None else [process]

                    def fresh(holders: list[Process] = holders, frozen: tuple[Frozen, ...] = frozen) -> list[object]:
                        return [*holders, *[universe.thaw(t, x) for t, x in zip(types, frozen, strict=True)]]

                    yield act, fresh

    def message_arguments(self, step: StepDeclaration, parcel: Parcel) -> Callable[[], list[object]]:
        """Return what makes the arguments of a run that receives this message."""
        processes, universe = self.system.model.processes, self.system.universe
        _, t = self.system.messages[parcel.message]

        def fresh() -> list[object]:
            message = universe.thaw(t, parcel.values)
            sender = [processes[parcel.source]] if step.asks_sender else []
            return [processes[parcel.target], message, *sender]

        return fresh

    def _taken(
        self, step: StepDeclaration, state: Global, act: Act, arguments: Callable[[], list[object]], stops: Stops
    ) -> Iterator[Edge]:
        """Yield the edges of one label, one for each way through its choices."""
        before = len(stops.limited)
        actor = None if act.process is None else self.system.model.processes[act.process]
        for outcome in self.outcomes(step, state, actor, arguments, stops.limited):
            chosen = replace(act, choices=outcome.choices) if outcome.choices else act
            prefix = tuple(c.position for c in outcome.present.chosen)
            if outcome.error:
                yield Edge(chosen, None, error=outcome.error, prefix=prefix)
                continue
            try:
                target, lost = self.commit(outcome.present, step)
            except ModelError as error:
                yield Edge(chosen, None, error=error, prefix=prefix)
            except Limited as limit:
                stops.limited.append(limit.at)
            else:
                sent, told = tuple(outcome.present.sent), tuple(outcome.present.told)
                yield Edge(chosen, target, 0, sent, lost, prefix=prefix, told=told)
        if len(stops.limited) > before:
            stops.acts.append(act)

    def outcomes(
        self,
        step: StepDeclaration,
        state: Global,
        actor: State | None,
        arguments: Callable[[], list[object]],
        limited: list[Spot],
    ) -> Iterator[Outcome]:
        """Run a step once for each way through its choices, in order; ways that do not exist are left out."""
        mode: Mode = "all" if actor is None else "own"
        return self._ways(Present(self.system, state, mode, actor), lambda: step.function(*arguments()), limited)

    def _ways(self, blank: Present, run: Callable[[], object], limited: list[Spot]) -> Iterator[Outcome]:
        """Run a function once for each way through its choices, each time in a present like the blank one."""
        prefix: tuple[int, ...] | None = ()
        while prefix is not None:
            present = Present(self.system, blank.state, blank.mode, blank.actor, prefix)
            error: ModelError | None = None
            try:
                with entered(present):
                    run()
                exists = True
            except Absent as absent:
                exists = False
                if isinstance(absent, Limited):
                    limited.append(absent.at)
            except Defect:
                raise
            except Exception as raised:  # noqa: BLE001  (whatever the user's function raises is an error of the model)
                exists, error = True, located(present.named(raised), self.system.model.sources)
            if exists:
                yield Outcome(present, tuple(c.item for c in present.chosen), error)
            prefix = present.next_prefix()

    # -- what a run leaves behind -------------------------------------------------------------------------------------

    def commit(self, present: Present, step: StepDeclaration) -> tuple[Global, tuple[Parcel, ...]]:
        """Return the state after a run, and what it sent in vain. Errors: ModelError for bounds; of `check_capacity`."""
        state = present.state
        fields, shared = list(state.fields), list(state.shared)
        try:
            for holder, row in present.rows().items():
                (shared if isinstance(holder, Shared) else fields)[holder.number] = row
        except ModelError as error:
            raise ModelError(error.what, error.where or step.where, error.remedy) from None
        gone = state.down if self.system.setting.connections == "lost" else frozenset[int]()
        lost = tuple(p for p in present.sent if (p.source, p.target) in state.cut or p.target in gone)
        arrived = [p for p in present.sent if p not in lost]
        flight = self.in_order((*state.flight, *arrived)) if arrived else state.flight
        self.check_capacity(flight, step)
        return replace(state, fields=tuple(fields), shared=tuple(shared), flight=flight), lost

    def in_order(self, flight: Iterable[Parcel]) -> tuple[Parcel, ...]:
        """Return the messages in flight in canonical order. The sort is stable: a queue of `fifo` keeps its order."""
        kept = set(flight) if self.system.setting.network == "set" else flight
        return tuple(sorted(kept, key=self.system.parcel_order))

    def check_capacity(self, flight: tuple[Parcel, ...], step: StepDeclaration | None) -> None:
        """Errors: ModelError where more messages are in flight than the network holds; Limited where that is a limit."""
        setting, where = self.system.setting, step.where if step else None
        remedy = "raise `--capacity`, or have the protocol send less before what it sent has arrived"
        if setting.network != "fifo":
            if len(flight) > setting.capacity:
                self._check_full()
                raise ModelError(f"{len(flight)} messages are in flight, and {setting.capacity} is the most", where, remedy)
            return
        queues: dict[tuple[int, int], int] = {}
        for parcel in flight:
            link = parcel.source, parcel.target
            queues[link] = queues.get(link, 0) + 1
            if queues[link] > setting.capacity:
                self._check_full()
                source, target = (self.system.model.processes[p].label for p in link)
                waiting = f"{queues[link]} messages wait from {source} to {target}"
                raise ModelError(f"{waiting}, and {setting.capacity} is the most", where, remedy)

    def _check_full(self) -> None:
        """Errors: Limited where a full network is a limit."""
        if self.system.setting.full == "limit":
            raise Limited(FULL)

    # -- first states -------------------------------------------------------------------------------------------------

    def first_states(self) -> list[Global]:
        """Return the initial states, in the order of their values. Errors: ModelError where an `@initial` has one."""
        return sorted(self._opened([]), key=self._state_order)

    def _opened(self, limited: list[Spot]) -> set[Global]:
        """Return what the module-level `@initial`s make of each state that those of the classes make.

        Errors: ModelError where they leave none.
        """
        steps = [s for s in self.system.model.openings if s.name in self.system.setting.start]
        if not steps:
            return self._products()
        found: set[Global] = set()
        for first in self._products():
            for outcome in self._ways(Present(self.system, first, "opening"), lambda: [s.function() for s in steps], limited):
                if outcome.error:
                    raise outcome.error
                try:
                    found.add(self.commit(outcome.present, steps[-1])[0])
                except Limited as limit:
                    limited.append(limit.at)
        if not found:
            what = "there is no first state"
            raise ModelError(what, steps[0].where, "a guard, a limit or an empty choice in `@initial` stops every way")
        return found

    def _products(self) -> set[Global]:
        """Return the product of the first values of every process and shared state."""
        model, budgets = self.system.model, self.system.setting.budgets
        rows = [self.first_rows(p, []) for p in model.processes]
        shared = [self.first_rows(s, []) for s in model.shared]
        left = tuple(budgets[name].count if name in budgets else 0 for name in FAULTS)
        return {
            Global(tuple(both[: len(rows)]), tuple(both[len(rows) :]), frozenset(), frozenset(), (), left)
            for both in product(*[[row for row, _ in alternatives] for alternatives in (*rows, *shared)])
        }

    def first_limits(self) -> list[Spot]:
        """Return the limits that stopped a way through the `@initial`s of some holder or of the module, once for each way."""
        limited: list[Spot] = []
        for holder in (*self.system.model.processes, *self.system.model.shared):
            self.first_rows(holder, limited)
        self._opened(limited)
        return limited

    def first_rows(self, holder: State, limited: list[Spot]) -> list[tuple[tuple[Frozen, ...], tuple[Json, ...]]]:
        """Return the first values of a holder's fields, one for each way through all its `@initial`, with its choices.

        They run one after another on the declared values, so that a later one sees what an earlier one did.
        """
        model = self.system.model
        steps = [s for s in model.steps if s.role == "initial" and s.kind is type(holder)]
        if not steps:
            return [(self._declared(holder), ())]
        fields, shared = (tuple(map(self._declared, holders)) for holders in (model.processes, model.shared))
        blank = Present(self.system, Global(fields, shared, frozenset(), frozenset(), (), ()), "initial", holder)
        found = []
        for outcome in self._ways(blank, lambda: [s.function(holder) for s in steps], limited):
            if outcome.error:
                raise outcome.error
            after, _ = self.commit(outcome.present, steps[-1])
            found.append(((after.shared if isinstance(holder, Shared) else after.fields)[holder.number], outcome.choices))
        if not found:
            what = f"{holder!r} has no first state"
            raise ModelError(what, steps[0].where, "a guard, a limit or an empty choice in `@initial` stops every way")
        return found

    def _declared(self, holder: State) -> tuple[Frozen, ...]:
        return tuple(f.initial for f in self.system.model.fields[type(holder).__name__])

    def _state_order(self, state: Global) -> Key:
        model = self.system.model
        rows = [*zip(model.processes, state.fields, strict=True), *zip(model.shared, state.shared, strict=True)]
        slots = [(list(self.system.slots[type(holder)].values()), row) for holder, row in rows]
        fields = [key(t, row[at]) for types, row in slots for at, t in types]
        return [*fields, tuple(map(self.system.parcel_key, state.flight))]


def deliverable(system: System, step: StepDeclaration, state: Global) -> Iterator[Parcel]:
    """Yield each distinct message that this handler can take now, in the order of labels."""
    processes, name = system.model.processes, step.message.name if step.message else ""
    heads: set[tuple[int, int]] = set()
    found: dict[Parcel, None] = {}
    for parcel in state.flight:
        link = parcel.source, parcel.target
        if system.setting.network == "fifo" and link in heads:
            continue
        heads.add(link)
        target, source = processes[parcel.target], processes[parcel.source]
        if parcel.message == name and parcel.target not in state.down and takes(step, target, source):
            found[parcel] = None
    yield from sorted(found, key=lambda p: p.target)


def without(flight: tuple[Parcel, ...], parcel: Parcel) -> tuple[Parcel, ...]:
    """Return what is in flight without the first such message."""
    at = flight.index(parcel)
    return flight[:at] + flight[at + 1 :]
