"""What `for` walks, in loops and comprehensions: containers, `range`, `enumerate`, `zip`; and the names it binds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.attributes import has_ids
from quorate.language.lowering.conversions import apply, number
from quorate.language.lowering.expressions import Expressions
from quorate.language.lowering.narrowing import assume
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.soundness.loops import is_unordered
from quorate.language.values.lattice import NOTHING, high, in_words, integer, low
from quorate.language.values.types import DictOf, ListOf, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Comprehended = ast.ListComp | ast.SetComp | ast.GeneratorExp


class Walks(Expressions):
    """Adds walks. A clause binds locals of its own, seen only inside."""

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

    def over(self, node: ast.expr, body: Callable[[ir.Local], list[ir.Expr]]) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
        """Return one clause over the items of a container, and what `body` makes of its local."""
        source = self.source_of(node)
        item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
        local = self.temporary(item, node, "item")
        if self.is_old(source):
            self.flow.old |= {local.name}
        return (ir.Clause((local,), source),), body(local)

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

    def mark_group(self, source: ir.Expr) -> None:
        """Note that the order of a group is seen, where the source is one."""
        if isinstance(source, ir.Const) and isinstance(source.type, ListOf):
            self.mark_ordered(source.type)


def sized(length: int | None) -> Size | None:
    return None if length is None else Size(length, str(length))
