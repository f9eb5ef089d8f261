"""Displays (`[a, b]`, `{k: v}`, `(a, b)`), and their items and slices."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, copied, into, length_of, most_items, number, opened
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.attributes import module_value
from quorate.language.lowering.reading.constants import integer_of, joined, looked_up, mark_ordered
from quorate.language.lowering.reading.operators import algebra, as_set, concatenated, container_of, sequence
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.soundness.order import is_unordered
from quorate.language.values.lattice import (
    NOTHING,
    high,
    integer,
    low,
    minus,
    one,
)
from quorate.language.values.types import (
    DictOf,
    ListOf,
    Nothing,
    Option,
    ProcessId,
    SetOf,
    Size,
    TupleOf,
    Type,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.lowering.bodies.body import Body, Located


def items_display(body: Body, node: ast.Set | ast.List, nodes: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
    inner = expected.item if isinstance(expected, Option) else expected
    wanted = inner.item if isinstance(inner, SetOf | ListOf) and not isinstance(inner.item, Nothing) else None
    if any(isinstance(n, ast.Starred) for n in nodes):
        return starred(body, node, nodes, wanted)
    items = [opened(body, body.expr(n, wanted)) for n in nodes]
    item = item_type(body, node, [i.type for i in items])
    length = Size(len(items), str(len(items)))
    t, operator = (SetOf(item), Op.MAKE_SET) if isinstance(node, ast.Set) else (ListOf(item, length), Op.MAKE_LIST)

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        return apply(t, operator, *(into(body, i, item, n) for i, n in zip(operands, nodes, strict=True)))

    return in_order(body, items, made)


def item_type(body: Body, node: Located, types: Sequence[Type]) -> Type:
    item = joined(body, node, types)
    return Option(NOTHING) if types and isinstance(item, Nothing) else item


def starred(body: Body, node: ast.Set | ast.List, nodes: Sequence[ast.expr], wanted: Type | None) -> ir.Expr:
    """`[*xs, y]` and `{*xs, y}`: the parts, put together."""
    pieces: list[ir.Expr] = []
    for n in nodes:
        if isinstance(n, ast.Starred):
            piece = sequence(body, container_of(body, n.value))
            if isinstance(node, ast.List) and (not isinstance(piece.type, ListOf) or is_unordered(piece)):
                raise body.refusal(n, "a list built from a set depends on the order", "write `*sorted(...)`")
        else:
            piece = items_display(
                body, ast.copy_location(ast.List([n], ast.Load()), n), [n], ListOf(wanted, None) if wanted else None
            )
        pieces.append(piece if isinstance(node, ast.List) else as_set(body, piece))
    return in_order(body, pieces, lambda os: put_together(body, node, os))


def put_together(body: Body, node: ast.Set | ast.List, pieces: Sequence[ir.Expr]) -> ir.Expr:
    """Return one list or set of the items of several."""
    result = pieces[0] if len(pieces) > 1 else copied(pieces[0])
    for piece in pieces[1:]:
        if isinstance(node, ast.List):
            result = concatenated(body, node, result, piece)
        else:
            result = algebra(body, node, Op.UNION, result, piece)
    return result


def tuple_display(body: Body, nodes: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
    inner = expected.item if isinstance(expected, Option) else expected
    wanted: Sequence[Type | None] = [None] * len(nodes)
    if isinstance(inner, TupleOf) and len(inner.items) == len(nodes):
        wanted = inner.items
    elif isinstance(inner, ListOf):
        wanted = [inner.item] * len(nodes)
    items = [opened(body, body.expr(n, w)) for n, w in zip(nodes, wanted, strict=True)]
    return apply(TupleOf(tuple(i.type for i in items)), Op.MAKE_TUPLE, *items)


def dict_display(
    body: Body, node: ast.Dict, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], expected: Type | None
) -> ir.Expr:
    inner = expected.item if isinstance(expected, Option) else expected
    want_key, want_value = (inner.key, inner.value) if isinstance(inner, DictOf) else (None, None)
    named = [k for k in keys if k is not None]
    if len(named) != len(keys):
        return spread(body, node, keys, values, expected)
    nodes = [part for pair in zip(named, values, strict=True) for part in pair]
    pairs = [opened(body, body.expr(n, (want_key, want_value)[i % 2])) for i, n in enumerate(nodes)]
    key = item_type(body, node, [e.type for e in pairs[::2]])
    value = item_type(body, node, [e.type for e in pairs[1::2]])

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        parts = [into(body, o, (key, value)[i % 2], nodes[i]) for i, o in enumerate(operands)]
        return apply(DictOf(key, value), Op.MAKE_DICT, *parts)

    return in_order(body, pairs, made)


def spread(
    body: Body, node: ast.Dict, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], expected: Type | None
) -> ir.Expr:
    """`{**d, k: v}`: later parts win."""
    pieces = [
        container_of(body, value) if key is None else dict_display(body, node, [key], [value], expected)
        for key, value in zip(keys, values, strict=True)
    ]
    return in_order(body, pieces, lambda os: merged(body, node, os))


def merged(body: Body, node: ast.Dict, pieces: Sequence[ir.Expr]) -> ir.Expr:
    """Return one dict of the items of several: the later ones win."""
    result: ir.Expr = apply(DictOf(NOTHING, NOTHING), Op.MAKE_DICT)
    for piece in pieces:
        t = joined(body, node, [result.type, piece.type])
        result = apply(t, Op.DICT_MERGE, into(body, result, t, node), into(body, piece, t, node))
    return result


def subscript(body: Body, node: ast.Subscript, base: ast.expr, index: ast.expr) -> ir.Expr:
    enum = module_value(body, base)
    if isinstance(enum, type) and issubclass(enum, Enum):
        raise looked_up(body, node, enum, index)
    container = container_of(body, base)
    if isinstance(index, ast.Slice):
        return slice_of(body, node, sequence(body, container), index)
    if isinstance(container, ir.Const) and isinstance(container.type, ListOf) and isinstance(container.type.item, ProcessId):
        mark_ordered(body, container.type)
    return item_of(body, node, container, index)


def item_of(body: Body, node: ast.expr, container: ir.Expr, index: ast.expr) -> ir.Expr:
    """Return `container[index]` of a list, tuple or dict."""
    match container.type:
        case DictOf(key, value):
            at = body.expr(index, key)
            return in_order(body, [container, at], lambda os: apply(value, Op.INDEX, os[0], into(body, os[1], key, index)))
        case TupleOf(items):
            return tuple_item(body, node, container, items, index)
        case ListOf(item, _):
            back = negative(body, index)
            if back is not None:
                return apply(item, Op.INDEX_BACK, container, number(back))
            return apply(item, Op.INDEX, container, index_of(body, index))
        case _:
            pass
    raise body.refusal(node, f"{one(container.type)} has no items by number")


def tuple_item(body: Body, node: ast.expr, container: ir.Expr, items: tuple[Type, ...], index: ast.expr) -> ir.Expr:
    position = body.expr(index)
    if not isinstance(position, ir.Const | ir.Parameter) or not isinstance(position.value, int):
        listed = sequence(body, container)
        if isinstance(listed.type, ListOf):
            return item_of(body, node, listed, index)
        raise body.unsupported(
            index, "an item of a tuple of mixed types is chosen by a computed number", "use `if`, or a record"
        )
    if position.value < 0 and negative(body, index) is None:
        raise body.refusal(index, "a negative index must be a literal", f"write `{position.value}`")
    at = position.value + (len(items) if position.value < 0 else 0)
    if not 0 <= at < len(items):
        raise body.refusal(index, f"the tuple has {len(items)} items")
    return apply(items[at], Op.INDEX, container, number(at))


def negative(body: Body, index: ast.expr) -> int | None:
    """Return n of a literal index `-n`; a computed one is refused: below zero it would wrap around unnoticed."""
    if not (isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)):
        return None
    value = body.expr(index)
    if (
        isinstance(index.operand, ast.Constant)
        and isinstance(value, ir.Const)
        and isinstance(value.value, int)
        and value.value < 0
    ):
        return -value.value
    if isinstance(value, ir.Const) and value.value == 0:
        return None
    raise body.refusal(index, "a negative index must be a literal", f"write `len(...) - {ast.unparse(index.operand)}`")


def index_of(body: Body, node: ast.expr) -> ir.Expr:
    """Return an index from the front."""
    return integer_of(body, node)


def slice_of(body: Body, node: ast.Subscript, container: ir.Expr, span: ast.Slice) -> ir.Expr:
    if not isinstance(container.type, ListOf) or is_unordered(container):
        raise body.refusal(node, f"{one(container.type)} has no slices")
    if isinstance(container, ir.Const) and isinstance(container.type.item, ProcessId):
        mark_ordered(body, container.type)
    if span.step is not None:
        return reversed_slice(body, node, container, span)
    ends = [None if e is None or negative(body, e) is not None else from_front(body, e) for e in (span.lower, span.upper)]

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        whole, given = operands[0], iter(operands[1:])
        assert isinstance(whole.type, ListOf)
        start = next(given) if ends[0] is not None else back_end(body, span.lower, whole, number(0))
        stop = next(given) if ends[1] is not None else back_end(body, span.upper, whole, length_of(body, whole))
        return apply(ListOf(whole.type.item, sliced(body, whole, start, stop)), Op.SLICE, whole, start, stop)

    return in_order(body, [container, *(e for e in ends if e is not None)], made)


def sliced(body: Body, container: ir.Expr, start: ir.Expr, stop: ir.Expr) -> Size | None:
    """Return how long a slice may be."""
    ends = [n for n in (most_items(body, container), high(body.flow.range(stop))) if n is not None]
    if not ends:
        return None
    length = max(0, min(ends) - (low(body.flow.range(start)) or 0))
    return Size(length, str(length))


def reversed_slice(body: Body, node: ast.Subscript, container: ir.Expr, span: ast.Slice) -> ir.Expr:
    if span.lower is None and span.upper is None and span.step is not None and negative(body, span.step) == 1:
        return apply(container.type, Op.REVERSED, copied(container))
    raise body.unsupported(node, "a slice with a step is not supported", "write a comprehension over `range(...)`")


def from_front(body: Body, node: ast.expr) -> ir.Expr:
    """Return a computed end of a slice; one below zero is an error of the model, as for an index."""
    end = integer_of(body, node)
    bottom = low(body.flow.range(end))
    return end if bottom is not None and bottom >= 0 else apply(integer(0, high(body.flow.range(end))), Op.CONVERT, end)


def back_end(body: Body, node: ast.expr | None, container: ir.Expr, otherwise: ir.Expr) -> ir.Expr:
    """Return an end of a slice that is counted from the list's end, or none that is given."""
    back = None if node is None else negative(body, node)
    if back is None:
        return otherwise
    length = length_of(body, container)
    shorter = apply(minus(body.flow.range(length), integer(back, back)), Op.SUB, length, number(back))
    return apply(integer(0, high(body.flow.range(shorter))), Op.MAX, shorter, number(0))
