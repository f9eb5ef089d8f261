"""`sorted`, `reversed`: by the order of the items, or by a `key` of theirs."""

from __future__ import annotations

import ast

from quorate.language.lowering.conversions import apply
from quorate.language.lowering.records import Records
from quorate.language.lowering.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.values.lattice import high, in_words, integer
from quorate.language.values.types import DictOf, Int, ListOf, Nothing, SetOf, TupleOf, Type


class Sorting(Records):
    """Adds sorting."""

    def call_reversed(self, node: ast.Call, _: Type | None) -> ir.Expr:
        items = self._listed(self.one_argument(node))
        return apply(items.type, Op.REVERSED, items)

    def _listed(self, argument: ast.expr) -> ir.Expr:
        """Return a list that is no mere walk: what `range` and the like give is built."""
        items = self.walked(argument)
        if items is None:
            items = self.as_list(argument)
            self.mark_group(items)
            return items
        assert isinstance(items.type, ListOf)
        local = self.temporary(items.type.item, argument, "item")
        return ir.Comprehension(items.type, Reduction.LIST, (ir.Clause((local,), items),), (local,))

    def call_sorted(self, node: ast.Call, _: Type | None) -> ir.Expr:
        """`sorted(xs, key=..., reverse=...)`: items in ascending order, equal keys in the order of xs."""
        named = {k.arg: k.value for k in node.keywords}
        if len(node.args) != 1 or not set(named) <= {"key", "reverse"}:
            raise self.refusal(node, "`sorted` takes one container, a `key` and `reverse`")
        down = named.get("reverse")
        if down is not None and not isinstance(down, ast.Constant):
            raise self.unsupported(
                node, "whether the order is reversed is computed here", "write `reverse=True` or leave it out"
            )
        backward = isinstance(down, ast.Constant) and bool(down.value)
        items = self._sortable(node.args[0])
        if "key" in named:
            return self._sorted_by(node, items, named["key"], backward=backward)
        assert isinstance(items.type, ListOf | SetOf)
        if not self.is_ordered(items.type.item) and not isinstance(items.type.item, Nothing):
            raise self.refusal(node, f"a `{in_words(items.type.item)}` has no order", "say by what: `key=lambda x: ...`")
        self.mark_ordered(items.type.item)
        t = ListOf(items.type.item, sized(self.most(items)))
        ascending = apply(t, Op.SORTED, items)
        return apply(t, Op.REVERSED, ascending) if backward else ascending

    def _sortable(self, argument: ast.expr) -> ir.Expr:
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            reduction = Reduction.SET if isinstance(argument, ast.SetComp) else Reduction.LIST
            return self.collected(argument, reduction, None)
        walked = self.walked(argument)
        if walked is not None:
            return self._listed(argument)
        source = self.sequence(self.container(argument))
        if isinstance(source.type, DictOf):
            return apply(SetOf(source.type.key), Op.KEYS, source)
        if not isinstance(source.type, ListOf | SetOf):
            raise self.refusal(argument, f"a `{in_words(source.type)}` cannot be sorted")
        return source

    def _sorted_by(self, node: ast.Call, items: ir.Expr, key: ast.expr, *, backward: bool) -> ir.Expr:
        """Sort pairs of (key, position), then take the items from their positions: so equal keys keep their order."""
        assert isinstance(items.type, ListOf | SetOf)
        if not self.is_repeatable(items):
            raise self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
        listed = items
        longest = sized(self.most(items))
        if isinstance(items.type, SetOf):
            listed = apply(ListOf(items.type.item, longest), Op.SORTED, items)
        item = self.temporary(items.type.item, node, "item")
        at = self.temporary(integer(0, None if longest is None else max(0, longest.value - 1)), key, "at")
        by = self._key(node, key, item, [ir.Clause((item,), items)])
        if not self.is_ordered(by.type):
            raise self.refusal(key, f"a `{in_words(by.type)}` has no order")
        self.mark_ordered(by.type)
        assert isinstance(at.type, Int)
        most = high(at.type)
        position = apply(integer(None if most is None else -most, 0), Op.NEG, at) if backward else at
        pair = TupleOf((by.type, position.type))
        walk = ir.Clause((at, item), apply(ListOf(TupleOf((at.type, items.type.item)), longest), Op.ENUMERATE, listed))
        pairs = ir.Comprehension(ListOf(pair, longest), Reduction.LIST, (walk,), (apply(pair, Op.MAKE_TUPLE, by, position),))
        ascending = apply(pairs.type, Op.SORTED, pairs)
        keys = self.temporary(by.type, node, "key")
        back = self.temporary(position.type, node, "back")
        index = apply(at.type, Op.NEG, back) if backward else back
        ordered = apply(pairs.type, Op.REVERSED, ascending) if backward else ascending
        taken = apply(items.type.item, Op.INDEX, listed, index)
        return ir.Comprehension(ListOf(items.type.item, longest), Reduction.LIST, (ir.Clause((keys, back), ordered),), (taken,))
