"""What a model is written with: the names that `from quorate import ...` gives.

Every function here that means something inside a step only (`require`, `send`, `choose`, a field's value ...) asks the
active `World`, which the reference engine provides; outside a step it is an error. While a model is being loaded, the
active `Registry` notes what is declared, in order. Read next: `load.py`, which executes a model; `ir.py`, what it becomes.
Long because every name that a model may use is in one place.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Literal,
    NoReturn,
    Protocol,
    Self,
    TypeVar,
    cast,
    dataclass_transform,
    overload,
)

from annotated_types import BaseMetadata, GroupedMetadata, Interval, Len

from quorate.language.errors import ModelError, UsageError

if TYPE_CHECKING:
    from types import FrameType

T = TypeVar("T")
P = TypeVar("P", bound="Process")
F = TypeVar("F", bound=Callable[..., object])
M = TypeVar("M", bound="Message")

Role = Literal["action", "receive", "initial"]
Modality = Literal[
    "always", "never", "sometimes", "step", "final",
    "eventually", "always_eventually", "eventually_always", "leads_to", "progress", "possible", "goal", "constraint",
]  # fmt: skip
Order = Literal["unordered", "fifo", "set"]
Full = Literal["error", "limit"]
Connections = Literal["kept", "lost"]
Storage = Literal["durable", "volatile", "ghost"]
Budget = int | str  # a number or "any", and "... of GROUP" to say which processes may fail

VIOLABLE: frozenset[Modality] = frozenset({"always", "never", "step", "final"})  # in one state, or by one step
LIVENESS: frozenset[Modality] = frozenset(
    {"eventually", "always_eventually", "eventually_always", "leads_to", "progress", "possible"}
)  # what is true of whole runs; "goal" is the second function of `leads_to`, and claims nothing by itself
MOST_CHOICES = 1024  # of one run of a step
ORDERS: tuple[Order, ...] = ("unordered", "fifo", "set")
FULLS: tuple[Full, ...] = ("error", "limit")
CONNECTIONS: tuple[Connections, ...] = ("kept", "lost")


# -- the seam to the loader (the first classes below already pass through it) ------------------------------------------


Sort = Literal["record", "holder", "single", "group", "step", "property", "history"]


class Registry(Protocol):
    """Notes what a model declares while it is executed, and knows the values of its parameters."""

    def note(self, sort: Sort, declared: object) -> None: ...
    def param(self, default: object, about: str, choices: Iterable[object] | None, frame: FrameType) -> object: ...


_registry: Registry | None = None


@contextmanager
def registering(registry: Registry) -> Generator[None]:
    """Make `registry` note every declaration, for the duration of a model's execution."""
    global _registry  # noqa: PLW0603  (a model is a plain module: it can be handed nothing)
    before, _registry = _registry, registry
    try:
        yield
    finally:
        _registry = before


def note(sort: Sort, declared: object) -> None:
    """Tell the registry, where a model is being loaded, what it declares."""
    if _registry is not None:
        _registry.note(sort, declared)


def _caller() -> FrameType:
    """Return the frame that called whoever asks."""
    return sys._getframe(2)  # pyright: ignore[reportPrivateUsage]


# -- types ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Range(GroupedMetadata):
    """`Annotated[int, Range(lo, hi)]`: an integer from `lo` to `hi`, both included."""

    lo: int
    hi: int

    def __iter__(self) -> Iterator[BaseMetadata]:
        yield from cast("Iterable[BaseMetadata]", Interval(ge=self.lo, le=self.hi))


@dataclass(frozen=True)
class Max(GroupedMetadata):
    """`Annotated[list[T], Max(n)]`: a list of at most `n` items."""

    length: int

    def __iter__(self) -> Iterator[BaseMetadata]:
        yield from cast("Iterable[BaseMetadata]", Len(0, self.length))


STATE_NAMES = ("index", "label", "number", "single")  # what a process, or shared state, has of its own


def _check_names(cls: type, names: Iterable[str], owner: str) -> None:
    """Errors: ModelError where a class declares what all of its sort have from their base."""
    declared = {**vars(cls), **vars(cls).get("__annotations__", {})}
    for name in names:
        if name in declared and hasattr(super(cls, cls), name):
            what = f"`{cls.__name__}.{name}`: {owner} has its own `{name}` already"
            raise ModelError(what, None, "choose another name")


@dataclass_transform(frozen_default=True)
class Record:
    """A frozen value with named, typed fields; subclasses list the fields, and get a constructor and equality."""

    def __init_subclass__(cls) -> None:
        _check_names(cls, ("replace",), "every record")
        dataclasses.dataclass(frozen=True)(cls)
        _hash_sets(cls)
        note("record", cls)

    def __post_init__(self) -> None:
        """Copy the containers that the record was made of: they are values, and a later change is of the original alone.

        Errors: ModelError where a step or property makes one with a value out of the bounds of its field.
        """
        for name, value in vars(self).items():
            if isinstance(value, (list, set, dict, tuple)):
                object.__setattr__(self, name, _copied(value))
        if _world is not None:
            _world.made(self)

    def replace(self, **changes: object) -> Self:
        """Return a copy with these fields changed."""
        return cast("Self", dataclasses.replace(cast("Any", self), **changes))


def _hash_sets(cls: type[Record]) -> None:
    """Have a class of records hash the sets and dicts in a record as what they hold: equal records have equal hashes."""
    plain = cls.__hash__
    names = [f.name for f in dataclasses.fields(cast("Any", cls))]

    def hashed(record: Record) -> int:
        try:
            return plain(record)
        except TypeError:
            return hash(tuple(_hashable(getattr(record, name)) for name in names))

    setattr(cls, "__hash__", hashed)  # noqa: B010  (a type checker would take it for another method)


def _hashable(value: object) -> object:
    match value:
        case set():
            return frozenset(cast("set[object]", value))
        case dict():
            pairs = cast("dict[object, object]", value).items()
            return frozenset((key, _hashable(item)) for key, item in pairs)
        case tuple():
            return tuple(map(_hashable, cast("tuple[object, ...]", value)))
        case _:
            return value


def _copied(value: object) -> object:
    """Return a container with nothing shared that could change."""
    match value:
        case tuple():
            return tuple(map(_copied, cast("tuple[object, ...]", value)))
        case list():
            return [_copied(item) for item in cast("list[object]", value)]
        case set():
            return set(cast("set[object]", value))
        case dict():
            return {key: _copied(item) for key, item in cast("dict[object, object]", value).items()}
        case _:
            return value


@dataclass_transform(frozen_default=True)
class Message(Record):
    """A record that can be sent; the class whose `@receive` names it in an annotation receives it."""


# -- state ------------------------------------------------------------------------------------------------------------


class Field:
    """One field of a process or shared state. Its value lives in the world's present state, not in the object."""

    __slots__ = ("initial", "name", "storage")

    def __init__(self, storage: Storage, initial: object) -> None:
        self.storage: Storage = storage
        self.initial = initial
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Field: ...
    @overload
    def __get__(self, holder: State, owner: type) -> object: ...
    def __get__(self, holder: State | None, owner: type) -> object:
        return self if holder is None else world().read(holder, self.name)

    def __set__(self, holder: State, value: object) -> None:
        world().write(holder, self.name, value)


def durable(initial: T) -> T:
    """Declare a field that survives a crash, and its initial value."""
    return cast("T", Field("durable", initial))


def volatile(initial: T) -> T:
    """Declare a field that a crash puts back to its initial value."""
    return cast("T", Field("volatile", initial))


def ghost(initial: T) -> T:
    """Declare a field that steps may write and only properties and other ghosts may read; it survives every fault."""
    return cast("T", Field("ghost", initial))


class State:
    """What holds fields: a process, or shared state. Models use its subclasses `Process` and `Shared`."""

    number: int = -1  # the position among all holders of its sort in this configuration; -1 outside one
    label: str = ""  # how people call it: `Server 2`, or the class's name where there is one

    def __init_subclass__(cls) -> None:
        if cls.__module__ != __name__:
            _check_names(cls, STATE_NAMES, "every process" if issubclass(cls, Process) else "shared state")
        note("holder", cls)

    def __repr__(self) -> str:
        return self.label or type(self).__name__

    @classmethod
    def single(cls) -> Self:
        """Declare the one instance of this class."""
        one = cls()
        note("single", one)
        return one


class Process(State):
    """A node: its fields are its state, its `@action` and `@receive` methods its steps. An id has equality and order."""

    index: int = 0  # the position in its group, from 0; using it makes the group not symmetric

    def __lt__(self, other: Process) -> bool:
        return self.number < other.number


class Shared(State):
    """State of no process: it never fails and sends nothing; any step may use it. Its fields are durable or ghosts."""


class Group(Sequence[P], Generic[P]):
    """`Group(Kind, n)`: n processes of one kind, in order; `group - {p}` and the like give sets."""

    def __init__(self, kind: type[P], size: int) -> None:
        if not isinstance(cast("object", kind), type):
            raise ModelError(f"a group is of a class of processes, not of {kind!r}", None, "write `Group(Server, n)`")
        if isinstance(size, bool) or not isinstance(cast("object", size), int) or size < 1:
            raise UsageError(f"a group has at least one process: `Group({kind.__name__}, {size!r})`")
        self.kind = kind
        self.name = ""  # set by the loader, from the name it is bound to
        self.members: tuple[P, ...] = tuple(kind() for _ in range(size))
        for index, member in enumerate(self.members):
            member.index = index
        note("group", self)

    @overload
    def __getitem__(self, index: int) -> P: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[P]: ...
    def __getitem__(self, index: int | slice) -> P | Sequence[P]:
        return self.members[index]

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[P]:
        return iter(self.members)

    def __contains__(self, item: object) -> bool:
        return item in self.members

    def __sub__(self, other: AbstractSet[P]) -> set[P]:
        return set(self.members) - other

    def __and__(self, other: AbstractSet[P]) -> set[P]:
        return set(self.members) & other

    def __or__(self, other: AbstractSet[P]) -> set[P]:
        return set(self.members) | other

    def __rsub__(self, other: AbstractSet[P]) -> set[P]:
        return set(other) - set(self.members)

    def __xor__(self, other: AbstractSet[P]) -> set[P]:
        return set(self.members) ^ other

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__


def others(process: P) -> set[P]:
    """Return the other processes of this one's group."""
    return world().others(process)


# -- steps ------------------------------------------------------------------------------------------------------------


def action(step: F) -> F:
    """Mark a step that happens by itself; each argument is a choice over the values of its type."""
    return _mark(step, "action")


def receive(step: F) -> F:
    """Mark the step that handles one message: `(self, m: Kind)` or `(self, m: Kind, sender: Server)`."""
    return _mark(step, "receive")


def initial(step: F) -> F:
    """Mark what computes first values: a method those of a process, a function those of the system. It may `choose`."""
    return _mark(step, "initial")


def require(condition: object) -> None:
    """Go on only if the condition is true; otherwise this step does not exist here (a message stays in flight)."""
    world().require(bool(condition))


def limit(condition: object) -> None:
    """Like `require`, but a bound of the exploration: the verdict says how often it stopped a step."""
    world().limit(bool(condition), _caller())


def skip() -> NoReturn:
    """Say that this step does not exist here."""
    world().require(False)
    raise AssertionError("a world's `require(False)` returned")


def some(value: T | None) -> T:
    """Return the value where it is not None; otherwise this step does not exist here."""
    world().require(value is not None)
    return cast("T", value)


def choose(values: Iterable[T]) -> T:
    """Return any one of the values: every choice is explored. Over nothing, this step does not exist here."""
    return cast("T", world().choose(values))


def send(message: Message, *, to: Process, sender: Process | None = None) -> None:
    """Put a message in flight. A module-level step says who the sender is."""
    world().send(message, to, sender)


def broadcast(message: Message, *, to: Iterable[Process], sender: Process | None = None) -> None:
    """Send the message to each of `to`, except the process whose step it is."""
    world().broadcast(message, to, sender)


def up(process: Process) -> bool:
    """Say whether the process is running."""
    return world().up(process)


def in_flight(kind: type[M]) -> Collection[tuple[M, Any, Any]]:
    """Return, in a property, the messages of this class that are in flight, in no order: (message, sender, receiver)."""
    return world().in_flight(kind)


def old(holder: T) -> T:
    """In a `@step` property: the process as it was before the step; what is reached through it is old too."""
    return cast("T", world().old(cast("State", holder)))


# -- properties -------------------------------------------------------------------------------------------------------


def always(prop: F) -> F:
    """Declare an invariant: true in every state."""
    return _property(prop, "always")


def never(prop: F) -> F:
    """Declare what no state may satisfy."""
    return _property(prop, "never")


def sometimes(prop: F) -> F:
    """Declare a witness: some reachable state must satisfy it."""
    return _property(prop, "sometimes")


def step(prop: F) -> F:
    """Declare what every step must satisfy, over the state before it (`old`) and after it."""
    return _property(prop, "step")


def final(prop: F) -> F:
    """Declare what every state without a further step must satisfy."""
    return _property(prop, "final")


def constraint(prop: F) -> F:
    """Declare a bound of the exploration: a state that does not satisfy it is judged and counted, and leads nowhere."""
    return _property(prop, "constraint")


# -- in the end: what is true of whole runs ------------------------------------------------------------------------------


def eventually(prop: F) -> F:
    """Declare what every run comes to: true in some state of it. Arguments are processes: it must come true for each."""
    return _property(prop, "eventually")


def always_eventually(prop: F) -> F:
    """Declare what comes again and again: true infinitely often in every run, and in the last state of one that ends."""
    return _property(prop, "always_eventually")


def eventually_always(prop: F) -> F:
    """Declare what comes and stays (stabilisation): from some state on true in all the rest of the run."""
    return _property(prop, "eventually_always")


def possible(prop: F) -> F:
    """Declare what can always still come: from every reachable state some state that satisfies it can be reached."""
    return _property(prop, "possible")


class LeadsTo:
    """What `@leads_to(goal)` marks a function with."""

    def __init__(self, goal: Callable[..., bool]) -> None:
        self.goal = goal

    def __call__(self, prop: F) -> F:
        _set_mark(prop, "leads_to", self.goal)
        note("property", prop)
        return prop


def leads_to(goal: Callable[..., bool]) -> LeadsTo:
    """Declare that whenever the function below is true, later (or at once) `goal` is, for the same processes."""
    if not callable(goal):
        raise ModelError(f"`leads_to` names a function, not `{goal!r}`", None, "write `@leads_to(served)`, and `def served`")
    return LeadsTo(goal)


class Progress:
    """A property without a function: one of these steps is taken infinitely often. `steps` empty: any of the protocol's."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        self.steps = steps
        self.__name__ = ""  # set by the loader, from the name it is bound to

    def __call__(self) -> bool:
        """Return that no state by itself is what is asked for."""
        return False


def progress(*steps: str | Callable[..., object]) -> Progress:
    """Declare `NAME = progress(Server.commit)`: in every run one of the steps is taken again and again, by some process.

    `progress()`, of any step of the protocol, is the absence of deadlock.
    """
    made = Progress(tuple(map(_step_name, steps)))
    note("property", made)
    return made


Strength = Literal["weak", "strong"]


@dataclass(frozen=True)
class Fair:
    """An assumption of fairness: of these steps, or of every step of the protocol. A preset lists them."""

    strength: Strength
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as the command line has it: `weak Server.retry, weak Server.flush`."""
        return ", ".join(f"{self.strength} {step}" for step in self.steps) or self.strength


def weak(*steps: str | Callable[..., object]) -> Fair:
    """Assume that a step that can be taken all the time, from some state on, is taken: each process's, each link's."""
    return Fair("weak", tuple(map(_step_name, steps)))


def strong(*steps: str | Callable[..., object]) -> Fair:
    """Assume that a step that can be taken again and again is taken; of `"links"`: what is sent again and again arrives."""
    return Fair("strong", tuple(map(_step_name, steps)))


def _step_name(step: str | Callable[..., object]) -> str:
    return step if isinstance(step, str) else str(getattr(step, "__qualname__", step))


# -- configurations ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Faults:
    """How many faults of each sort may happen in one run: a number or "any", and "1 of servers" to say to whom.

    `connections="lost"`: a crash loses what is in flight to and from the process, and what is sent to it while it is down.
    """

    crash: Budget = 0
    restart: Budget = 0
    amnesia: Budget = 0
    drop: Budget = 0
    duplicate: Budget = 0
    cut: Budget = 0
    heal: Budget = 0
    connections: Connections = "kept"


FAULTS: tuple[str, ...] = tuple(f.name for f in dataclasses.fields(Faults) if f.name != "connections")

Expected = str | Callable[..., object]


@dataclass(frozen=True)
class Preset:
    """A named configuration and what is expected of it: the model's own tests.

    `full="limit"`: a step that would send more than the capacity does not exist and is counted as one that a `limit` stopped;
    else it is an error of the model. `start` names module-level `@initial`s, which then run in presets that name them only.
    `violates` lists properties, or maps each to the number of steps of its shortest trace. A property in neither list is
    expected to hold (a witness: to be found). `states` and `depth` pin the size of the full search. `stuck="allowed"` says that
    messages may rest for ever where the protocol ends: such states are counted, and not told as a story. `fairness` is what
    properties of whole runs may assume: `"weak"` is of every step, `[weak(Server.retry), strong("links")]` of these.
    """

    name: str
    params: Mapping[str, object] = field(default_factory=dict)
    faults: Faults = Faults()
    network: Order = "unordered"
    capacity: int | None = None
    full: Full = "error"
    start: Expected | Sequence[Expected] = ()
    holds: Sequence[Expected] = ()
    violates: Sequence[Expected] | Mapping[Expected, int] = ()
    states: int | None = None
    depth: int | None = None
    about: str = ""
    stuck: Literal["reported", "allowed"] = "reported"
    fairness: str | Sequence[str | Fair] = ()

    @property
    def assumes(self) -> str:
        """Return the fairness as the command line has it."""
        return self.fairness if isinstance(self.fairness, str) else ", ".join(map(str, self.fairness))


def param(default: T, about: str = "", *, choices: Iterable[T] | None = None) -> T:
    """Declare a parameter, `NAME = param(...)` at the model's top level, and return its value in this configuration."""
    return default if _registry is None else cast("T", _registry.param(default, about, choices, _caller()))


# -- the seam to the engine ------------------------------------------------------------------------------------------


class World(Protocol):
    """What a step or property runs in: the reference engine's present state, and what the step does to it."""

    def read(self, holder: State, name: str) -> object: ...
    def write(self, holder: State, name: str, value: object) -> None: ...
    def others(self, process: P) -> set[P]: ...
    def require(self, condition: bool) -> None: ...
    def limit(self, condition: bool, frame: FrameType) -> None: ...
    def choose(self, values: Iterable[object]) -> object: ...
    def send(self, message: Message, to: Process, sender: Process | None) -> None: ...
    def broadcast(self, message: Message, to: Iterable[Process], sender: Process | None) -> None: ...
    def up(self, process: Process) -> bool: ...
    def in_flight(self, kind: type[M]) -> Collection[tuple[M, Any, Any]]: ...
    def old(self, holder: State) -> object: ...
    def made(self, record: Record) -> None: ...
    def bounded(self, local: tuple[str, int, str], value: object) -> None: ...
    def operated(self, history: str, client: Process, how: str, what: tuple[object, ...], name: str = "") -> None: ...


_world: World | None = None


def world() -> World:
    """Return the active world. Errors: UsageError outside a step and property."""
    if _world is None:
        raise UsageError("this is only for a step or a property of a model that Quorate runs")
    return _world


def running() -> World | None:
    """Return the active world; None outside a step and property."""
    return _world


@contextmanager
def entered(present: World) -> Generator[None]:
    """Make `present` the active world for the duration of a step or property."""
    global _world  # noqa: PLW0603  (steps are plain functions of the user's: they can be handed nothing)
    before, _world = _world, present
    try:
        yield
    finally:
        _world = before


@dataclass(frozen=True, slots=True)
class Mark:
    """What a decorator says of a function: found in its `__quorate__`."""

    role: Role | Modality
    goal: Callable[..., bool] | None = None  # of `leads_to`
    ATTRIBUTE: ClassVar[str] = "__quorate__"


def _mark(function: F, role: Role) -> F:
    _set_mark(function, role)
    note("step", function)
    return function


def _property(function: F, modality: Modality) -> F:
    _set_mark(function, modality)
    note("property", function)
    return function


def _set_mark(function: Callable[..., object], role: Role | Modality, goal: Callable[..., bool] | None = None) -> None:
    """Say what a function is. Errors: ModelError where it is something else already."""
    marked: Mark | None = getattr(function, Mark.ATTRIBUTE, None)
    if marked is not None:
        name = getattr(function, "__name__", "this")
        raise ModelError(f"`{name}` has two marks, `@{marked.role}` and `@{role}`", None, "write two functions, each with one")
    setattr(function, Mark.ATTRIBUTE, Mark(role, goal))
