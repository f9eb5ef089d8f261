"""Methods of sets, lists and dicts that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, copied, into, is_none, most_items
from quorate.language.lowering.reading.comparisons import looked_up
from quorate.language.lowering.reading.constants import joined, value_as
from quorate.language.lowering.reading.operators import algebra, as_set, container_of
from quorate.language.lowering.reading.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import BOOL, integer, one
from quorate.language.values.types import DictOf, ListOf, Nothing, Option, SetOf, TupleOf, Type

if TYPE_CHECKING:
    import ast

    from quorate.language.lowering.bodies.body import Body

SET_METHODS: dict[str, Op] = {
    "union": Op.UNION,
    "intersection": Op.INTERSECTION,
    "difference": Op.DIFFERENCE,
    "symmetric_difference": Op.SYMMETRIC_DIFFERENCE,
}


def container_method(body: Body, node: ast.Call, name: str, base: ir.Expr) -> ir.Expr:
    arguments = node.args
    if node.keywords:
        raise body.refusal(node, f"`.{name}` takes no names here")
    match base.type, name, len(arguments):
        case SetOf() | ListOf() | DictOf(), "copy", 0:
            return copied(base)
        case SetOf(), _, _ if name in SET_METHODS:
            result = base if arguments else copied(base)
            for argument in arguments:
                result = algebra(body, node, SET_METHODS[name], result, as_set(body, container_of(body, argument)))
            return result
        case SetOf(), "issubset" | "issuperset" | "isdisjoint", 1:
            return relation(body, node, name, base, as_set(body, container_of(body, arguments[0])))
        case ListOf(item, _), "count" | "index", 1:
            most = most_items(body, base)
            if name == "count":
                counted, value = integer(0, most), body.expr(arguments[0], item)
                none = ir.Const(counted, 0)
                return looked_up(body, node, value, base, found=lambda x: apply(counted, Op.COUNT, base, x), absent=none)
            value = value_as(body, arguments[0], item)
            return apply(integer(0, None if most is None else max(0, most - 1)), Op.LIST_FIND, base, value)
        case DictOf(), "get", 1 | 2:
            return get(body, node, base)
        case DictOf(key, value), "keys", 0:
            return apply(SetOf(key), Op.KEYS, base)
        case DictOf(key, value), "values", 0:
            return apply(ListOf(value, sized(key.cardinality)), Op.VALUES, base)
        case DictOf(key, value), "items", 0:
            return apply(ListOf(TupleOf((key, value)), sized(key.cardinality)), Op.ITEMS, base)
        case _:
            pass
    raise body.refusal(node, f"{one(base.type)} has no method `{name}` that a step can use")


def relation(body: Body, node: ast.Call, name: str, a: ir.Expr, b: ir.Expr) -> ir.Expr:
    t = joined(body, node, [a.type, b.type])
    a, b = into(body, a, t, node), into(body, b, t, node)
    if name == "isdisjoint":
        return apply(BOOL, Op.DISJOINT, a, b)
    return apply(BOOL, Op.SUBSET, *((a, b) if name == "issubset" else (b, a)))


def get(body: Body, node: ast.Call, base: ir.Expr) -> ir.Expr:
    """`d.get(k)` is an option; `d.get(k, default)` is of the values' type, widened where the default is outside it."""
    assert isinstance(base.type, DictOf)
    keys, values = base.type.key, base.type.value
    key = body.expr(node.args[0], keys)
    option = values if isinstance(values, Option) else Option(values)
    default = body.expr(node.args[1], values) if len(node.args) == 2 else ir.Const(option, None)
    t = joined(body, node, [values, default.type])
    if isinstance(t, Option) and option is not values:
        none = ir.Const(option, None)
        found = looked_up(body, node, key, base, found=lambda k: apply(option, Op.DICT_FIND, base, k), absent=none)
        given = len(node.args) == 2 and not isinstance(default.type, Nothing)
        return or_default(found, into(body, default, t, node), t) if given else found
    widened, default = into(body, base, DictOf(keys, t), node), into(body, default, t, node)
    return looked_up(body, node, key, base, found=lambda k: apply(t, Op.DICT_GET, widened, k, default), absent=default)


def or_default(found: ir.Expr, default: ir.Expr, t: Type) -> ir.Expr:
    return apply(t, Op.IF, is_none(found), default, found if found.type == t else apply(t, Op.CONVERT, found))
