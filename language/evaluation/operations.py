"""What each strict operator of the IR does to frozen values: one row for each, beside those of the other meanings.

The first argument of a row is the whole expression: its types say what the values are. Read next: `evaluation.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from quorate.language.errors import ModelError
from quorate.language.program.ir import Apply
from quorate.language.program.ir import Operator as Op
from quorate.language.values.types import DictOf, Int, ListOf, Option, ProcessId, RecordOf, SetOf, TupleOf, Type
from quorate.language.values.values import LARGEST, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Value = Any  # a frozen value


def in_order(t: Type, items: Iterable[Value]) -> tuple[Value, ...]:
    """Return values of one type in the order of the type."""
    return tuple(sorted(items, key=lambda x: key(t, x)))


def ordered(t: DictOf, pairs: dict[Value, Value]) -> tuple[tuple[Value, Value], ...]:
    """Return the frozen form of a dict."""
    return tuple((k, pairs[k]) for k in in_order(t.key, pairs))


def fitting(number: int) -> int:
    """Return the number. Errors: ModelError where it does not fit 64 bits."""
    if not -LARGEST - 1 <= number <= LARGEST:
        raise ModelError(f"{number} does not fit 64 bits")
    return number


def converted(t: Type, value: Value) -> Value:
    """Return the value. Errors: ModelError where it is out of the type's bounds, at any depth."""
    match t:
        case Int(low, high):
            if (low and value < low.value) or (high and value > high.value):
                raise ModelError(f"{value} is out of its bounds")
        case ProcessId(kind, members):
            if value not in members:
                raise ModelError(f"the process is not a `{kind}`")
        case Option(item):
            _ = None if value is None else converted(item, value)
        case SetOf(item):
            _ = [converted(item, x) for x in value]
        case ListOf(item, longest):
            if longest and len(value) > longest.value:
                raise ModelError(f"a list of {len(value)} items is over its bound {longest.value}")
            _ = [converted(item, x) for x in value]
        case DictOf(k, v):
            _ = [(converted(k, x), converted(v, y)) for x, y in value]
        case TupleOf(items):
            _ = [converted(i, x) for i, x in zip(items, value, strict=True)]
        case RecordOf(_, fields):
            _ = [converted(i, x) for (_, i), x in zip(fields, value, strict=True)]
        case _:
            pass
    return value


def _divided(left: int, right: int, *, rest: bool) -> int:
    if right == 0:
        raise ModelError("division by zero")
    return left % right if rest else fitting(left // right)


def _some(value: Value) -> Value:
    if value is None:
        raise ModelError("None has no value here")
    return value


def _at(source: Type, value: Value, index: Value) -> Value:
    """Return an item of a list, tuple or dict."""
    if isinstance(source, DictOf):
        found = dict(value)
        if index not in found:
            raise ModelError("the key is not in the dict")
        return found[index]
    return value[_in_range(value, index)]


def _in_range(value: Value, index: int) -> int:
    if not 0 <= index < len(value):
        raise ModelError(f"index {index} is out of range: the list has {len(value)} items")
    return index


def _found(value: Value, item: Value) -> int:
    if item not in value:
        raise ModelError("the item is not in the list")
    return int(value.index(item))


def _removed(value: frozenset[Value], item: Value) -> frozenset[Value]:
    if item not in value:
        raise ModelError("the item is not in the set")
    return value - {item}


def _even(xs: Value, ys: Value) -> Iterator[Value]:
    yield from zip(xs, ys, strict=False)
    if len(xs) != len(ys):
        raise ModelError(f"a list of {len(xs)} items is zipped with one of {len(ys)}")


def _holds(source: Type, value: Value, item: Value) -> bool:
    return item in (dict(value) if isinstance(source, DictOf) else value)


def _inserted(value: Value, index: int, item: Value) -> Value:
    if index < 0:
        raise ModelError(f"index {index} is below zero")
    return (*value[:index], item, *value[index:])


def _changed(e: Apply, value: Value, pairs: dict[Value, Value]) -> Value:
    return ordered(cast("DictOf", e.type), {**dict(value), **pairs})


def _deleted(e: Apply, value: Value, item: Value) -> Value:
    rest = dict(value)
    if rest.pop(item, rest) is rest:
        raise ModelError("the key is not in the dict")
    return ordered(cast("DictOf", e.type), rest)


def _keyed(e: Apply, value: Value) -> Value:
    return key(e.operands[0].type, value)


def _least(e: Apply, values: tuple[Value, ...], *, last: bool = False) -> Value:
    """Return the least or greatest of several operands, the first of equals."""
    keys = [key(e.operands[at].type, value) for at, value in enumerate(values)]
    return values[keys.index(max(keys) if last else min(keys))]


def _sorted(e: Apply, value: Value) -> tuple[Value, ...]:
    return in_order(cast("SetOf | ListOf", e.operands[0].type).item, value)


def _before(e: Apply, left: Value, right: Value) -> bool:
    return bool(key(e.operands[0].type, left) < key(e.operands[1].type, right))


def _counted(by: int) -> int:
    """Return by how much a number is shifted. Errors: ModelError where that is negative."""
    if by < 0:
        raise ModelError("negative shift count", None, "shift by a number from 0 on")
    return by


def _shifted(a: int, by: int) -> int:
    """Return the number shifted to the left. Errors: ModelError beyond 64 bits: more than 64 places are, but of 0."""
    return int(fitting(a << min(_counted(by), 64)))


UNARY: dict[Op, Callable[[Apply, Value], Value]] = {
    Op.NEG: lambda _, a: fitting(-a),
    Op.ABS: lambda _, a: fitting(abs(a)),
    Op.NOT: lambda _, a: not a,
    Op.INJECT: lambda _, a: a,
    Op.VALUE: lambda _, a: _some(a),
    Op.CONVERT: lambda e, a: converted(e.type, a),
    Op.COPY: lambda _, a: a,
    Op.LEN: lambda _, a: len(a),
    Op.REVERSED: lambda _, a: a[::-1],
    Op.SORTED: _sorted,
    Op.ENUMERATE: lambda _, a: enumerate(a),
    Op.TO_SET: lambda _, a: frozenset(a),
    Op.TO_LIST: lambda _, a: tuple(a),
    Op.KEYS: lambda _, a: frozenset(k for k, _v in a),
    Op.VALUES: lambda _, a: tuple(v for _k, v in a),
    Op.ITEMS: lambda _, a: a,
}
BINARY: dict[Op, Callable[[Apply, Value, Value], Value]] = {
    Op.ADD: lambda _, a, b: fitting(a + b),
    Op.SUB: lambda _, a, b: fitting(a - b),
    Op.MUL: lambda _, a, b: fitting(a * b),
    Op.FLOORDIV: lambda _, a, b: _divided(a, b, rest=False),
    Op.MOD: lambda _, a, b: _divided(a, b, rest=True),
    Op.BIT_AND: lambda _, a, b: a & b,
    Op.BIT_OR: lambda _, a, b: a | b,
    Op.BIT_XOR: lambda _, a, b: a ^ b,
    Op.SHIFT_LEFT: lambda _, a, b: _shifted(a, b),
    Op.SHIFT_RIGHT: lambda _, a, b: a >> _counted(b),
    Op.EQ: lambda _, a, b: a == b,
    Op.NE: lambda _, a, b: a != b,
    Op.LT: _before,
    Op.LE: lambda e, a, b: not _keyed(e, b) < _keyed(e, a),
    Op.GT: lambda e, a, b: _keyed(e, b) < _keyed(e, a),
    Op.GE: lambda e, a, b: not _before(e, a, b),
    Op.CONTAINS: lambda e, a, x: _holds(e.operands[0].type, a, x),
    Op.INDEX: lambda e, a, i: _at(e.operands[0].type, a, i),
    Op.INDEX_BACK: lambda _, a, n: a[_in_range(a, len(a) - n)],
    Op.CONCAT: lambda _, a, b: a + b,
    Op.LIST_APPEND: lambda _, a, x: (*a, x),
    Op.LIST_DELETE: lambda _, a, i: (*a[: _in_range(a, i)], *a[i + 1 :]),
    Op.LIST_REMOVE: lambda _, a, x: (*a[: _found(a, x)], *a[_found(a, x) + 1 :]),
    Op.LIST_FIND: lambda _, a, x: _found(a, x),
    Op.COUNT: lambda _, a, x: a.count(x),
    Op.SET_ADD: lambda _, a, x: a | {x},
    Op.SET_DISCARD: lambda _, a, x: a - {x},
    Op.SET_REMOVE: lambda _, a, x: _removed(a, x),
    Op.UNION: lambda _, a, b: a | b,
    Op.INTERSECTION: lambda _, a, b: a & b,
    Op.DIFFERENCE: lambda _, a, b: a - b,
    Op.SYMMETRIC_DIFFERENCE: lambda _, a, b: a ^ b,
    Op.SUBSET: lambda _, a, b: a <= b,
    Op.DISJOINT: lambda _, a, b: not a & b,
    Op.DICT_DELETE: _deleted,
    Op.DICT_FIND: lambda _, a, k: dict(a).get(k),
    Op.DICT_MERGE: lambda e, a, b: _changed(e, a, dict(b)),
}
TERNARY: dict[Op, Callable[[Apply, Value, Value, Value], Value]] = {
    Op.SLICE: lambda _, a, start, stop: a[start:stop],
    Op.LIST_SET: lambda _, a, i, x: (*a[: _in_range(a, i)], x, *a[i + 1 :]),
    Op.LIST_INSERT: lambda _, a, i, x: _inserted(a, i, x),
    Op.RANGE: lambda _, start, stop, step: range(start, stop, step),
    Op.DICT_SET: lambda e, a, k, v: _changed(e, a, {k: v}),
    Op.DICT_GET: lambda _, a, k, default: dict(a).get(k, default),
}
SEVERAL: dict[Op, Callable[[Apply, tuple[Value, ...]], Value]] = {
    Op.MIN: _least,
    Op.MAX: lambda e, xs: _least(e, xs, last=True),
    Op.ZIP: lambda _, xs: zip(*xs, strict=False),
    Op.ZIP_STRICT: lambda _, xs: _even(*xs),
    Op.MAKE_TUPLE: lambda _, xs: xs,
    Op.MAKE_LIST: lambda _, xs: xs,
    Op.MAKE_SET: lambda _, xs: frozenset(xs),
    Op.MAKE_DICT: lambda e, xs: ordered(cast("DictOf", e.type), dict(zip(xs[::2], xs[1::2], strict=True))),
    Op.MAKE_RECORD: lambda _, xs: xs,
}
STRICT = frozenset({*UNARY, *BINARY, *TERNARY, *SEVERAL})


def operated(e: Apply, operands: tuple[Value, ...]) -> Value:
    """Return the value of an expression whose operator is in one of the tables. Errors: ModelError."""
    match operands:
        case (a,) if e.operator in UNARY:
            return UNARY[e.operator](e, a)
        case (a, b) if e.operator in BINARY:
            return BINARY[e.operator](e, a, b)
        case (a, b, c) if e.operator in TERNARY:
            return TERNARY[e.operator](e, a, b, c)
        case _:
            return SEVERAL[e.operator](e, operands)
