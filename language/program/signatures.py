"""Which types each operator of the IR takes and gives: `SIGNATURES[operator](result, operands)` says whether they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import shape
from quorate.language.values.types import (
    Bool,
    DictOf,
    Int,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    RecordOf,
    SetOf,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


BITS = (Op.BIT_AND, Op.BIT_OR, Op.BIT_XOR, Op.SHIFT_LEFT, Op.SHIFT_RIGHT)


def ints(result: Type, operands: Sequence[Type]) -> bool:
    """Say whether all are integers."""
    return all(isinstance(t, Int) for t in (result, *operands))


def _alike(result: Type, operands: Sequence[Type]) -> bool:
    return all(t == result for t in operands) or ints(result, operands)


def _compared(result: Type, operands: Sequence[Type]) -> bool:
    a, b = operands
    return isinstance(result, Bool) and (a == b or (isinstance(a, Int) and isinstance(b, Int)))


def bools(result: Type, operands: Sequence[Type]) -> bool:
    """Say whether all are truth values."""
    return all(isinstance(t, Bool) for t in (result, *operands))


def item_of(container: Type) -> Type:
    """Return the type of a set's or list's items, or of a dict's keys."""
    match container:
        case SetOf(item) | ListOf(item, _):
            return item
        case DictOf(key, _):
            return key
        case _:
            pass
    return Nothing()


def _contains(result: Type, operands: Sequence[Type]) -> bool:
    item, value = item_of(operands[0]), operands[1]
    return isinstance(result, Bool) and (item == value or (isinstance(item, Int) and isinstance(value, Int)))


def _indexed(result: Type, operands: Sequence[Type]) -> bool:
    match operands[0]:
        case ListOf(item, _):
            return item == result and isinstance(operands[1], Int)
        case TupleOf(items):
            return result in items and isinstance(operands[1], Int)
        case DictOf(key, value):
            return value == result and key == operands[1]
        case _:
            pass
    return False


def _with_item(result: Type, operands: Sequence[Type]) -> bool:
    return type(result) is type(operands[0]) and item_of(result) == item_of(operands[0]) == operands[-1]


def _same_items(result: Type, operands: Sequence[Type]) -> bool:
    return all(type(t) is type(result) and item_of(t) == item_of(result) for t in operands)


def _listed(result: Type, operands: Sequence[Type]) -> bool:
    return isinstance(result, ListOf) and isinstance(operands[0], ListOf | SetOf) and item_of(operands[0]) == result.item


def _measured(result: Type, operands: Sequence[Type]) -> bool:
    return isinstance(result, Int) and isinstance(operands[0], SetOf | ListOf | DictOf)


def _dict_set(result: Type, operands: Sequence[Type]) -> bool:
    return result == operands[0] and isinstance(result, DictOf) and (result.key, result.value) == tuple(operands[1:])


def _dict_get(result: Type, operands: Sequence[Type]) -> bool:
    t = operands[0]
    return isinstance(t, DictOf) and operands[1] == t.key and result == t.value == operands[2]


def _dict_find(result: Type, operands: Sequence[Type]) -> bool:
    t = operands[0]
    return isinstance(t, DictOf) and operands[1] == t.key and result == Option(t.value)


def _dict_delete(result: Type, operands: Sequence[Type]) -> bool:
    return result == operands[0] and isinstance(result, DictOf) and result.key == operands[1]


def _converted(result: Type, operands: Sequence[Type]) -> bool:
    have = operands[0]
    if isinstance(have, Option) and isinstance(result, Option):
        return _converted(result.item, [have.item])
    if isinstance(have, ProcessId) and isinstance(result, ProcessId):
        return True
    return type(have) is type(result) or isinstance(have, Nothing)


def _tuple(result: Type, operands: Sequence[Type]) -> bool:
    return isinstance(result, TupleOf) and tuple(operands) == result.items


def _record(result: Type, operands: Sequence[Type]) -> bool:
    return isinstance(result, RecordOf) and tuple(operands) == tuple(t for _, t in result.fields)


def _display(result: Type, operands: Sequence[Type]) -> bool:
    return all(t == item_of(result) for t in operands)


def _dict(result: Type, operands: Sequence[Type]) -> bool:
    return isinstance(result, DictOf) and all(t == (result.value if i % 2 else result.key) for i, t in enumerate(operands))


def _paired(result: Type, operands: Sequence[Type]) -> bool:
    return isinstance(result, ListOf) and isinstance(result.item, TupleOf) and result.item.items[1] == item_of(operands[-1])


def _goes_in(t: Type, item: Type) -> bool:
    """Say whether a value is an item, or one of an option."""
    return shape(t) == shape(item) or (isinstance(item, Option) and (isinstance(t, Nothing) or shape(t) == shape(item.item)))


SIGNATURES: dict[Op, Callable[[Type, Sequence[Type]], bool]] = {
    **dict.fromkeys((Op.ADD, Op.SUB, Op.MUL, Op.FLOORDIV, Op.MOD, Op.NEG, Op.ABS, *BITS), ints),
    **dict.fromkeys((Op.MIN, Op.MAX), _alike),
    **dict.fromkeys((Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE), _compared),
    **dict.fromkeys((Op.AND, Op.OR, Op.NOT), bools),
    Op.IF: lambda r, o: isinstance(o[0], Bool) and o[1] == o[2] == r,
    Op.INJECT: lambda r, o: r == Option(o[0]),
    Op.VALUE: lambda r, o: o[0] == Option(r),
    Op.CONVERT: _converted,
    Op.COPY: lambda r, o: isinstance(r, SetOf | ListOf | DictOf) and (r == o[0] or _same_items(r, o)),
    Op.LEN: _measured,
    Op.CONTAINS: _contains,
    Op.INDEX: _indexed,
    Op.INDEX_BACK: _indexed,
    Op.SLICE: lambda r, o: _same_items(r, o[:1]) and ints(Int(None, None), o[1:]),
    Op.CONCAT: _same_items,
    Op.LIST_SET: _with_item,
    Op.LIST_APPEND: _with_item,
    Op.LIST_INSERT: _with_item,
    Op.LIST_DELETE: lambda r, o: r == o[0] and isinstance(o[1], Int),
    Op.LIST_REMOVE: _with_item,
    Op.LIST_FIND: lambda r, o: isinstance(r, Int) and item_of(o[0]) == o[1],
    Op.COUNT: lambda r, o: isinstance(r, Int) and item_of(o[0]) == o[1],
    Op.REVERSED: _same_items,
    Op.SORTED: _listed,
    Op.RANGE: lambda r, o: isinstance(r, ListOf) and ints(r.item, o),
    Op.ENUMERATE: _paired,
    Op.ZIP: _paired,
    Op.ZIP_STRICT: _paired,
    Op.SET_ADD: _with_item,
    Op.SET_DISCARD: _with_item,
    Op.SET_REMOVE: _with_item,
    **dict.fromkeys((Op.UNION, Op.INTERSECTION, Op.DIFFERENCE, Op.SYMMETRIC_DIFFERENCE), _same_items),
    **dict.fromkeys((Op.SUBSET, Op.DISJOINT), _compared),
    Op.TO_SET: lambda r, o: isinstance(r, SetOf) and isinstance(o[0], ListOf) and r.item == o[0].item,
    Op.TO_LIST: lambda r, o: (
        isinstance(r, ListOf) and isinstance(o[0], TupleOf) and all(_goes_in(t, r.item) for t in o[0].items)
    ),
    Op.DICT_SET: _dict_set,
    Op.DICT_DELETE: _dict_delete,
    Op.DICT_GET: _dict_get,
    Op.DICT_FIND: _dict_find,
    Op.DICT_MERGE: _alike,
    Op.KEYS: lambda r, o: isinstance(o[0], DictOf) and r == SetOf(o[0].key),
    Op.VALUES: lambda r, o: isinstance(r, ListOf) and isinstance(o[0], DictOf) and r.item == o[0].value,
    Op.ITEMS: lambda r, o: isinstance(r, ListOf) and isinstance(o[0], DictOf) and r.item == TupleOf((o[0].key, o[0].value)),
    Op.MAKE_TUPLE: _tuple,
    Op.MAKE_LIST: _display,
    Op.MAKE_SET: _display,
    Op.MAKE_DICT: _dict,
    Op.MAKE_RECORD: _record,
    Op.UP: lambda r, o: isinstance(r, Bool) and isinstance(o[0], ProcessId),
    Op.IN_FLIGHT: lambda r, o: isinstance(r, ListOf) and isinstance(r.item, TupleOf) and not o,
    Op.INDEX_IN_GROUP: lambda r, o: isinstance(r, Int) and isinstance(o[0], ProcessId),
}
