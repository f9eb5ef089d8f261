"""`sorted`, `reversed`: by the order of the items, or by a `key` of theirs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, most_items
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.comparisons import is_ordered
from quorate.language.lowering.reading.comprehensions import collected, key_of, one_argument
from quorate.language.lowering.reading.constants import mark_ordered
from quorate.language.lowering.reading.operators import container_of, sequence
from quorate.language.lowering.reading.walks import as_list, mark_group, sized, walk_of
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.values.lattice import high, integer, one
from quorate.language.values.types import DictOf, Int, ListOf, Nothing, SetOf, TupleOf, Type

if TYPE_CHECKING:
    from quorate.language.lowering.bodies.body import Body


def call_reversed(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    items = listed(body, one_argument(body, node))
    return apply(items.type, Op.REVERSED, items)


def listed(body: Body, argument: ast.expr) -> ir.Expr:
    """Return a list that is no mere walk: what `range` and the like give is built."""
    items = walk_of(body, argument)
    if items is None:
        items = as_list(body, argument)
        mark_group(body, items)
        return items
    assert isinstance(items.type, ListOf)
    local, where = body.temporary(items.type.item, argument, "item"), body.place(argument)
    clause = ir.Clause((local,), items, where=where)
    return ir.Comprehension(items.type, Reduction.LIST, (clause,), (local,), where=where)


def call_sorted(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    """`sorted(xs, key=..., reverse=...)`: items in ascending order, equal keys in the order of xs."""
    named = {k.arg: k.value for k in node.keywords}
    if len(node.args) != 1 or not set(named) <= {"key", "reverse"}:
        raise body.refusal(node, "`sorted` takes one container, a `key` and `reverse`")
    down = named.get("reverse")
    if down is not None and not isinstance(down, ast.Constant):
        raise body.unsupported(node, "whether the order is reversed is computed here", "write `reverse=True` or leave it out")
    backward = isinstance(down, ast.Constant) and bool(down.value)
    items = sortable(body, node.args[0])
    if "key" in named:
        return sorted_by(body, node, items, named["key"], backward=backward)
    assert isinstance(items.type, ListOf | SetOf)
    if not is_ordered(body, items.type.item) and not isinstance(items.type.item, Nothing):
        raise body.refusal(node, f"{one(items.type.item)} has no order", "say by what: `key=lambda x: ...`")
    mark_ordered(body, items.type.item)
    t = ListOf(items.type.item, sized(most_items(body, items)))
    ascending = apply(t, Op.SORTED, items)
    return apply(t, Op.REVERSED, ascending) if backward else ascending


def sortable(body: Body, argument: ast.expr) -> ir.Expr:
    if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        reduction = Reduction.SET if isinstance(argument, ast.SetComp) else Reduction.LIST
        return collected(body, argument, reduction, None)
    walked = walk_of(body, argument)
    if walked is not None:
        return listed(body, argument)
    source = sequence(body, container_of(body, argument))
    if isinstance(source.type, DictOf):
        return apply(SetOf(source.type.key), Op.KEYS, source)
    if not isinstance(source.type, ListOf | SetOf):
        raise body.refusal(argument, f"{one(source.type)} cannot be sorted")
    return source


def sorted_by(body: Body, node: ast.Call, items: ir.Expr, key: ast.expr, *, backward: bool) -> ir.Expr:
    """Sort pairs of (key, position), then take the items from their positions: so equal keys keep their order."""
    return in_order(body, [items], lambda os: sorted_pairs(body, node, os[0], key, backward=backward))


def sorted_pairs(body: Body, node: ast.Call, items: ir.Expr, key: ast.expr, *, backward: bool) -> ir.Expr:
    assert isinstance(items.type, ListOf | SetOf)
    listed = items
    longest = sized(most_items(body, items))
    if isinstance(items.type, SetOf):
        listed = apply(ListOf(items.type.item, longest), Op.SORTED, items)
    item = body.temporary(items.type.item, node, "item")
    at = body.temporary(integer(0, None if longest is None else max(0, longest.value - 1)), key, "at")
    by = key_of(body, node, key, item, [ir.Clause((item,), items)])
    if not is_ordered(body, by.type):
        raise body.refusal(key, f"{one(by.type)} has no order")
    mark_ordered(body, by.type)
    assert isinstance(at.type, Int)
    most = high(at.type)
    position = apply(integer(None if most is None else -most, 0), Op.NEG, at) if backward else at
    pair = TupleOf((by.type, position.type))
    where = body.place(node)
    walked = apply(ListOf(TupleOf((at.type, items.type.item)), longest), Op.ENUMERATE, listed)
    walk = ir.Clause((at, item), walked, where=where)
    made = apply(pair, Op.MAKE_TUPLE, by, position)
    pairs = ir.Comprehension(ListOf(pair, longest), Reduction.LIST, (walk,), (made,), where=where)
    ascending = apply(pairs.type, Op.SORTED, pairs)
    keys = body.temporary(by.type, node, "key")
    back = body.temporary(position.type, node, "back")
    index = apply(at.type, Op.NEG, back) if backward else back
    ordered = apply(pairs.type, Op.REVERSED, ascending) if backward else ascending
    taken = apply(items.type.item, Op.INDEX, listed, index)
    clause = ir.Clause((keys, back), ordered, where=where)
    return ir.Comprehension(ListOf(items.type.item, longest), Reduction.LIST, (clause,), (taken,))
