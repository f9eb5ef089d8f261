"""The world in which the user's own functions run: the fields of one state thawed, and what the function does to them.

One `Present` is one run of one step, or of a state's properties. What a step may not do is refused here as it happens:
another process's fields, values out of their bounds, messages that nobody takes. Read next: `stepping.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar, cast

from quorate.explorer.contract.edges import Told
from quorate.explorer.contract.setting import takes
from quorate.language.declare import MOST_CHOICES, Process, Shared, State, world
from quorate.language.errors import ModelError
from quorate.language.loading.names import Names
from quorate.language.loading.prelude import Spot, spot
from quorate.language.values.containers import as_declared, holds_set, path_to
from quorate.language.values.state import Parcel
from quorate.language.values.types import RecordOf
from quorate.language.values.universe import Universe
from quorate.language.values.values import Frozen, Json, Key, Misfit, freeze, json_of, key, order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import FrameType

    from quorate.language.declare import Group, Message, Record
    from quorate.language.loading.model import Model
    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global, Setting
    from quorate.language.values.types import Type

P = TypeVar("P", bound=Process)
M = TypeVar("M", bound="Message")
# A process's step, a module's step, `@initial` of a class, of a module, a property.
Mode = Literal["own", "all", "initial", "opening", "look"]
EVERYWHERE = frozenset({"all", "opening"})


class Absent(BaseException):
    """The step does not exist here. Not an `Exception`: nothing in a model may catch it."""


class Limited(Absent):
    """The step does not exist here because of a `limit`."""

    def __init__(self, at: Spot) -> None:
        super().__init__(at)
        self.at = at


class Unchangeable(Universe):
    """Thaws for a property: nothing changes in it."""

    def changing(self) -> None:
        """Refuse. Errors: ModelError."""
        raise ModelError("a property changes nothing", None, "compute the value in a local variable")


class Unreachable(Universe):
    """Thaws the fields of a process that is down for a module-level step, which does not exist if it changes them."""

    def changed(self) -> None:
        """Say that the step does not exist."""
        raise Absent


class Old(Process):
    """A process or shared state as it was before the step: so is all that is reached through it."""

    def __init__(self, holder: State) -> None:
        self.holder = holder
        self.number = holder.number
        self.label = holder.label
        self.index = getattr(holder, "index", 0)

    def __getattr__(self, name: str) -> object:
        present = current()
        if present.before is not None and name in present.system.slots[type(self.holder)]:
            return present.before.read(self.holder, name)
        member = getattr(type(self.holder), name)
        return member.__get__(self) if callable(member) else member

    def __eq__(self, other: object) -> bool:
        return (other.holder if isinstance(other, Old) else other) is self.holder

    def __hash__(self) -> int:
        return hash(self.holder)


@dataclass(frozen=True)
class System:
    """What does not change in one configuration: where each field lies, how frozen values thaw, who handles what."""

    model: Model
    setting: Setting
    slots: Mapping[type[State], Mapping[str, tuple[int, Type]]]
    universe: Universe
    seen: Universe  # by a property
    past: Universe  # by a property, with processes as `Old`
    down: Universe  # of a process that is down
    messages: Mapping[str, tuple[int, RecordOf]]
    forms: Mapping[str, RecordOf]  # of records and messages, as they are declared
    sets: Mapping[str, tuple[tuple[str, Type], ...]]  # of these, the fields that hold sets
    group_of: Mapping[Process, Group[Process]]
    locals: Mapping[tuple[str, int, str], Type]  # those that have bounds: by file, first line of their function, and name

    @classmethod
    def of(cls, model: Model, setting: Setting, program: Program | None) -> System:
        """Return the system; the types of fields are those of the program where there is one, with inferred bounds."""
        types = {k: {f.name: f.type for f in fields} for k, fields in (program.fields if program else model.fields).items()}
        slots = {
            kind: {f.name: (i, types[name].get(f.name, f.type)) for i, f in enumerate(model.fields[name])}
            for name, kind in model.kinds.items()
        }
        messages = program.messages if program else model.messages
        forms = {t.name: t for t in (*model.types.values(), *model.messages) if isinstance(t, RecordOf)}
        return cls(
            model,
            setting,
            slots,
            Universe(model.processes, model.enums, model.records),
            Unchangeable(model.processes, model.enums, model.records),
            Unchangeable([Old(p) for p in model.processes], model.enums, model.records),
            Unreachable(model.processes, model.enums, model.records),
            {m.name: (i, m) for i, m in enumerate(messages)},
            forms,
            {name: tuple((f, t) for f, t in form.fields if holds_set(t)) for name, form in forms.items()},
            {p: g for g in model.groups for p in g},
            Names(model).all_bounded_locals(),
        )

    def parcel_order(self, parcel: Parcel) -> Key:
        """Return what sorts the messages in flight; under `fifo` by link alone."""
        if self.setting.network == "fifo":
            return parcel.source, parcel.target
        return self.parcel_key(parcel)

    def parcel_key(self, parcel: Parcel) -> Key:
        """Return what tells a message in flight from every other, and orders them."""
        number, t = self.messages[parcel.message]
        return parcel.source, parcel.target, number, key(t, parcel.values)


@dataclass(slots=True)
class Chosen:
    """One choice that a run made: the position chosen, out of how many, and the item."""

    position: int
    count: int
    item: Json


@dataclass(slots=True)
class Present:
    """The active `World` of one run. `prefix` are the positions to choose; beyond them the first is taken."""

    system: System
    state: Global
    mode: Mode
    actor: State | None = None
    prefix: tuple[int, ...] = ()
    before: Present | None = None
    past: bool = False
    chosen: list[Chosen] = field(default_factory=list)
    sent: list[Parcel] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    live: dict[State, dict[str, object]] = field(default_factory=dict)

    # -- fields -------------------------------------------------------------------------------------------------------

    def read(self, holder: State, name: str) -> object:
        if self.mode in {"own", "initial"}:
            self._check_own(holder, name)
        values = self.live.setdefault(holder, {})
        if name not in values:
            position, t = self.system.slots[type(holder)][name]
            values[name] = self._universe(holder).thaw(t, self._row(holder)[position])
        return values[name]

    def _universe(self, holder: State) -> Universe:
        if self.mode == "look":
            return self.system.past if self.past else self.system.seen
        return self.system.down if self.mode == "all" and self._is_down(holder) else self.system.universe

    def _is_down(self, holder: State) -> bool:
        return isinstance(holder, Process) and holder.number in self.state.down

    def write(self, holder: State, name: str, value: object) -> None:
        if self.mode == "look":
            raise ModelError("a property changes nothing", None, "compute the value in a local variable")
        self._check_own(holder, name)
        _, t = self.system.slots[type(holder)][name]
        frozen = freeze(t, value, f"{holder.label}.{name}")
        if self.mode == "all" and self._is_down(holder):
            raise Absent
        self.live.setdefault(holder, {})[name] = self.system.universe.thaw(t, frozen)

    def _row(self, holder: State) -> tuple[Frozen, ...]:
        return (self.state.shared if isinstance(holder, Shared) else self.state.fields)[holder.number]

    def _check_own(self, holder: State, name: str) -> None:
        if holder is self.actor or self.mode in EVERYWHERE or (self.mode == "own" and isinstance(holder, Shared)):
            return
        if self.mode == "initial":
            remedy = "compute it from this one's own fields and `choose(...)`"
            raise ModelError(f"`@initial` of {self.actor!r} uses `{holder.label}.{name}`", None, remedy)
        remedy = "send the value in a message, or write a module-level `@action` for an abstract step"
        raise ModelError(f"a step of {self.actor!r} uses another process's field, `{holder.label}.{name}`", None, remedy)

    def rows(self) -> dict[State, tuple[Frozen, ...]]:
        """Return the frozen fields of every holder that the run touched. Errors: ModelError for values out of bounds."""
        rows: dict[State, tuple[Frozen, ...]] = {}
        for holder, values in self.live.items():
            row = list(self._row(holder))
            for name, value in values.items():
                position, t = self.system.slots[type(holder)][name]
                row[position] = freeze(t, value, f"{holder.label}.{name}")
            rows[holder] = tuple(row)
        return rows

    def old(self, holder: State) -> object:
        if self.before is None:
            raise ModelError("`old(...)` is only for a `@step` property", None, "declare the property with `@step`")
        return holder if isinstance(holder, Old) else Old(holder)

    def named(self, error: Exception) -> Exception:
        """Return the error with the field's name, where a container of a field was changed so that it does not fit."""
        if isinstance(error, Misfit) and error.container is not None:
            for holder, values in self.live.items():
                for name, value in values.items():
                    path = path_to(error.container, value, f"{holder.label}.{name}")
                    if path is not None:
                        return error.under(path).with_traceback(error.__traceback__)
        return error

    def made(self, record: Record) -> None:
        """Be told of a record that a step or property makes. Errors: Misfit where a value is out of its field's bounds.

        Its sets become what its fields are declared to hold.
        """
        name = type(record).__qualname__
        form = self.system.forms.get(name)
        if form is not None:
            freeze(form, record, name)
            for field, t in self.system.sets[name]:
                object.__setattr__(record, field, as_declared(t, getattr(record, field)))

    def bounded(self, local: tuple[str, int, str], value: object) -> None:
        """Be told of what a local was assigned. Errors: Misfit where that is beyond the bounds of its annotation."""
        t = self.system.locals.get(local)
        if t is not None:
            freeze(t, value, local[-1])

    # -- guards and choices -------------------------------------------------------------------------------------------

    def require(self, condition: bool) -> None:
        if self.mode == "look":
            raise ModelError("a property has no guards", None, "return a truth value instead")
        if not condition:
            raise Absent

    def operated(self, history: str, client: Process, how: str, what: tuple[object, ...], name: str = "") -> None:
        if self.mode in {"look", "initial"}:
            raise ModelError("operations begin and end in steps", None, "let the step that does it say so")
        shown = what[1:] if how == "begin" else what
        self.told.append(Told(history, client.number, how, name, tuple(map(json_of, shown)), what[:1]))

    def limit(self, condition: bool, frame: FrameType) -> None:
        self.require(True)
        if not condition:
            raise Limited(spot(frame))

    def choose(self, values: Iterable[object]) -> object:
        self.require(True)
        items = distinct(values)
        if not items:
            raise Absent
        at = len(self.chosen)
        if at == MOST_CHOICES:
            raise ModelError(
                f"one step makes more than {MOST_CHOICES:,} choices", None, "choose once, among whole alternatives"
            )
        position = self.prefix[at] if at < len(self.prefix) else 0
        self.chosen.append(Chosen(position, len(items), json_of(items[position])))
        return items[position]

    def next_prefix(self) -> tuple[int, ...] | None:
        """Return the choices of the next run of this step, in order, or None after the last."""
        for at in reversed(range(len(self.chosen))):
            if self.chosen[at].position + 1 < self.chosen[at].count:
                return (*[c.position for c in self.chosen[:at]], self.chosen[at].position + 1)
        return None

    # -- processes and messages ---------------------------------------------------------------------------------------

    def others(self, process: P) -> set[P]:
        group = self.system.group_of.get(cast("Process", process.holder) if isinstance(process, Old) else process)
        return {cast("P", p) for p in group or () if p is not process}

    def up(self, process: Process) -> bool:
        state = self.before.state if isinstance(process, Old) and self.before else self.state
        return process.number not in state.down

    def in_flight(self, kind: type[M]) -> list[tuple[M, Process, Process]]:
        """Return the messages of this class that are in flight, each with its sender and receiver."""
        if self.mode != "look":
            raise ModelError("`in_flight(...)` is only for a property", None, "a step sees its own fields and the message")
        name, processes = kind.__qualname__, self.system.model.processes
        _, t = self.system.messages[name]
        sent = [p for p in self.state.flight if p.message == name]
        return [(cast("M", self.system.seen.thaw(t, p.values)), processes[p.source], processes[p.target]) for p in sent]

    def send(self, message: Message, to: Process, sender: Process | None) -> None:
        self._send(message, to, self._sender(sender))

    def broadcast(self, message: Message, to: Iterable[Process], sender: Process | None) -> None:
        source = self._sender(sender)
        for target in sorted(to, key=order) if isinstance(to, (set, frozenset)) else to:
            if target is not source:
                self._send(message, target, source)

    def _sender(self, sender: Process | None) -> Process:
        if self.mode in {"look", "initial"}:
            self._refuse_send()
        if self.mode in EVERYWHERE:
            if sender is None:
                raise ModelError("a module-level step says who sends", None, "write `send(..., to=..., sender=...)`")
            if sender.number in self.state.down:
                raise Absent
            return sender
        assert isinstance(self.actor, Process)
        if sender is not None and sender is not self.actor:
            raise ModelError(f"a step of {self.actor!r} sends as {sender!r}", None, "leave `sender=` out")
        return self.actor

    def _refuse_send(self) -> NoReturn:
        what = "a property sends nothing" if self.mode == "look" else "`@initial` sends nothing"
        raise ModelError(what, None, "send in an `@action`")

    def _send(self, message: Message, to: Process, source: Process) -> None:
        name = type(message).__qualname__
        if not isinstance(cast("object", to), Process) or to.number < 0:
            raise ModelError(f"`{name}` is sent to {to!r}, which is not a process", None, "send to a process, or `broadcast`")
        handlers = [s for s in self.system.model.steps if s.message and s.message.name == name]
        if not any(takes(h, to, source) for h in handlers):
            remedy = f"give `{type(to).__name__}` an `@receive` for it that takes this sender"
            raise ModelError(f"{to!r} has no handler for `{name}` from {source!r}", None, remedy)
        values = freeze(self.system.messages[name][1], message, name)
        self.sent.append(Parcel(source.number, to.number, name, cast("tuple[Frozen, ...]", values)))


def current() -> Present:
    """Return the active world, which is a `Present` in every run of the reference engine."""
    return cast("Present", world())


def distinct(values: Iterable[object]) -> list[object]:
    """Return the items that a choice is among: of a set or dict in their order, else as they come, equal ones once."""
    if isinstance(values, (set, frozenset, dict)):
        return sorted(values, key=order)
    items: list[object] = []
    for item in values:
        if item not in items:
            items.append(item)
    return items
