"""What plain Python says of an entry: its text is executed on plain objects, with the few words of the language defined here.

Nothing of Quorate is imported. What the documentation adds to Python is said here once more: a field holds a value of its own
(storing copies), a value leaves no bound, enums and processes have an order, `choose` goes every way, `some` and `require`
say that a step does not exist. Read next: `world.py`, what is executed.
"""

from __future__ import annotations

import builtins
import enum
import sys
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from itertools import repeat
from pathlib import Path
from textwrap import indent
from types import SimpleNamespace, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NoReturn,
    Self,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from types import FrameType

T = TypeVar("T")
Row = tuple[object, ...]  # the values of the process's fields, in order, without `turn`
WORLD = Path(__file__).with_name("world.py")
MOST_LINES = 10_000  # that a step may execute
STARTS = range(4)  # the first states of the world, by their number


class Absent(BaseException):
    """The step does not exist."""


class OutOfBounds(Exception):
    """A value does not fit the field that it is stored in."""


@dataclass(frozen=True)
class Outcome:
    """What a step leads to from one state: an error of the model on some way, the states of the others, and how many ways."""

    error: bool
    states: frozenset[Row]
    ways: int


# -- the words of the language


class Choices:
    """The way that `choose` goes: a prefix of positions, counted up like an odometer."""

    def __init__(self) -> None:
        self.prefix: tuple[int, ...] = ()
        self.made: list[tuple[int, int]] = []

    def choose(self, items: Iterable[T]) -> T:
        distinct: list[T] = []
        for item in sorted(items, key=canonical) if isinstance(items, (set, frozenset, dict)) else items:
            if item not in distinct:
                distinct.append(item)
        if not distinct:
            raise Absent
        at = len(self.made)
        position = self.prefix[at] if at < len(self.prefix) else 0
        self.made.append((position, len(distinct)))
        return distinct[position]

    def ways(self) -> Iterator[None]:
        """Begin anew for each way that there is."""
        self.prefix = ()
        while True:
            self.made = []
            yield
            while self.made and self.made[-1][0] + 1 == self.made[-1][1]:
                self.made.pop()
            if not self.made:
                return
            self.prefix = (*[p for p, _ in self.made[:-1]], self.made[-1][0] + 1)


def require(condition: object) -> None:
    if not condition:
        raise Absent


def skip() -> NoReturn:
    raise Absent


def some(option: T | None) -> T:
    if option is None:
        raise Absent
    return option


class Process:
    """A process: each of its fields holds a value of its own, of the type that the class gives it."""

    number = 0

    def __init__(self) -> None:
        for name in hints_of(type(self)):
            setattr(self, name, getattr(type(self), name))

    def __setattr__(self, name: str, value: object) -> None:
        owned = copied(value)
        if name != "number" and not fits(hints_of(type(self))[name], owned):
            raise OutOfBounds(name)
        super().__setattr__(name, owned)

    def __lt__(self, other: Process) -> bool:
        return self.number < other.number

    @property
    def index(self) -> int:
        return self.number

    @classmethod
    def single(cls) -> Self:
        return cls()


def hints_of(kind: type) -> dict[str, object]:
    """Return the types of the fields of a class, by name and in order."""
    if kind not in HINTS:
        found = get_type_hints(kind, World.names, include_extras=True)
        HINTS[kind] = {name: found[name] for name in vars(kind).get("__annotations__", {})}
    return HINTS[kind]


HINTS: dict[type, dict[str, object]] = {}


class Group(list[Process]):
    """Processes of one kind, in order."""

    def __init__(self, kind: Callable[[], Process], size: int) -> None:
        super().__init__([kind() for _ in range(size)])
        for number, member in enumerate(self):
            member.number = number

    def __sub__(self, other: set[Process]) -> set[Process]:
        return set(self) - other


class Record:
    def __init_subclass__(cls) -> None:
        dataclass(frozen=True, order=True)(cls)

    def replace(self, **changes: object) -> Self:
        return cast("Self", replace(cast("Any", self), **changes))


class Declared(Enum):
    """An enum that is ordered as it is declared."""

    def __lt__(self, other: Self) -> bool:
        return bool(canonical(self) < canonical(other))

    def __le__(self, other: Self) -> bool:
        return bool(canonical(self) <= canonical(other))


@dataclass(frozen=True)
class Range:
    low: int
    high: int


@dataclass(frozen=True)
class Max:
    longest: int


# -- values


def canonical(value: object) -> Any:
    """Return a value in the form that states have it in."""
    if isinstance(value, Enum):
        return list(type(value)).index(value)
    if isinstance(value, Process):
        return value.number
    if isinstance(value, (set, frozenset)):
        return frozenset(map(canonical, value))
    if isinstance(value, dict):
        return tuple(sorted((canonical(k), canonical(v)) for k, v in value.items()))
    if is_dataclass(value):
        return tuple([canonical(getattr(value, f.name)) for f in fields(value)])
    return tuple(map(canonical, value)) if isinstance(value, (list, tuple)) else value


def copied(value: T) -> T:
    """Return a value that shares no list, set or dict with this one."""
    copy: object = value
    if isinstance(value, (list, set)):
        copy = type(value)(map(copied, value))
    if isinstance(value, dict):
        copy = {key: copied(item) for key, item in value.items()}
    if isinstance(value, tuple):
        copy = tuple(map(copied, value))
    return cast("T", copy)


def fits(hint: object, value: object, *, bounded: bool = True) -> bool:
    """Say whether a value is one of this type, and within its bounds."""
    arguments, origin = get_args(hint), get_origin(hint)

    def each(hints: Iterable[object], parts: Iterable[object]) -> bool:
        return all(fits(h, part, bounded=bounded) for h, part in zip(hints, parts, strict=False))

    if origin is Annotated:
        within = not bounded or all(_within(bound, value) for bound in arguments[1:])
        return fits(arguments[0], value, bounded=bounded) and within
    if origin in {Union, UnionType}:
        return any(fits(part, value, bounded=bounded) for part in arguments)
    if type(value) is not (origin or hint):
        return False
    match value:
        case tuple():
            return len(arguments) == len(value) and each(arguments, value)
        case dict():
            return each(repeat(arguments[0]), value) and each(repeat(arguments[1]), value.values())
        case list() | set():
            return each(repeat(arguments[0]), value)
        case Record():
            hints = hints_of(type(value))
            return each(hints.values(), [getattr(value, name) for name in hints])
        case _:
            return True


def _within(bound: object, value: Any) -> bool:
    if isinstance(bound, Range):
        return isinstance(value, int) and bound.low <= value <= bound.high
    return len(value) <= cast("Max", bound).longest


# -- the world, executed


@contextmanager
def at_most(lines: int) -> Generator[None]:
    """Stop what executes more lines than this: a loop over a list that it makes longer has no end."""
    left = lines

    def traced(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise OutOfBounds
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        yield
    finally:
        sys.settrace(before)


class World:
    """The world's classes and first states, made by plain Python."""

    names: ClassVar[dict[str, Any]]  # of the module that the world's text is

    def __init__(self) -> None:
        self.choices = Choices()
        modules = {"quorate": self._language(), "enum": SimpleNamespace(Enum=Declared, IntEnum=enum.IntEnum, auto=enum.auto)}

        def imports(name: str, *rest: Any) -> object:
            return modules.get(name) or builtins.__import__(name, *rest)

        World.names = {"__builtins__": {**vars(builtins), "__import__": imports}, "__name__": __name__}
        exec(compile(WORLD.read_text(encoding="utf-8"), str(WORLD), "exec"), self.names)
        self.begun = {start: self._begin(start) for start in STARTS}

    def _language(self) -> SimpleNamespace:
        def same(it: T, about: str = "") -> T:
            return it

        words: dict[str, object] = {"Process": Process, "Record": Record, "Range": Range, "Max": Max, "Group": Group}
        words |= {"action": same, "initial": same, "durable": same, "param": same}
        words |= {"choose": self.choices.choose, "require": require, "skip": skip, "some": some}
        return SimpleNamespace(**words)

    @property
    def hints(self) -> dict[str, object]:
        return hints_of(self.names["Node"])

    @property
    def names_of_row(self) -> list[str]:
        return [name for name in self.hints if name != "turn"]

    def outcome(self, statement: str, start: int) -> Outcome:
        """Execute a statement in one first state, every way that its choices go."""
        step = self._function(statement)
        states: list[Row] = []
        error = False
        for _ in self.choices.ways():
            node = self._begun(start)
            try:
                with at_most(MOST_LINES):
                    step(node)
                self._check(node)
                states.append(tuple(canonical(getattr(node, name)) for name in self.names_of_row))
            except Absent:
                continue
            except Exception:  # noqa: BLE001  (whatever Python raises is an error of the model)
                error = True
        return Outcome(error, frozenset(states), len(states))

    def values(self, expression: str, start: int) -> Iterator[object]:
        """Yield what an expression is in one first state, every way; those are left out that give no value."""
        value = self._function(f"return {expression}")
        for _ in self.choices.ways():
            try:
                yield value(self._begun(start))
            except (Absent, Exception):  # noqa: BLE001  (whatever Python raises)
                continue

    def _function(self, body: str) -> Callable[[Process], object]:
        made: dict[str, Callable[[Process], object]] = {}
        exec(compile("def step(self):\n" + indent(body, "    "), "entry", "exec"), self.names, made)
        return made["step"]

    def _begun(self, start: int) -> Process:
        node = object.__new__(self.names["Node"])
        vars(node).update({name: copied(value) for name, value in self.begun[start].items()})
        return cast("Process", node)

    def _begin(self, start: int) -> dict[str, object]:
        """Return the fields of one first state."""
        self.choices.prefix, self.choices.made = (0, start), []
        node = self.names["Node"]()
        node.begin()
        return cast("dict[str, object]", vars(node))

    def _check(self, node: Process) -> None:
        if not all(fits(hint, getattr(node, name)) for name, hint in self.hints.items()):
            raise OutOfBounds
