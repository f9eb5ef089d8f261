"""Values of the modelling language in three forms: thawed (Python objects in a step), frozen (in a state), JSON (in a trace).

Frozen: bool and int are themselves; an enum's member is its index; a process its number; None is None; a set is a
frozenset; a dict a tuple of (key, value) in the order of the keys; a list or tuple is a tuple; a record the tuple of its
fields. `key` gives the order of the values of a type, `rank` the position in it: sets compare by their packed mask (bit i
for the item of rank i), lists by length and then item by item, dicts as the tuple of what they have at each key, absent
first. Read next: `universe.py`, which thaws.
Long because each meaning that values have is one table over all types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from enum import Enum
from functools import cmp_to_key
from itertools import product
from typing import TYPE_CHECKING, Any, cast

from quorate.language.declare import Process, Record
from quorate.language.errors import Defect, ModelError
from quorate.language.values.types import (
    Bool,
    DictOf,
    Enumeration,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    Size,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Frozen = object
Json = bool | int | str | None | list["Json"] | dict[str, "Json"]
Key = Any  # what sorts as the values do: numbers, and tuples of keys

LARGEST = 2**63 - 1
WIDER = "guard it with `require(...)`, `limit(...)` or `if`, or declare a wider `Range`"
LONGER = "guard its length with `require(...)`, `limit(...)` or `if`, or declare a larger `Max`"


class Misfit(ModelError):
    """A value that is not one of its type: out of a bound, or of another type. `path` leads to it from the field."""

    def __init__(self, says: str, path: str = "", *, inferred: bool = False, remedy: str | None = None) -> None:
        super().__init__(f"`{path}` {says}" if path else f"a value {says}", None, remedy)
        self.says = says
        self.path = path
        self.container: object = None  # what was changed so, where that is known
        self.inferred = inferred  # the bound is one that nobody declared

    def under(self, part: str) -> Misfit:
        """Return the same misfit seen from the container that has it at `part`."""
        joined = part + self.path if self.path.startswith(("[", ".")) or not self.path else f"{part}.{self.path}"
        return Misfit(self.says, joined, inferred=self.inferred, remedy=self.remedy)


class Misinferred(Defect):
    """A value beyond a bound that was inferred: the model may do so, and what was found out about it is wrong."""

    def __init__(self, misfit: Misfit) -> None:
        super().__init__(
            f"{misfit.what}, which was inferred: this is a defect of Quorate, please report it; "
            "a bound of its own, `Annotated[int, Range(low, high)]`, avoids it"
        )


# -- freezing ---------------------------------------------------------------------------------------------------------


def freeze(t: Type, value: object, path: str = "") -> Frozen:
    """Return the frozen form.

    Errors: Misfit, saying where under `path` the value leaves the type or a bound; Misinferred where the bound is inferred.
    """
    try:
        return fitted(t, value, path)
    except Misfit as misfit:
        if misfit.inferred:
            raise Misinferred(misfit) from None
        raise


def fitted(t: Type, value: object, path: str = "") -> Frozen:
    """Return the frozen form of a value that comes from outside, from a file. Errors: Misfit."""
    return _part(t, value, path) if path else _FREEZE[type(t)](t, value)


def _part(t: Type, value: object, part: str) -> Frozen:
    try:
        return _FREEZE[type(t)](t, value)
    except Misfit as misfit:
        raise misfit.under(part) from None


def _freeze_bool(_: Bool, value: object) -> bool:
    if value is True or value is False:
        return value
    raise Misfit(f"is {shown(value)}, not a `bool`")


def _freeze_int(t: Int, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or isinstance(value, Enum):
        raise Misfit(f"is {shown(value)}, not an `int`")
    if t.low is not None and value < t.low.value:
        raise Misfit(f"would be {value}, below its bound {bound(t.low)}", inferred=t.low.inferred, remedy=WIDER)
    if t.high is not None and value > t.high.value:
        raise Misfit(f"would be {value}, above its bound {bound(t.high)}", inferred=t.high.inferred, remedy=WIDER)
    if not -LARGEST - 1 <= value <= LARGEST:
        raise Misfit(f"would be {value}, beyond 64 bits")
    return value


def _freeze_enum(t: Enumeration, value: object) -> int:
    if isinstance(value, Enum) and type(value).__qualname__ == t.name:
        return t.members.index(value.name)
    raise Misfit(f"is {shown(value)}, not a `{t.name}`")


def _freeze_process(t: ProcessId, value: object) -> int:
    if isinstance(value, Process) and value.number in t.members:
        return value.number
    raise Misfit(f"is {shown(value)}, not a `{t.kind}`")


def _freeze_option(t: Option, value: object) -> Frozen:
    return None if value is None else _FREEZE[type(t.item)](t.item, value)


def _freeze_set(t: SetOf, value: object) -> frozenset[Frozen]:
    if isinstance(value, AbstractSet):
        return frozenset(_part(t.item, item, "[...]") for item in value)
    raise Misfit(f"is {shown(value)}, not a set")


def _freeze_dict(t: DictOf, value: object) -> tuple[tuple[Frozen, Frozen], ...]:
    if not isinstance(value, Mapping):
        raise Misfit(f"is {shown(value)}, not a dict")
    pairs = [(_part(t.key, k, "[...]"), _part(t.value, v, f"[{shown(k)}]")) for k, v in value.items()]
    return tuple(sorted(pairs, key=lambda pair: key(t.key, pair[0])))


def _freeze_list(t: ListOf, value: object) -> tuple[Frozen, ...]:
    if not isinstance(value, (list, tuple)):
        raise Misfit(f"is {shown(value)}, not a list")
    check_length(t, len(value))
    return tuple([_part(t.item, item, f"[{i}]") for i, item in enumerate(value)])


def _freeze_tuple(t: TupleOf, value: object) -> tuple[Frozen, ...]:
    if not isinstance(value, tuple) or len(value) != len(t.items):
        raise Misfit(f"is {shown(value)}, not a tuple of {len(t.items)}")
    return tuple([_part(item, v, f"[{i}]") for i, (item, v) in enumerate(zip(t.items, value, strict=True))])


def _freeze_record(t: RecordOf, value: object) -> tuple[Frozen, ...]:
    if not isinstance(value, Record) or type(value).__qualname__ != t.name:
        raise Misfit(f"is {shown(value)}, not a `{t.name}`")
    return tuple([_part(item, getattr(value, name), f".{name}") for name, item in t.fields])


def _freeze_nothing(_: Nothing, value: object) -> None:
    if value is not None:
        raise Misfit(f"is {shown(value)}, not None")


_FREEZE: dict[type, Callable[[Any, object], Frozen]] = {
    Bool: _freeze_bool,
    Int: _freeze_int,
    Enumeration: _freeze_enum,
    ProcessId: _freeze_process,
    Option: _freeze_option,
    SetOf: _freeze_set,
    DictOf: _freeze_dict,
    ListOf: _freeze_list,
    TupleOf: _freeze_tuple,
    RecordOf: _freeze_record,
    Nothing: _freeze_nothing,
}


def check_length(t: ListOf, length: int) -> None:
    """Errors: Misfit where a list of this length is over its bound."""
    if t.longest is not None and length > t.longest.value:
        raise Misfit(f"would have {length} items, more than its bound {bound(t.longest)}", remedy=LONGER)


def bound(size: Size) -> str:
    """Return a bound as messages show it: `MAX_TERM` = 2, or the number alone."""
    return f"{size.value}" if size.text == str(size.value) else f"`{size.text}` = {size.value}"


def shown(value: object) -> str:
    """Return a thawed value as messages show it."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, AbstractSet):
        return "{" + ", ".join(sorted(shown(v) for v in value)) + "}"
    return repr(value)


# -- order ------------------------------------------------------------------------------------------------------------


def key(t: Type, frozen: Frozen) -> Key:
    """Return what sorts frozen values of one type in the order of the type."""
    match t, frozen:
        case Option(item), _:
            return (0,) if frozen is None else (1, key(item, frozen))
        case SetOf(item), frozenset():
            return tuple(sorted((key(item, x) for x in frozen), reverse=True))  # as their masks compare
        case DictOf(k, v), tuple():
            return tuple((-rank(k, x), key(v, y)) for x, y in cast("tuple[tuple[Frozen, Frozen], ...]", frozen))
        case ListOf(item), tuple():
            return (len(frozen), *(key(item, x) for x in frozen))
        case TupleOf(items), tuple():
            return tuple([key(i, x) for i, x in zip(items, frozen, strict=True)])
        case RecordOf(_, fields), tuple():
            return tuple([key(i, x) for (_, i), x in zip(fields, frozen, strict=True)])
        case _:
            return 0 if frozen is None else frozen


def order(value: object) -> Key:
    """Return what sorts thawed values of one type in the order of their type."""
    if isinstance(value, Enum):
        return list(type(value)).index(value)
    if isinstance(value, Process):
        return value.number
    if isinstance(value, (set, frozenset)):
        return tuple(sorted((order(x) for x in value), reverse=True))
    if isinstance(value, list):
        return (len(value), *(order(x) for x in value))
    if isinstance(value, tuple):
        return tuple([order(x) for x in value])
    if isinstance(value, dict):
        return tuple([(_before(order(k)), order(value[k])) for k in sorted(value, key=order)])
    if is_dataclass(value):
        return tuple([order(getattr(value, f.name)) for f in fields_of(value)])
    return _Absent() if value is None else value


@cmp_to_key
def _before(one: Any, other: Any) -> int:
    """Sort against the order of keys: of two dicts, the one that lacks a lesser key comes first."""
    return bool(one < other) - bool(other < one)


class _Absent:
    """Sorts before everything but itself: None among the values of an option."""

    def __lt__(self, other: object) -> bool:
        return not isinstance(other, _Absent)

    def __gt__(self, other: object) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Absent)

    def __hash__(self) -> int:
        return 0


def count(t: Type) -> int:
    """Return how many values the type has. Requires: every bound is known."""
    known = t.cardinality
    assert known is not None, t
    return known


def rank(t: Type, frozen: Frozen) -> int:
    """Return the position of a value among those of its type. Requires: every bound is known."""
    match t, frozen:
        case Int(low=Size(lowest, _)), int():
            return frozen - lowest
        case ProcessId(_, members), int():
            return members.index(frozen)
        case Option(item), _:
            return 0 if frozen is None else 1 + rank(item, frozen)
        case SetOf(item), frozenset():
            return sum(1 << rank(item, x) for x in frozen)
        case ListOf(item), tuple():
            base = count(item)
            shorter = sum(int(base**n) for n in range(len(frozen)))
            return shorter + _mixed([(base, rank(item, x)) for x in frozen])
        case DictOf(k, v), tuple():
            present = dict(cast("tuple[tuple[Frozen, Frozen], ...]", frozen))
            digits = [1 + rank(v, present[x]) if x in present else 0 for x in values(k)]
            return _mixed([(1 + count(v), d) for d in digits])
        case ((TupleOf() | RecordOf()), tuple()):
            return _mixed([(count(i), rank(i, x)) for i, x in zip(components(t), frozen, strict=True)])
        case _:
            return 0 if frozen is None else int(cast("int", frozen))


def _mixed(digits: Sequence[tuple[int, int]]) -> int:
    """Return the number with these (base, digit) pairs, the most significant first."""
    number = 0
    for base, digit in digits:
        number = number * base + digit
    return number


def components(t: TupleOf | RecordOf) -> tuple[Type, ...]:
    """Return the types of the items of a tuple or of the fields of a record."""
    return t.items if isinstance(t, TupleOf) else tuple(item for _, item in t.fields)


def unrank(t: Type, number: int) -> Frozen:
    """Return the value at a position: the inverse of `rank`. Requires: every bound is known."""
    match t:
        case Bool():
            return bool(number)
        case Int(low=Size(lowest, _)):
            return lowest + number
        case ProcessId(_, members):
            return members[number]
        case Option(item):
            return None if number == 0 else unrank(item, number - 1)
        case SetOf(item):
            return frozenset(unrank(item, i) for i in range(number.bit_length()) if number >> i & 1)
        case ListOf(item):
            length = 0
            while number >= count(item) ** length:
                number -= count(item) ** length
                length += 1
            return tuple([unrank(item, d) for d in _digits(number, [count(item)] * length)])
        case DictOf(k, v):
            digits = _digits(number, [1 + count(v)] * count(k))
            return tuple([(unrank(k, i), unrank(v, d - 1)) for i, d in enumerate(digits) if d])
        case TupleOf() | RecordOf():
            items = components(t)
            return tuple([unrank(i, d) for i, d in zip(items, _digits(number, [count(i) for i in items]), strict=True)])
        case Nothing():
            return None
        case Int() | Enumeration():
            return number


def _digits(number: int, bases: Sequence[int]) -> list[int]:
    """Return the digits of a number over these bases, the most significant first."""
    digits: list[int] = []
    for base in reversed(bases):
        number, digit = divmod(number, base)
        digits.insert(0, digit)
    return digits


def values(t: Type) -> Iterator[Frozen]:
    """Yield every value of the type, frozen, in order. Requires: every bound is known."""
    if isinstance(t, (TupleOf, RecordOf)):
        return iter(product(*[list(values(i)) for i in components(t)]))
    return (unrank(t, number) for number in range(count(t)))


# -- for traces and people ----------------------------------------------------------------------------------------------


def json_of(value: object) -> Json:
    """Return a thawed value as traces write it."""
    match value:
        case Enum():
            return value.name
        case Process():
            return value.label
        case Record():
            names = [f.name for f in fields_of(cast("Any", value))]
            return {"record": type(value).__qualname__, "fields": {n: json_of(getattr(value, n)) for n in names}}
        case bool() | int() | str() | None:
            return value
        case tuple():
            return {"tuple": [json_of(x) for x in value]}
        case Mapping():
            return {"dict": [[json_of(k), json_of(value[k])] for k in sorted(value, key=order)]}
        case AbstractSet():
            return {"set": [json_of(x) for x in sorted(value, key=order)]}
        case list() | Sequence():
            return [json_of(x) for x in value]
        case _:
            return repr(value)


def show(value: Json) -> str:
    """Return a value that a trace holds as people read it."""
    match value:
        case {"record": str(name), "fields": dict(fields)}:
            return f"{name}({', '.join(f'{n}={show(x)}' for n, x in fields.items())})"
        case {"set": list(items)}:
            return "{" + ", ".join(map(show, items)) + "}"
        case {"tuple": list(items)}:
            return f"({', '.join(map(show, items))}{',' if len(items) == 1 else ''})"
        case {"dict": list(pairs)}:
            return "{" + ", ".join(": ".join(map(show, cast("list[Json]", pair))) for pair in pairs) + "}"
        case list():
            return f"[{', '.join(map(show, value))}]"
        case _:
            return str(value)
