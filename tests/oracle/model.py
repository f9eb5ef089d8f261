"""A model in one configuration: its processes by number, their fields and steps, its properties."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .author import Entity, Field, Message, Process
from .kinds import Types
from .source import Site, execute
from .stage import STAGE, ModelError

if TYPE_CHECKING:
    from .domains import Domain


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a kind."""

    name: str
    sort: str
    domain: Domain
    initial: Any  # frozen


@dataclass(frozen=True, slots=True)
class Handler:
    name: str
    message: type
    sender: Domain | None  # None where it asks for no sender
    takes_sender: bool


@dataclass(frozen=True, slots=True)
class Action:
    function: Any  # for a method its name
    arguments: tuple[tuple[str, Domain], ...]


@dataclass(slots=True)
class Kind:
    slots: tuple[Slot, ...]
    actions: tuple[Action, ...] = ()
    handlers: tuple[Handler, ...] = ()
    initials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    sort: str
    function: Any
    sites: frozenset[Site]


class Side:
    """The table of processes that ids mean, now or before the step, and who is down there."""

    def __init__(self, table: list[Any]) -> None:
        self.table = table
        self.down: frozenset[int] = frozenset()
        self.flight: list[tuple[int, int, tuple[Any, ...]]] = []  # the messages that are in flight


@dataclass(slots=True)
class Model:
    names: dict[str, Any]
    table: list[Any]  # processes, then shared objects
    processes: int
    types: Types
    presets: list[Any]
    parameters: dict[str, Any]
    kinds: dict[type, Kind] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)  # at module level
    openings: list[Any] = field(default_factory=list)  # `@initial`s at module level
    properties: list[Property] = field(default_factory=list)
    present: Side = field(default_factory=lambda: Side([]))
    past: Side = field(default_factory=lambda: Side([]))

    def kind(self, number: int) -> Kind:
        return self.kinds[type(self.table[number])]


def load(source: str | Path, parameters: dict[str, Any]) -> Model:
    "Return the model that this source, or the file at this path, means with these parameters."
    path = source if isinstance(source, Path) else None
    text = path.read_text(encoding="utf-8") if path is not None else str(source)
    declared, names, quantifiers = execute(text, path, parameters)
    unknown = {key.upper() for key in parameters} - {key.upper() for key in declared.taken}
    if unknown:
        raise ModelError(f"no parameter {sorted(unknown)}")
    entities = sorted(declared.entities, key=lambda e: (not isinstance(e, Process), e._rank))
    types = Types(entities, declared.modules)
    count = sum(isinstance(e, Process) for e in entities)
    model = Model(names, entities, count, types, declared.presets, declared.taken)
    enter(model)
    model.present, model.past = Side(entities), Side([])
    model.past.table = [_number(entity, number, model) for number, entity in enumerate(entities)]
    for function in dict.fromkeys(v for v in names.values() if callable(v) and hasattr(v, "_sort")):
        if not isinstance(function, type) and function.__name__ in names:
            _add(model, function, quantifiers)
    return model


def enter(model: Model) -> None:
    "Let the stand-in's functions mean this model."
    STAGE.domains, STAGE.past, STAGE.present = model.types, model.past.table, model.present


def _number(entity: Any, number: int, model: Model) -> Any:
    "Finish an entity; return its twin, by which a property sees it as it was."
    cls = type(entity)
    if cls not in model.kinds:
        model.kinds[cls] = Kind(_slots(cls, model.types))
        model.kinds[cls] = _steps(cls, model.kinds[cls], model.types)
    twin = object.__new__(cls)
    layout = {slot.name: slot.domain for slot in model.kinds[cls].slots}
    for name in ("_rank", "_index", "_group"):
        object.__setattr__(twin, name, getattr(entity, name))
    for one, side in ((entity, model.present), (twin, model.past)):
        object.__setattr__(one, "_number", number)
        object.__setattr__(one, "_layout", layout)
        object.__setattr__(one, "_side", side)
    return twin


def _attributes(cls: type) -> dict[str, Any]:
    "What a class and those above it define, the nearest last."
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, Entity) and base.__module__ != Entity.__module__:
            found.update(vars(base))
    return found


def _slots(cls: type, types: Types) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    for name, value in _attributes(cls).items():
        if isinstance(value, Field):
            domain = types.annotation(cls, name)
            slots.append(Slot(name, value.sort, domain, domain.freeze(value.value)))
    return tuple(slots)


def _steps(cls: type, kind: Kind, types: Types) -> Kind:
    actions: list[Action] = []
    handlers: list[Handler] = []
    initials: list[str] = []
    for name, value in _attributes(cls).items():
        sort = getattr(value, "_sort", None)
        if sort == "action":
            actions.append(Action(name, _arguments(value, types, 1)))
        elif sort == "receive":
            handlers.append(_handler(name, value, types))
            if [h.message for h in handlers].count(handlers[-1].message) > 1:
                raise ModelError(f"a second handler of {handlers[-1].message.__name__} in {cls.__name__}")
        elif sort == "initial":
            initials.append(name)
    return Kind(kind.slots, tuple(actions), tuple(handlers), tuple(initials))


def _hints(function: Any, skipped: int) -> list[tuple[str, Any]]:
    names = function.__code__.co_varnames[skipped : function.__code__.co_argcount]
    return [(name, function.__annotations__[name]) for name in names]


def _arguments(function: Any, types: Types, skipped: int) -> tuple[tuple[str, Domain], ...]:
    return tuple((name, types.of(hint, function.__globals__)) for name, hint in _hints(function, skipped))


def _handler(name: str, function: Any, types: Types) -> Handler:
    (_, message), *rest = _hints(function, 1)
    cls = eval(message, function.__globals__) if isinstance(message, str) else message
    if not issubclass(cls, Message):
        raise ModelError(f"`{name}` handles no message")
    sender = types.of(rest[0][1], function.__globals__) if rest else None
    return Handler(name, cls, sender, bool(rest))


def _add(model: Model, function: Any, quantifiers: dict[int, set[Site]]) -> None:
    if function._sort == "action":
        model.actions.append(Action(function, _arguments(function, model.types, 0)))
    elif function._sort == "initial":
        model.openings.append(function)
    elif function._sort in ("always", "never", "sometimes", "step", "final", "constraint"):
        sites = frozenset(quantifiers.get(function.__code__.co_firstlineno, set()))
        model.properties.append(Property(function.__name__, function._sort, function, sites))
