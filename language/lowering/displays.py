"""Displays (`[a, b]`, `{k: v}`, `(a, b)`), and their items and slices."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.comparisons import Comparisons
from quorate.language.lowering.conversions import apply, number
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.soundness.loops import is_unordered
from quorate.language.values.lattice import (
    NOTHING,
    high,
    in_words,
    integer,
    low,
    minus,
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

    from quorate.language.lowering.body import Located


class Displays(Comparisons):
    """Adds displays, items and slices."""

    def _items(self, node: ast.Set | ast.List, nodes: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
        inner = expected.item if isinstance(expected, Option) else expected
        wanted = inner.item if isinstance(inner, SetOf | ListOf) and not isinstance(inner.item, Nothing) else None
        if any(isinstance(n, ast.Starred) for n in nodes):
            return self._starred(node, nodes, wanted)
        items = [self.opened(self.expr(n, wanted)) for n in nodes]
        item = self._item_type(node, [i.type for i in items])
        converted = [self.into(i, item, n) for i, n in zip(items, nodes, strict=True)]
        if isinstance(node, ast.Set):
            return apply(SetOf(item), Op.MAKE_SET, *converted)
        return apply(ListOf(item, Size(len(items), str(len(items)))), Op.MAKE_LIST, *converted)

    def _item_type(self, node: Located, types: Sequence[Type]) -> Type:
        item = self.joined(node, types)
        return Option(NOTHING) if types and isinstance(item, Nothing) else item

    def _starred(self, node: ast.Set | ast.List, nodes: Sequence[ast.expr], wanted: Type | None) -> ir.Expr:
        """`[*xs, y]` and `{*xs, y}`: the parts, put together."""
        pieces: list[ir.Expr] = []
        for n in nodes:
            if isinstance(n, ast.Starred):
                piece = self.sequence(self.container(n.value))
                if isinstance(node, ast.List) and not isinstance(piece.type, ListOf):
                    raise self.refusal(n, "a list built from a set depends on the order", "write `*sorted(...)`")
            else:
                piece = self._items(
                    ast.copy_location(ast.List([n], ast.Load()), n), [n], ListOf(wanted, None) if wanted else None
                )
            pieces.append(piece if isinstance(node, ast.List) else self.as_set(piece))
        result = pieces[0]
        for piece in pieces[1:]:
            if isinstance(node, ast.List):
                result = self.concatenated(node, result, piece)
            else:
                result = self.algebra(node, Op.UNION, result, piece)
        return result

    def _tuple_display(self, nodes: Sequence[ast.expr], expected: Type | None) -> ir.Expr:
        inner = expected.item if isinstance(expected, Option) else expected
        wanted: Sequence[Type | None] = [None] * len(nodes)
        if isinstance(inner, TupleOf) and len(inner.items) == len(nodes):
            wanted = inner.items
        elif isinstance(inner, ListOf):
            wanted = [inner.item] * len(nodes)
        items = [self.opened(self.expr(n, w)) for n, w in zip(nodes, wanted, strict=True)]
        return apply(TupleOf(tuple(i.type for i in items)), Op.MAKE_TUPLE, *items)

    def _dict_display(
        self, node: ast.Dict, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], expected: Type | None
    ) -> ir.Expr:
        inner = expected.item if isinstance(expected, Option) else expected
        want_key, want_value = (inner.key, inner.value) if isinstance(inner, DictOf) else (None, None)
        named = [k for k in keys if k is not None]
        if len(named) != len(keys):
            return self._spread(node, keys, values, expected)
        key_exprs = [self.opened(self.expr(k, want_key)) for k in named]
        value_exprs = [self.opened(self.expr(v, want_value)) for v in values]
        key = self._item_type(node, [e.type for e in key_exprs])
        value = self._item_type(node, [e.type for e in value_exprs])
        pairs: list[ir.Expr] = []
        for k, v, k_node, v_node in zip(key_exprs, value_exprs, named, values, strict=True):
            pairs += [self.into(k, key, k_node), self.into(v, value, v_node)]
        return apply(DictOf(key, value), Op.MAKE_DICT, *pairs)

    def _spread(
        self, node: ast.Dict, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], expected: Type | None
    ) -> ir.Expr:
        """`{**d, k: v}`: later parts win."""
        result: ir.Expr = apply(DictOf(NOTHING, NOTHING), Op.MAKE_DICT)
        for key, value in zip(keys, values, strict=True):
            piece = self.container(value) if key is None else self._dict_display(node, [key], [value], expected)
            t = self.joined(node, [result.type, piece.type])
            result = apply(t, Op.DICT_MERGE, self.into(result, t, node), self.into(piece, t, node))
        return result

    def _subscript(self, node: ast.Subscript, base: ast.expr, index: ast.expr) -> ir.Expr:
        container = self.container(base)
        if isinstance(index, ast.Slice):
            return self._slice(node, self.sequence(container), index)
        if (
            isinstance(container, ir.Const)
            and isinstance(container.type, ListOf)
            and isinstance(container.type.item, ProcessId)
        ):
            self.mark_ordered(container.type)
        return self.item(node, container, index)

    def item(self, node: ast.expr, container: ir.Expr, index: ast.expr) -> ir.Expr:
        """Return `container[index]` of a list, tuple or dict."""
        match container.type:
            case DictOf(key, value):
                return apply(value, Op.INDEX, container, self.value(index, key))
            case TupleOf(items):
                return self._tuple_item(node, container, items, index)
            case ListOf(item, _):
                back = self.negative(index)
                if back is not None:
                    return apply(item, Op.INDEX_BACK, container, number(back))
                return apply(item, Op.INDEX, container, self.index(index))
            case _:
                pass
        raise self.refusal(node, f"a `{in_words(container.type)}` has no items by number")

    def _tuple_item(self, node: ast.expr, container: ir.Expr, items: tuple[Type, ...], index: ast.expr) -> ir.Expr:
        position = self.expr(index)
        if not isinstance(position, ir.Const | ir.Parameter) or not isinstance(position.value, int):
            listed = self.sequence(container)
            if isinstance(listed.type, ListOf):
                return self.item(node, listed, index)
            raise self.unsupported(
                index, "an item of a tuple of mixed types is chosen by a computed number", "use `if`, or a record"
            )
        at = position.value + (len(items) if position.value < 0 else 0)
        if not 0 <= at < len(items):
            raise self.refusal(index, f"the tuple has {len(items)} items")
        return apply(items[at], Op.INDEX, container, number(at))

    def negative(self, index: ast.expr) -> int | None:
        """Return n of a literal index `-n`; a computed one is refused: below zero it would wrap around unnoticed."""
        if not (isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub)):
            return None
        value = self.expr(index)
        if (
            isinstance(index.operand, ast.Constant)
            and isinstance(value, ir.Const)
            and isinstance(value.value, int)
            and value.value < 0
        ):
            return -value.value
        if isinstance(value, ir.Const) and value.value == 0:
            return None
        raise self.refusal(index, "a negative index must be a literal", f"write `len(...) - {ast.unparse(index.operand)}`")

    def index(self, node: ast.expr) -> ir.Expr:
        """Return an index from the front."""
        return self.integer(node)

    def _slice(self, node: ast.Subscript, container: ir.Expr, span: ast.Slice) -> ir.Expr:
        if not isinstance(container.type, ListOf) or is_unordered(container):
            raise self.refusal(node, f"a `{in_words(container.type)}` has no slices")
        if isinstance(container, ir.Const) and isinstance(container.type.item, ProcessId):
            self.mark_ordered(container.type)
        if span.step is not None:
            return self._reversed_slice(node, container, span)
        if not self.is_repeatable(container):
            raise self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
        start = number(0) if span.lower is None else self._end(span.lower, container)
        stop = self.length(container) if span.upper is None else self._end(span.upper, container)
        return apply(ListOf(container.type.item, self._sliced(container, start, stop)), Op.SLICE, container, start, stop)

    def _sliced(self, container: ir.Expr, start: ir.Expr, stop: ir.Expr) -> Size | None:
        """Return how long a slice may be."""
        ends = [n for n in (self.most(container), high(self.flow.range(stop))) if n is not None]
        if not ends:
            return None
        length = max(0, min(ends) - (low(self.flow.range(start)) or 0))
        return Size(length, str(length))

    def _reversed_slice(self, node: ast.Subscript, container: ir.Expr, span: ast.Slice) -> ir.Expr:
        if span.lower is None and span.upper is None and span.step is not None and self.negative(span.step) == 1:
            return apply(container.type, Op.REVERSED, container)
        raise self.unsupported(node, "a slice with a step is not supported", "write a comprehension over `range(...)`")

    def _end(self, node: ast.expr, container: ir.Expr) -> ir.Expr:
        """An end of a slice, from the front; one below zero is an error of the model, as for an index."""
        back = self.negative(node)
        if back is not None:
            shorter = apply(
                minus(self.flow.range(self.length(container)), integer(back, back)),
                Op.SUB,
                self.length(container),
                number(back),
            )
            return apply(integer(0, high(self.flow.range(shorter))), Op.MAX, shorter, number(0))
        end = self.integer(node)
        bottom = low(self.flow.range(end))
        return end if bottom is not None and bottom >= 0 else apply(integer(0, high(self.flow.range(end))), Op.CONVERT, end)
