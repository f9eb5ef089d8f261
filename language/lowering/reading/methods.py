"""Methods of sets, lists and dicts that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, copied, into, is_none, most_items
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.comparisons import looked_up
from quorate.language.lowering.reading.constants import joined
from quorate.language.lowering.reading.operators import algebra, as_set, container_of
from quorate.language.lowering.reading.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import BOOL, integer, one
from quorate.language.values.types import DictOf, ListOf, Nothing, Option, SetOf, TupleOf, Type

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

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
            sets = [as_set(body, container_of(body, argument)) for argument in arguments]
            return in_order(body, [base, *sets], lambda os: folded(body, node, SET_METHODS[name], os))
        case SetOf(), "issubset" | "issuperset" | "isdisjoint", 1:
            other = as_set(body, container_of(body, arguments[0]))
            return in_order(body, [base, other], lambda os: relation(body, node, name, *os))
        case ListOf(item, _), "count" | "index", 1:
            most = most_items(body, base)
            if name == "count":
                return in_order(body, [base, body.expr(arguments[0], item)], lambda os: count(body, node, *os))
            found = integer(0, None if most is None else max(0, most - 1))
            value = body.expr(arguments[0], item)
            return in_order(
                body, [base, value], lambda os: apply(found, Op.LIST_FIND, os[0], into(body, os[1], item, arguments[0]))
            )
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


def folded(body: Body, node: ast.Call, operator: Op, sets: Sequence[ir.Expr]) -> ir.Expr:
    """Return what an operation makes of sets, from the left."""
    result = sets[0] if len(sets) > 1 else copied(sets[0])
    for other in sets[1:]:
        result = algebra(body, node, operator, result, other)
    return result


def count(body: Body, node: ast.Call, base: ir.Expr, value: ir.Expr) -> ir.Expr:
    """Return how often a list has a value."""
    assert isinstance(base.type, ListOf)
    counted = integer(0, most_items(body, base))
    none = ir.Const(counted, 0)
    return looked_up(body, node, value, base, found=lambda x: apply(counted, Op.COUNT, base, x), absent=none)


def relation(body: Body, node: ast.Call, name: str, a: ir.Expr, b: ir.Expr) -> ir.Expr:
    t = joined(body, node, [a.type, b.type])
    a, b = into(body, a, t, node), into(body, b, t, node)
    if name == "isdisjoint":
        return apply(BOOL, Op.DISJOINT, a, b)
    return apply(BOOL, Op.SUBSET, *((a, b) if name == "issubset" else (b, a)))


def get(body: Body, node: ast.Call, base: ir.Expr) -> ir.Expr:
    """`d.get(k)` is an option; `d.get(k, default)` is of the values' type, widened where the default is outside it."""
    assert isinstance(base.type, DictOf)
    given = [body.expr(a, t) for a, t in zip(node.args, (base.type.key, base.type.value), strict=False)]
    return in_order(body, [base, *given], lambda os: got(body, node, *os))


def got(body: Body, node: ast.Call, base: ir.Expr, key: ir.Expr, otherwise: ir.Expr | None = None) -> ir.Expr:
    assert isinstance(base.type, DictOf)
    keys, values = base.type.key, base.type.value
    option = values if isinstance(values, Option) else Option(values)
    default = ir.Const(option, None) if otherwise is None else otherwise
    if otherwise is not None and isinstance(keys, Nothing) and isinstance(values, Nothing):
        what = "nothing is put into this dict but None, as far as anything shows"  # until a later round knows better
        body.assembly.problems.append(body.refusal(node, what, "write what `get` gives where the key is absent"))
        return default
    t = joined(body, node, [values, default.type])
    if isinstance(t, Option) and option is not values:
        none = ir.Const(option, None)
        found = looked_up(body, node, key, base, found=lambda k: apply(option, Op.DICT_FIND, base, k), absent=none)
        is_given = otherwise is not None and not isinstance(default.type, Nothing)
        return or_default(body, found, into(body, default, t, node), t) if is_given else found
    widened, default = into(body, base, DictOf(keys, t), node), into(body, default, t, node)
    return looked_up(body, node, key, base, found=lambda k: apply(t, Op.DICT_GET, widened, k, default), absent=default)


def or_default(body: Body, found: ir.Expr, default: ir.Expr, t: Type) -> ir.Expr:
    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        (there,) = operands
        return apply(t, Op.IF, is_none(there), default, there if there.type == t else apply(t, Op.CONVERT, there))

    return in_order(body, [found], made)
