"""Comprehensions, and what reduces them: `any`, `all`, `sum`, `min`, `max`, `len`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.conversions import apply
from quorate.language.lowering.walks import Comprehended, Walks, sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.soundness.loops import is_unordered
from quorate.language.values.lattice import ANY_INT, BOOL, NOTHING, hull, in_words, integer, least_of, most_of, times
from quorate.language.values.types import Bool, DictOf, Int, ListOf, Nothing, Option, SetOf, Size, Type

if TYPE_CHECKING:
    from collections.abc import Sequence


class Comprehensions(Walks):
    """Adds comprehensions."""

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, expected: Type | None
    ) -> ir.Expr:
        """Return the list, set or dict that a comprehension builds."""
        inner = expected.item if isinstance(expected, Option) else expected
        if isinstance(node, ast.DictComp):
            return self._dict(node, inner)
        if isinstance(node, ast.GeneratorExp):
            raise self.refusal(node, "a generator cannot be kept", "write a list `[...]` or a set `{...}`")
        wanted = inner.item if isinstance(inner, SetOf | ListOf) else None
        if isinstance(node, ast.SetComp):
            return self.collected(node, Reduction.SET, wanted)
        return self.collected(node, Reduction.LIST, wanted, ordered=True)

    def collected(self, node: Comprehended, reduction: Reduction, wanted: Type | None, *, ordered: bool = False) -> ir.Expr:
        """Return a list or set of the items; a list from a set is refused where its order would be seen (`ordered`)."""
        clauses, body = self.clauses(node, lambda: [self._item(node.elt, wanted)])
        if reduction is Reduction.LIST and ordered:
            self.check_order(node, clauses)
        item = body[0].type if not isinstance(body[0].type, Nothing) else Option(NOTHING)
        body = [self.into(body[0], item, node)]
        t: Type = SetOf(item) if reduction is Reduction.SET else ListOf(item, self._length(clauses))
        return ir.Comprehension(t, reduction, clauses, tuple(body))

    def _item(self, node: ast.expr, wanted: Type | None) -> ir.Expr:
        return self.opened(self.expr(node, wanted))

    def check_order(self, node: ast.expr, clauses: Sequence[ir.Clause]) -> None:
        """Refuse a list whose order would be that of a set; mark groups whose order it shows."""
        for clause in clauses:
            if is_unordered(clause.source):
                raise self.refusal(
                    node, "a list built from a set depends on the order", "write `sorted(...)` around the set, or build a set"
                )
            self.mark_group(clause.source)

    def _length(self, clauses: Sequence[ir.Clause]) -> Size | None:
        total: int | None = 1
        for clause in clauses:
            most = self.most(clause.source)
            total = None if total is None or most is None else total * most
        return sized(total)

    def _dict(self, node: ast.DictComp, inner: Type | None) -> ir.Expr:
        key_type, value_type = (inner.key, inner.value) if isinstance(inner, DictOf) else (None, None)
        clauses, (key, value) = self.clauses(node, lambda: [self.expr(node.key, key_type), self.expr(node.value, value_type)])
        bound = {t.name for c in clauses for t in c.targets}
        if any(is_unordered(c.source) for c in clauses) and not (isinstance(key, ir.Local) and key.name in bound):
            raise self.refusal(
                node, "which of two equal keys wins depends on the order of a set", "write `sorted(...)` around the set"
            )
        value_as = Option(NOTHING) if isinstance(value.type, Nothing) else value.type
        return ir.Comprehension(DictOf(key.type, value_as), Reduction.DICT, clauses, (key, self.into(value, value_as, node)))

    def quantified(self, node: ast.Call, reduction: Reduction) -> ir.Expr:
        """Return `any(...)` or `all(...)`; in a property its place is a site."""
        argument = self.one_argument(node)
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            elt = argument.elt
            clauses, body = self.clauses(argument, lambda: [self.condition(elt)])
        else:
            clauses, body = self.over(argument, lambda item: [self.truth(item, argument)])
        return ir.Comprehension(BOOL, reduction, clauses, tuple(body), site=self.site(node))

    def site(self, node: ast.Call) -> int | None:
        """Return the number of a quantifier in its property."""
        sites = self.standing.sites
        if sites is None:
            return None
        where = self.place(node)
        if where not in sites:
            sites.append(where)
        return sites.index(where)

    def one_argument(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 1 or node.keywords:
            raise self.refusal(node, f"`{ast.unparse(node.func)}` takes one argument here")
        return node.args[0]

    def summed(self, node: ast.Call) -> ir.Expr:
        argument = self.one_argument(node)
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            elt = argument.elt
            if isinstance(argument, ast.SetComp):
                inner = self.collected(argument, Reduction.SET, None)
                clauses, body = self._over_expr(inner, argument)
            else:
                clauses, body = self.clauses(argument, lambda: [self._summand(elt)])
        else:
            clauses, body = self.over(argument, lambda item: [self.number_of(item, argument)])
        most = self._length(clauses)
        total = times(integer(0, None if most is None else most.value), hull(self.flow.range(body[0]), integer(0, 0)))
        return ir.Comprehension(total, Reduction.SUM, clauses, tuple(body))

    def _over_expr(self, source: ir.Expr, node: ast.expr) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
        item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
        local = self.temporary(item, node, "item")
        return (ir.Clause((local,), source),), [self.number_of(local, node)]

    def _summand(self, node: ast.expr) -> ir.Expr:
        value = self.expr(node)
        if isinstance(value.type, Bool):
            return self.as_number(value)
        return self.number_of(value, node)

    def extreme(self, node: ast.Call, reduction: Reduction) -> ir.Expr:
        """Return `min` or `max`: of several values, or of a container's items with a `key` and a `default`."""
        named = {k.arg: k.value for k in node.keywords}
        if len(node.args) > 1 and not named:
            return self._least_of(node, Op.MIN if reduction is Reduction.MIN else Op.MAX)
        if len(node.args) != 1 or not set(named) <= {"key", "default"}:
            raise self.refusal(node, "`min` and `max` take values, or one container with `key` and `default`")
        clauses, item = self._ranged(node.args[0])
        body = [item] if "key" not in named else [self._key(node, named["key"], item, clauses), item]
        if not self.is_ordered(body[0].type):
            raise self.refusal(node, f"a `{in_words(body[0].type)}` has no order", "say by what: `key=lambda x: ...`")
        self.mark_ordered(body[0].type)
        return self._with_default(node, reduction, clauses, body, named.get("default"))

    def _with_default(
        self,
        node: ast.Call,
        reduction: Reduction,
        clauses: tuple[ir.Clause, ...],
        body: list[ir.Expr],
        default: ast.expr | None,
    ) -> ir.Expr:
        if default is None:
            return ir.Comprehension(body[-1].type, reduction, clauses, tuple(body))
        otherwise = self.expr(default, body[-1].type)
        t = self.joined(node, [body[-1].type, otherwise.type])
        item = self.into(body[-1], t, node)
        if isinstance(t, Option) and len(body) == 1:
            body = [body[0], item]  # the order is that of the item, not of the option around it
        else:
            body = [*body[:-1], item]
        return ir.Comprehension(t, reduction, clauses, tuple(body), self.into(otherwise, t, default))

    def _ranged(self, argument: ast.expr) -> tuple[tuple[ir.Clause, ...], ir.Expr]:
        if isinstance(argument, ast.GeneratorExp | ast.ListComp):
            elt = argument.elt
            clauses, body = self.clauses(argument, lambda: [self.value_of(self.expr(elt), elt)])
        else:
            clauses, body = self.over(argument, lambda item: [item])
        return clauses, body[0]

    def _key(self, node: ast.Call, key: ast.expr, item: ir.Expr, clauses: Sequence[ir.Clause]) -> ir.Expr:
        """Return the key of an item; over a set it must tell all items apart, or a tie would depend on the order."""
        value = self.keyed(key, item)
        values = value.operands if isinstance(value, ir.Apply) and value.operator is Op.MAKE_TUPLE else (value,)
        if any(is_unordered(c.source) for c in clauses) and item not in values:
            raise self.refusal(
                node, "which of two items with the same key comes first depends on the order of a set", _tie_remedy(key)
            )
        if item not in values:
            for clause in clauses:
                self.mark_group(clause.source)
        return value

    def keyed(self, key: ast.expr, item: ir.Expr) -> ir.Expr:
        """Return what a `key=` makes of an item: a lambda, or a function of one argument."""
        if isinstance(key, ast.Lambda):
            if len(key.args.args) != 1:
                raise self.refusal(key, "the `key` takes one item")
            before = self.flow.copy()
            if isinstance(item, ir.Local):
                self.bind(key.args.args[0].arg, item.name, item.type)
            else:
                raise self.refusal(key, "the items of this `key` are computed", "put the computation into the `key`")
            value = self.expr(key.body)
            self.flow.take(before)
            return value
        called = ast.copy_location(ast.Call(key, [ast.copy_location(ast.Name("item", ast.Load()), key)], []), key)
        before = self.flow.copy()
        if isinstance(item, ir.Local):
            self.bind("item", item.name, item.type)
        value = self.call(called, None)
        self.flow.take(before)
        return value

    def _least_of(self, node: ast.Call, operator: Op) -> ir.Expr:
        values = [self.value_of(self.expr(a), a) for a in node.args]
        if all(isinstance(v.type, Int) for v in values):
            bounds = least_of if operator is Op.MIN else most_of
            return apply(bounds([self.flow.range(v) for v in values]), operator, *values)
        t = self.joined(node, [v.type for v in values])
        if not self.is_ordered(t) or isinstance(t, Bool):
            self.into(values[0], ANY_INT, node.args[0])
            raise self.refusal(node, f"a `{in_words(t)}` has no order")
        self.mark_ordered(t)
        return apply(t, operator, *(self.into(v, t, a) for v, a in zip(values, node.args, strict=True)))

    def counted(self, node: ast.Call) -> ir.Expr:
        """Return `len(...)`."""
        argument = self.one_argument(node)
        if isinstance(argument, ast.ListComp | ast.GeneratorExp):
            elt = argument.elt
            clauses, body = self.clauses(argument, lambda: [self.expr(elt)])
            most = self._length(clauses)
            return ir.Comprehension(integer(0, None if most is None else most.value), Reduction.COUNT, clauses, tuple(body))
        if isinstance(argument, ast.SetComp):
            return self.length(self.collected(argument, Reduction.SET, None))
        container = self.walked(argument) or self.sequence(self.container(argument))
        if isinstance(container.type, SetOf | ListOf | DictOf):
            return self._size(container)
        raise self.refusal(argument, f"a `{in_words(container.type)}` has no length")

    def _size(self, container: ir.Expr) -> ir.Expr:
        """The length of a whole group keeps the parameter's name."""
        t = container.type
        if isinstance(container, ir.Const) and isinstance(t, ListOf) and t.longest is not None and not t.longest.text.isdigit():
            return ir.Parameter(Int(t.longest, t.longest), t.longest.text, t.longest.value)
        return self.length(container)


def _tie_remedy(key: ast.expr) -> str:
    if isinstance(key, ast.Lambda):
        name = key.args.args[0].arg
        return f"add the item itself: `key=lambda {name}: ({ast.unparse(key.body)}, {name})`"
    return "let the key tell the items apart, or write `sorted(...)` around the set"
