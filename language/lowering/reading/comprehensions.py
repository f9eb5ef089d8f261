"""Comprehensions, and what reduces them: `any`, `all`, `sum`, `min`, `max`, `len`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import (
    apply,
    as_number,
    into,
    length_of,
    most_items,
    number,
    opened,
    truth,
    value_of,
)
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.comparisons import is_ordered
from quorate.language.lowering.reading.constants import is_builtin, joined, mark_ordered, number_of
from quorate.language.lowering.reading.operators import condition_of, container_of, sequence
from quorate.language.lowering.reading.walks import Comprehended, clauses_of, mark_group, over, sized, walk_of
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.soundness.order import is_unordered
from quorate.language.values.lattice import ANY_INT, BOOL, NOTHING, hull, integer, least_of, most_of, one, times
from quorate.language.values.types import Bool, DictOf, Int, ListOf, Nothing, Option, RecordOf, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.lowering.bodies.body import Body


def comprehension(
    body: Body, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, expected: Type | None
) -> ir.Expr:
    """Return the list, set or dict that a comprehension builds."""
    inner = expected.item if isinstance(expected, Option) else expected
    if isinstance(node, ast.DictComp):
        return dict_of(body, node, inner)
    if isinstance(node, ast.GeneratorExp):
        raise body.refusal(node, "a generator cannot be kept", "write a list `[...]` or a set `{...}`")
    wanted = inner.item if isinstance(inner, SetOf | ListOf) else None
    if isinstance(node, ast.SetComp):
        return collected(body, node, Reduction.SET, wanted)
    return collected(body, node, Reduction.LIST, wanted, ordered=True)


def collected(body: Body, node: Comprehended, reduction: Reduction, wanted: Type | None, *, ordered: bool = False) -> ir.Expr:
    """Return a list or set of the items; a list from a set is refused where its order would be seen (`ordered`)."""
    clauses, made = clauses_of(body, node, lambda: [item_expr(body, node.elt, wanted)])
    if reduction is Reduction.LIST and ordered:
        check_order(body, node, clauses)
    item = made[0].type if not isinstance(made[0].type, Nothing) else Option(NOTHING)
    made = [into(body, made[0], item, node)]
    t: Type = SetOf(item) if reduction is Reduction.SET else ListOf(item, comprehension_length(body, clauses))
    return ir.Comprehension(t, reduction, clauses, tuple(made), where=body.place(node))


def item_expr(body: Body, node: ast.expr, wanted: Type | None) -> ir.Expr:
    return opened(body, body.expr(node, wanted))


def check_order(body: Body, node: ast.expr, clauses: Sequence[ir.Clause]) -> None:
    """Refuse a list whose order would be that of a set; mark groups whose order it shows."""
    for clause in clauses:
        if is_unordered(clause.source):
            raise body.refusal(
                node, "a list built from a set depends on the order", "write `sorted(...)` around the set, or build a set"
            )
        mark_group(body, clause.source)


def comprehension_length(body: Body, clauses: Sequence[ir.Clause]) -> Size | None:
    total: int | None = 1
    for clause in clauses:
        most = most_items(body, clause.source)
        total = None if total is None or most is None else total * most
    return sized(total)


def dict_of(body: Body, node: ast.DictComp, inner: Type | None) -> ir.Expr:
    key_type, value_type = (inner.key, inner.value) if isinstance(inner, DictOf) else (None, None)
    clauses, (key, value) = clauses_of(body, node, lambda: [body.expr(node.key, key_type), body.expr(node.value, value_type)])
    value_as = Option(NOTHING) if isinstance(value.type, Nothing) else value.type
    return ir.Comprehension(DictOf(key.type, value_as), Reduction.DICT, clauses, (key, into(body, value, value_as, node)))


def quantified(body: Body, node: ast.Call, reduction: Reduction) -> ir.Expr:
    """Return `any(...)` or `all(...)`; over a comprehension its place in a property is a site."""
    argument = one_argument(body, node)
    is_site = isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp)
    if isinstance(argument, ast.GeneratorExp):  # a list is whole before it is asked
        elt = argument.elt
        clauses, made = clauses_of(body, argument, lambda: [condition_of(body, elt)])
    else:
        clauses, made = over(body, argument, lambda item: [truth(body, item, argument)])
    return ir.Comprehension(BOOL, reduction, clauses, tuple(made), site=site(body, node) if is_site else None)


def site(body: Body, node: ast.Call) -> int | None:
    """Return the number of a quantifier in its property."""
    sites = body.standing.sites
    if sites is None:
        return None
    where = body.place(node)
    if where not in sites:
        sites.append(where)
    return sites.index(where)


def one_argument(body: Body, node: ast.Call) -> ast.expr:
    if len(node.args) != 1 or node.keywords:
        name = ast.unparse(node.func)
        what = f"`{name}` takes one argument here"
        if name == "sum":
            raise body.unsupported(node, what, "add what it begins with afterwards")
        raise body.refusal(node, what, "write `choose([...])`" if name == "choose" else None)
    return node.args[0]


def summed(body: Body, node: ast.Call) -> ir.Expr:
    argument = one_argument(body, node)
    if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        elt = argument.elt
        if isinstance(argument, ast.SetComp):
            clauses, made = over_expr(body, collected(body, argument, Reduction.SET, None), argument)
        else:
            clauses, made = clauses_of(body, argument, lambda: [summand(body, elt)])
    else:
        clauses, made = over(body, argument, lambda item: [item])
        if is_empty(clauses[0].source):
            return number(0)
        made = [number_of(body, made[0], argument)]
    most = comprehension_length(body, clauses)
    total = times(integer(0, None if most is None else most.value), hull(body.flow.range(made[0]), integer(0, 0)))
    found = ir.Comprehension(total, Reduction.SUM, clauses, tuple(made))
    observer = body.assembly.observer
    if isinstance(argument, ast.ListComp) and observer.of(made[0]).acts and observer.own(found).fails:
        raise body.unsupported(argument, "all of this list is computed before its sum", "give the list a name before")
    return found


def over_expr(body: Body, source: ir.Expr, node: ast.expr) -> tuple[tuple[ir.Clause, ...], list[ir.Expr]]:
    item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
    local = body.temporary(item, node, "item")
    return (ir.Clause((local,), source, where=body.place(node)),), [number_of(body, local, node)]


def summand(body: Body, node: ast.expr) -> ir.Expr:
    value = body.expr(node)
    if isinstance(value.type, Bool):
        return as_number(value)
    return number_of(body, value, node)


def extreme(body: Body, node: ast.Call, reduction: Reduction) -> ir.Expr:
    """Return `min` or `max`: of several values, or of a container's items with a `key` and a `default`."""
    named = {k.arg: k.value for k in node.keywords}
    if len(node.args) > 1 and not named:
        return least_of_operands(body, node, Op.MIN if reduction is Reduction.MIN else Op.MAX)
    if len(node.args) != 1 or not set(named) <= {"key", "default"}:
        raise body.refusal(node, "`min` and `max` take values, or one container with `key` and `default`")
    is_whole = "default" in named and not body.assembly.observer.of(body.expr(named["default"])).is_quiet
    clauses, item = ranged(body, node.args[0], is_whole=is_whole)
    if is_empty(clauses[0].source):
        return extreme_of_nothing(body, node, named.get("default"))
    made = [item] if "key" not in named else [key_of(body, node, named["key"], item, clauses), item]
    if not is_ordered(body, made[0].type):
        raise body.refusal(node, f"{one(made[0].type)} has no order", "say by what: `key=lambda x: ...`")
    mark_ordered(body, made[0].type)
    found = ir.Comprehension(made[-1].type, reduction, clauses, tuple(made))
    return with_default(body, node, found, named["default"]) if "default" in named else found


def is_empty(source: ir.Expr) -> bool:
    """Say whether this never has an item, so that nothing is known of what its items would be."""
    t = source.type
    if isinstance(t, ListOf) and isinstance(t.item, Nothing):
        return t.longest is not None and t.longest.value == 0
    return isinstance(source, ir.Apply) and source.operator is Op.MAKE_SET and not source.operands


def extreme_of_nothing(body: Body, node: ast.Call, default: ast.expr | None) -> ir.Expr:
    """Return what `min` or `max` gives where there is never an item."""
    if default is None:
        raise body.refusal(node, "there is never an item here", "say what it gives then: `default=...`")
    return body.expr(default)


def with_default(body: Body, node: ast.Call, found: ir.Comprehension, default: ast.expr) -> ir.Expr:
    """Return the reduction with what it gives where there is no item: that is computed before the first item is."""
    *keys, item = found.body
    first, *rest = found.clauses
    given = body.expr(default, item.type)
    t = joined(body, node, [item.type, given.type])
    if isinstance(t, Option) and not keys:
        keys = [item]  # the order is that of the item, not of the option around it

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        source, otherwise = operands
        clauses = (replace(first, source=source), *rest)
        inside = (*keys, into(body, item, t, node))
        return replace(found, type=t, clauses=clauses, body=inside, default=into(body, otherwise, t, default))

    return in_order(body, [first.source, given], made)


def ranged(body: Body, argument: ast.expr, *, is_whole: bool) -> tuple[tuple[ir.Clause, ...], ir.Expr]:
    """Return the clauses of what is walked, and its item. `is_whole`: a list is built before anything else happens."""
    if isinstance(argument, ast.GeneratorExp) or (isinstance(argument, ast.ListComp) and not is_whole):
        elt = argument.elt
        clauses, made = clauses_of(body, argument, lambda: [value_of(body, body.expr(elt), elt)])
    else:
        clauses, made = over(body, argument, lambda item: [item])
    return clauses, made[0]


def key_of(body: Body, node: ast.Call, key: ast.expr, item: ir.Expr, clauses: Sequence[ir.Clause]) -> ir.Expr:
    """Return the key of an item; over a set it must tell all items apart, or a tie would depend on the order."""
    value = keyed(body, key, item)
    values = value.operands if isinstance(value, ir.Apply) and value.operator is Op.MAKE_TUPLE else (value,)
    if any(is_unordered(c.source) for c in clauses) and not tells_apart(values, item):
        raise body.refusal(
            node, "which of two items with the same key comes first depends on the order of a set", _tie_remedy(key, item.type)
        )
    if item not in values:
        for clause in clauses:
            mark_group(body, clause.source)
    return value


def tells_apart(values: Sequence[ir.Expr], item: ir.Expr) -> bool:
    """Say whether items with these values are equal: the item is among them, or every part of it is."""
    if item in values:
        return True
    match item.type:
        case RecordOf(_, fields):
            return {n for n, _ in fields} <= {v.name for v in values if isinstance(v, ir.Component) and v.record == item}
        case TupleOf(items):
            parts = [apply(t, Op.INDEX, item, number(at)) for at, t in enumerate(items)]
            return all(part in values for part in parts)
        case _:
            return False


def keyed(body: Body, key: ast.expr, item: ir.Expr) -> ir.Expr:
    """Return what a `key=` makes of an item: a lambda, or a function of one argument."""
    if isinstance(key, ast.Lambda):
        if len(key.args.args) != 1:
            raise body.refusal(key, "the `key` takes one item")
        before = body.flow.copy()
        if isinstance(item, ir.Local):
            body.bind(key.args.args[0].arg, item.name, item.type)
        else:
            raise body.refusal(key, "the items of this `key` are computed", "put the computation into the `key`")
        value = body.expr(key.body)
        body.flow.take(before)
        return value
    called = ast.copy_location(ast.Call(key, [ast.copy_location(ast.Name("item", ast.Load()), key)], []), key)
    before = body.flow.copy()
    if isinstance(item, ir.Local):
        body.bind("item", item.name, item.type)
    value = body.expr(called)
    body.flow.take(before)
    return value


def least_of_operands(body: Body, node: ast.Call, operator: Op) -> ir.Expr:
    values = [value_of(body, body.expr(a), a) for a in node.args]
    return in_order(body, values, lambda os: least_of_values(body, node, operator, os))


def least_of_values(body: Body, node: ast.Call, operator: Op, values: Sequence[ir.Expr]) -> ir.Expr:
    if all(isinstance(v.type, Int) for v in values):
        bounds = least_of if operator is Op.MIN else most_of
        return apply(bounds([body.flow.range(v) for v in values]), operator, *values)
    t = joined(body, node, [v.type for v in values])
    if not is_ordered(body, t) or isinstance(t, Bool):
        into(body, values[0], ANY_INT, node.args[0])
        raise body.refusal(node, f"{one(t)} has no order")
    mark_ordered(body, t)
    return apply(t, operator, *(into(body, v, t, a) for v, a in zip(values, node.args, strict=True)))


def counted(body: Body, node: ast.Call) -> ir.Expr:
    """Return `len(...)`."""
    argument = one_argument(body, node)
    if isinstance(argument, ast.ListComp | ast.GeneratorExp):
        elt = argument.elt
        clauses, made = clauses_of(body, argument, lambda: [body.expr(elt)])
        most = comprehension_length(body, clauses)
        return ir.Comprehension(integer(0, None if most is None else most.value), Reduction.COUNT, clauses, tuple(made))
    if isinstance(argument, ast.SetComp):
        return length_of(body, collected(body, argument, Reduction.SET, None))
    if isinstance(argument, ast.Call) and is_builtin(body, argument.func, "in_flight"):
        clauses, made = over(body, argument, lambda _: [number(1)])
        return ir.Comprehension(integer(0, None), Reduction.COUNT, clauses, tuple(made))
    container = walk_of(body, argument) or sequence(body, container_of(body, argument))
    if isinstance(container.type, SetOf | ListOf | DictOf):
        return size(body, container)
    raise body.refusal(argument, f"{one(container.type)} has no length")


def size(body: Body, container: ir.Expr) -> ir.Expr:
    """The length of a whole group keeps the parameter's name."""
    t = container.type
    if isinstance(container, ir.Const) and isinstance(t, ListOf) and t.longest is not None and not t.longest.text.isdigit():
        return ir.Parameter(Int(t.longest, t.longest), t.longest.text, t.longest.value)
    return length_of(body, container)


def _tie_remedy(key: ast.expr, item: Type) -> str:
    if isinstance(key, ast.Lambda):
        name = key.args.args[0].arg
        if isinstance(item, RecordOf):
            fields = ", ".join(f"{name}.{field}" for field, _ in item.fields)
            return f"let the key name every field: `key=lambda {name}: ({fields})`"
        return f"add the item itself: `key=lambda {name}: ({ast.unparse(key.body)}, {name})`"
    return "let the key tell the items apart, or write `sorted(...)` around the set"
