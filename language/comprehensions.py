"""Comprehensions, and what reduces them: `any`, `all`, `sum`, `min`, `max`, `len`, `sorted`, `set`, `list`, `dict`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language import ir
from quorate.language.attributes import has_ids
from quorate.language.conversions import apply, number
from quorate.language.expressions import Expressions
from quorate.language.ir import Operator as Op
from quorate.language.ir import Reduction
from quorate.language.lattice import ANY_INT, BOOL, NOTHING, high, hull, in_words, integer, least_of, low, most_of, times
from quorate.language.loops import is_unordered
from quorate.language.narrowing import assume
from quorate.language.types import Bool, DictOf, Int, ListOf, Nothing, Option, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Comprehended = ast.ListComp | ast.SetComp | ast.GeneratorExp

UNORDERED = "its result depends on the order of a set"


class Comprehensions(Expressions):
    """Adds comprehensions. A clause binds locals of its own, seen only inside."""

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

    def clauses(
        self, node: Comprehended | ast.DictComp, body: Callable[[], list[ir.Expr]]
    ) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
        """Return the clauses and what `body` gives where their names are bound and their conditions hold."""
        before = self.flow.copy()
        made: list[ir.Clause] = []
        for generator in node.generators:
            source = self.source_of(generator.iter)
            targets = self.targets(generator.target, source)
            conditions: list[ir.Expr] = []
            for test in generator.ifs:
                conditions.append(self.condition(test))
                assume(self.flow, conditions[-1], truth=True)
            made.append(ir.Clause(targets, source, tuple(conditions)))
        found = body()
        self.flow.take(before)
        self._check_effects(node, made, found)
        return tuple(made), found

    def _check_effects(self, node: ast.expr, clauses: Sequence[ir.Clause], body: Sequence[ir.Expr]) -> None:
        """Refuse what chooses or acts for each item of a set: in which order, would depend on the set's."""
        parts = [*body, *(c for clause in clauses for c in clause.conditions), *(clause.source for clause in clauses[1:])]
        if all(map(self.is_repeatable, parts)):
            return
        for clause in clauses:
            if is_unordered(clause.source):
                what = "this chooses or does something for each item of a set, in the set's order"
                raise self.refusal(node, what, "walk `sorted(...)`")
            self.mark_group(clause.source)

    # -- what is walked

    def source_of(self, node: ast.expr) -> ir.Expr:
        """Return what a `for` walks: a list, set, or dict's keys, or what is only ever walked (`range`, `enumerate`, `zip`)."""
        source = self.walked(node)
        if source is None:
            source = self.sequence(self.container(node))
        if isinstance(source.type, DictOf):
            source = apply(SetOf(source.type.key), Op.KEYS, source)
        if not isinstance(source.type, SetOf | ListOf):
            raise self.refusal(node, f"a `{in_words(source.type)}` cannot be walked")
        return source

    def walked(self, node: ast.expr) -> ir.Expr | None:
        """Return what may only stand where it is walked at once, or None where the node is none of it."""
        if not isinstance(node, ast.Call):
            return None
        if self.is_builtin(node.func, "range"):
            return self._range(node)
        if self.is_builtin(node.func, "enumerate"):
            return self._enumerate(node)
        if self.is_builtin(node.func, "zip"):
            return self._zip(node)
        return None

    def _range(self, node: ast.Call) -> ir.Expr:
        if node.keywords or not 1 <= len(node.args) <= 3:
            raise self.refusal(node, "`range` takes one to three numbers")
        ends = [self.integer(a) for a in node.args]
        start = ends[0] if len(ends) > 1 else number(0)
        stop = ends[0] if len(ends) == 1 else ends[1]
        step = ends[2] if len(ends) == 3 else number(1)
        if not isinstance(step, ir.Const | ir.Parameter) or not isinstance(step.value, int) or step.value == 0:
            raise self.unsupported(node, "the step of a `range` must be constant, and not 0", "write a number there")
        first, last = self.flow.range(start), self.flow.range(stop)
        up = step.value > 0
        bottom = low(first) if up else (None if low(last) is None else (low(last) or 0) + 1)
        top = (None if high(last) is None else (high(last) or 0) - 1) if up else high(first)
        longest = None if bottom is None or top is None else max(0, (top - bottom) // abs(step.value) + 1)
        if bottom is not None and top is not None:
            top = max(bottom, top)
        return apply(ListOf(integer(bottom, top), sized(longest)), Op.RANGE, start, stop, step)

    def _enumerate(self, node: ast.Call) -> ir.Expr:
        if node.keywords or len(node.args) != 1:
            raise self.unsupported(
                node, "`enumerate` from another start is not supported", "add to the number where it is used"
            )
        items = self.as_list(node.args[0])
        assert isinstance(items.type, ListOf)
        self.mark_ordered(items.type if isinstance(items, ir.Const) else NOTHING)
        most = items.type.longest
        position = integer(0, None if most is None else max(0, most.value - 1))
        return apply(ListOf(TupleOf((position, items.type.item)), most), Op.ENUMERATE, items)

    def _zip(self, node: ast.Call) -> ir.Expr:
        if len(node.args) != 2 or any(k.arg != "strict" for k in node.keywords):
            raise self.unsupported(node, "`zip` is of two lists here", "walk one, and index the others")
        left, right = (self.as_list(a) for a in node.args)
        assert isinstance(left.type, ListOf)
        assert isinstance(right.type, ListOf)
        for side in (left, right):
            self.mark_ordered(side.type if isinstance(side, ir.Const) else NOTHING)
        known = [s for s in (left.type.longest, right.type.longest) if s is not None]
        longest = min(known, key=lambda s: s.value) if known else None
        return apply(ListOf(TupleOf((left.type.item, right.type.item)), longest), Op.ZIP, left, right)

    def as_list(self, node: ast.expr) -> ir.Expr:
        """Return a list that is walked by position."""
        items = self.walked(node) or self.sequence(self.container(node))
        if not isinstance(items.type, ListOf) or is_unordered(items):
            raise self.refusal(
                node,
                f"the positions in a `{in_words(items.type)}` depend on an order that it does not have",
                "write `sorted(...)`",
            )
        return items

    # -- targets

    def targets(self, target: ast.expr, source: ir.Expr) -> tuple[ir.Local, ...]:
        """Bind the names of a `for` to the items of its source."""
        item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
        old = self.is_old(source) and has_ids(item)
        if isinstance(target, ast.Name):
            return (self.target(target, item, old=old),)
        if isinstance(target, ast.Tuple) and isinstance(item, TupleOf) and len(item.items) == len(target.elts):
            return tuple(self._part(t, i, old=old) for t, i in zip(target.elts, item.items, strict=True))
        raise self.refusal(target, f"this does not unpack a `{in_words(item)}`")

    def _part(self, target: ast.expr, t: Type, *, old: bool) -> ir.Local:
        if not isinstance(target, ast.Name):
            raise self.unsupported(target, "a name is unpacked in two levels here", "give the inner tuple a name")
        return self.target(target, t, old=old)

    def target(self, target: ast.Name, t: Type, *, old: bool = False) -> ir.Local:
        unique = self.version(target.id, target)
        self.flow.aliased |= {unique}
        self.flow.old = self.flow.old | {unique} if old else self.flow.old - {unique}
        return self.bind(target.id, unique, t)

    # -- what is made

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

    def mark_group(self, source: ir.Expr) -> None:
        """Note that the order of a group is seen, where the source is one."""
        if isinstance(source, ir.Const) and isinstance(source.type, ListOf):
            self.mark_ordered(source.type)

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

    # -- what is reduced to one value

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

    def over(self, node: ast.expr, body: Callable[[ir.Local], list[ir.Expr]]) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
        """Return one clause over the items of a container, and what `body` makes of its local."""
        source = self.source_of(node)
        item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
        local = self.temporary(item, node, "item")
        if self.is_old(source):
            self.flow.old |= {local.name}
        return (ir.Clause((local,), source),), body(local)

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


def sized(length: int | None) -> Size | None:
    return None if length is None else Size(length, str(length))


def _tie_remedy(key: ast.expr) -> str:
    if isinstance(key, ast.Lambda):
        name = key.args.args[0].arg
        return f"add the item itself: `key=lambda {name}: ({ast.unparse(key.body)}, {name})`"
    return "let the key tell the items apart, or write `sorted(...)` around the set"
