"""The stand-in for `quorate`: what a model imports. The names are the library's; docs/semantics.md says what they do."""

from __future__ import annotations

import inspect
from typing import Any

from .order import canonical, compared
from .stage import STAGE, Absent, Limited, ModelError, declared, running


class Range:
    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high


class Max:
    def __init__(self, count: int) -> None:
        self.count = count


class Field:
    """A class attribute that stands for a field; what an instance holds is in its `__dict__`."""

    def __init__(self, sort: str, value: Any) -> None:
        self.sort, self.value = sort, value

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        raise ModelError(f"a field of another process ({instance!r})")


def durable(value: Any) -> Any:
    return Field("durable", value)


def volatile(value: Any) -> Any:
    return Field("volatile", value)


def ghost(value: Any) -> Any:
    return Field("ghost", value)


class Entity:
    """A process or a shared object. Fields live in `__dict__`, everything else in slots."""

    __slots__ = ("__dict__", "_group", "_index", "_layout", "_number", "_rank", "_side")
    _group: Any
    _index: int
    _layout: dict[str, Any]
    _number: int
    _rank: tuple[int, int]
    _side: Any

    @classmethod
    def single(cls) -> Any:
        return _declare(cls, [None], None)[0]

    def __setattr__(self, name: str, value: Any) -> None:
        run = running(f"assignment to {name}")
        if name not in self.__dict__:
            raise ModelError(f"{self!r} has no field `{name}` here")
        domain = self._layout[name]
        frozen = domain.freeze(value)
        if self._number in run.down and run.actor is None:
            raise Absent
        self.__dict__[name] = domain.thaw(frozen, self._side.table) if STAGE.copies else value

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Entity) and self._rank == other._rank)

    def __hash__(self) -> int:
        return hash(self._rank)

    def __repr__(self) -> str:
        return f"{type(self).__name__} {self._rank[1] + 1}"


class Shared(Entity):
    pass


@compared
class Process(Entity):
    @property
    def index(self) -> int:
        return self._index

    def _order(self) -> Any:
        return self._rank


def _line() -> int:
    "The line of the model that called the function of the stand-in that asks."
    frame = inspect.currentframe()
    for _ in range(2):
        assert frame is not None
        frame = frame.f_back
    assert frame is not None
    return frame.f_lineno


def _declare(kind: type, members: list[Any], group: Any) -> list[Any]:
    model = declared()
    if kind not in model.kinds:
        model.kinds.append(kind)
    rank = model.kinds.index(kind)
    before = sum(1 for e in model.entities if type(e) is kind)
    made: list[Any] = []
    for i in range(len(members)):
        entity: Any = object.__new__(kind)
        for name, value in (("_rank", (rank, before + i)), ("_index", i), ("_group", group), ("_number", -1)):
            object.__setattr__(entity, name, value)
        made.append(entity)
    model.entities.extend(made)
    return made


class Group:
    def __init__(self, kind: type, count: int) -> None:
        self.kind = kind
        self.members = tuple(_declare(kind, [None] * count, self))

    def __class_getitem__(cls, item: object) -> type:
        return cls

    def __iter__(self) -> Any:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, index: Any) -> Any:
        return self.members[index]

    def __contains__(self, item: object) -> bool:
        return item in self.members

    def __sub__(self, other: Any) -> set[Any]:
        return set(self.members) - set(other)

    def __rsub__(self, other: Any) -> set[Any]:
        return set(other) - set(self.members)

    def __and__(self, other: Any) -> set[Any]:
        return set(self.members) & set(other)

    def __or__(self, other: Any) -> set[Any]:
        return set(self.members) | set(other)

    __rand__, __ror__ = __and__, __or__


def others(process: Any) -> set[Any]:
    return set() if process._group is None else {p for p in process._group.members if p is not process}


def up(process: Any) -> bool:
    return process._number not in process._side.down


def in_flight(kind: Any) -> list[Any]:
    table, flight = STAGE.present.table, STAGE.present.flight
    mine = [e for e in flight if STAGE.domains.classes[e[2][0]] is kind]
    return [(STAGE.domains.thaw_record(m, table), table[source], table[target]) for source, target, m in mine]


def old(entity: Any) -> Any:
    return STAGE.past[entity._number]


@compared
class Record:
    """A frozen record: its fields in order, those of the base class first."""

    def __init__(self, *values: Any, **named: Any) -> None:
        names = fields_of(type(self))
        given = dict(zip(names, values, strict=False)) | named
        if len(values) > len(names) or len(given) != len(values) + len(named) or set(given) - set(names):
            raise TypeError(f"{type(self).__name__}: wrong fields {sorted(given)}")
        for name in names:
            value = given[name] if name in given else getattr(type(self), name)
            object.__setattr__(self, name, value)
        if STAGE.domains is not None:
            self._check(names)

    def _check(self, names: tuple[str, ...]) -> None:
        domains = STAGE.domains.of_record(type(self))
        for name, domain in zip(names, domains, strict=True):
            frozen = domain.freeze(getattr(self, name))
            if STAGE.copies:
                object.__setattr__(self, name, domain.thaw(frozen, STAGE.domains.table))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a record is frozen: {name}")

    def replace(self, **changes: Any) -> Any:
        return type(self)(**({name: getattr(self, name) for name in fields_of(type(self))} | changes))

    def _order(self) -> Any:
        return tuple(getattr(self, name) for name in fields_of(type(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and type(self) is type(other) and self._order() == other._order()

    def __hash__(self) -> int:
        return hash((type(self).__name__, *map(_hashable, self._order())))


class Message(Record):
    pass


def _hashable(value: Any) -> Any:
    "Equal records have equal hashes, whatever their fields contain: a container counts as its length."
    if isinstance(value, tuple):
        return tuple(map(_hashable, value))
    return len(value) if isinstance(value, list | set | frozenset | dict) else value


def fields_of(record: type) -> tuple[str, ...]:
    "The names of a record's fields."
    known = vars(record).get("_fields")
    if known is None:
        bases = [c for c in reversed(record.__mro__) if issubclass(c, Record) and c not in (Record, Message)]
        known = tuple(dict.fromkeys(name for c in bases for name in vars(c).get("__annotations__", {})))
        record._fields = known  # type: ignore[attr-defined]
    return known


def param(default: Any, help: str = "", *, choices: Any = None) -> Any:  # noqa: A002
    model = declared()
    name = model.parameter_at[_line()]
    given = {key.upper(): value for key, value in model.parameters.items()}
    value = given.get(name.upper(), default)
    if choices is not None and value not in choices:
        raise ModelError(f"{name} is one of {choices}")
    model.taken[name] = value
    return value


class Faults:
    def __init__(self, **budgets: Any) -> None:
        self.budgets = budgets


class Preset:
    def __init__(self, name: str, **rest: Any) -> None:
        self.name = name
        self.params: dict[str, Any] = rest.get("params", {})
        self.faults: dict[str, Any] = rest["faults"].budgets if "faults" in rest else {}
        self.network: str = rest.get("network", "unordered")
        self.capacity: int | None = rest.get("capacity")
        self.full: str = rest.get("full", "error")
        start = rest.get("start", ())
        named = list(start) if isinstance(start, list | tuple) else [start]
        self.start: list[str] = [f if isinstance(f, str) else f.__name__ for f in named]
        self.pins: dict[str, Any] = rest
        declared().presets.append(self)


def _mark(sort: str) -> Any:
    def decorate(function: Any) -> Any:
        function._sort = sort
        return function

    return decorate


action, receive, initial = _mark("action"), _mark("receive"), _mark("initial")
constraint = _mark("constraint")
always, never, sometimes, step, final = _mark("always"), _mark("never"), _mark("sometimes"), _mark("step"), _mark("final")


def require(condition: Any) -> None:
    running("require").settle()
    if not condition:
        raise Absent


def limit(condition: Any) -> None:
    running("limit").settle()
    if not condition:
        STAGE.limits[_line()] += 1
        raise Limited


def skip() -> Any:
    running("skip").settle()
    raise Absent


def some(value: Any) -> Any:
    running("some").settle()
    if value is None:
        raise Absent
    return value


def choose(items: Any) -> Any:
    run = running("choose")
    run.settle()
    ordered = sorted(items, key=canonical) if isinstance(items, set | frozenset) else list(items)
    distinct: list[Any] = []
    for item in ordered:
        if item not in distinct:
            distinct.append(item)
    if not distinct:
        raise Absent
    return distinct[run.choices.pick(len(distinct))]


def send(message: Any, *, to: Any, sender: Any = None) -> None:
    run = running("send")
    source = run.actor if run.actor is not None else sender
    if source is None:
        raise ModelError("`send` at module level says `sender=`")
    sent = STAGE.domains.message(message)
    if source._number in run.down:
        raise Absent
    run.sends.append((source._number, to._number, sent))


def broadcast(message: Any, *, to: Any, sender: Any = None) -> None:
    run = running("broadcast")
    source = run.actor if run.actor is not None else sender
    if source is not None and source._number in run.down:
        raise Absent
    for target in to:
        if target != source:
            send(message, to=target, sender=sender)
