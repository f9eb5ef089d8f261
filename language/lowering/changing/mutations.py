"""The methods that change a container: each is an assignment of a new value to a path."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, into, length_of, number, opened, value_of
from quorate.language.lowering.changing.operands import prepared
from quorate.language.lowering.changing.paths import Path, declaration_of, held, leaf, longest_after, path_of, read, store
from quorate.language.lowering.reading.attributes import shared_holder
from quorate.language.lowering.reading.comparisons import contains, is_ordered, looked_up
from quorate.language.lowering.reading.constants import joined, mark_ordered, value_as
from quorate.language.lowering.reading.displays import index_of, item_of, negative
from quorate.language.lowering.reading.methods import get
from quorate.language.lowering.reading.operators import algebra, as_set, concatenated, container_of
from quorate.language.lowering.reading.records import seen
from quorate.language.lowering.reading.sorting import listed
from quorate.language.lowering.reading.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import NOTHING, has_hole, in_words, integer, minus, one
from quorate.language.values.types import Bool, DictOf, Int, ListOf, Nothing, Option, SetOf, TupleOf, Type

if TYPE_CHECKING:
    from quorate.language.lowering.bodies.body import Body

UPDATES: dict[str, Op] = {
    "update": Op.UNION,
    "difference_update": Op.DIFFERENCE,
    "intersection_update": Op.INTERSECTION,
    "symmetric_difference_update": Op.SYMMETRIC_DIFFERENCE,
}
REPLACED = {  # what to write instead of a change of a `frozenset`
    "add": "{0} | {{{1}}}",
    "discard": "{0} - {{{1}}}",
    "remove": "{0} - {{{1}}}",
    "clear": "frozenset()",
    "update": "{0} | {1}",
    "difference_update": "{0} - {1}",
    "intersection_update": "{0} & {1}",
    "symmetric_difference_update": "{0} ^ {1}",
}
CHANGES = {
    "append",
    "extend",
    "insert",
    "pop",
    "remove",
    "clear",
    "reverse",
    "sort",
    "add",
    "discard",
    "popitem",
    "setdefault",
    *UPDATES,
}


def change(body: Body, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
    if function.attr not in CHANGES:
        return None
    t = value_of(body, body.expr(function.value), function).type
    if not isinstance(t, SetOf | ListOf | DictOf):
        return None
    check_taking(body, node, function.attr, t)
    if isinstance(function.value, ast.Call) and not _is_setdefault(function.value):
        raise body.refusal(node, "this value is nobody's: changing it has no effect", "change a field by its own path")
    raise body.unsupported(
        node, f"`.{function.attr}` changes a value in the middle of an expression", "write it on a line of its own"
    )


def check_taking(body: Body, node: ast.Call, name: str, t: Type) -> None:
    """Refuse to take an item that an order would decide."""
    if name == "popitem" or (name == "pop" and isinstance(t, SetOf)):
        what = f"which item `.{name}` takes depends on an order"
        raise body.refusal(node, what, "write `choose(...)` or `min(...)`, then remove it")


def changed(body: Body, node: ast.Call) -> bool:
    """Write the statement of a changing method, if the call is one."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in CHANGES:
        return False
    if isinstance(node.func.value, ast.Call) and not _is_setdefault(node.func.value):
        return False
    if isinstance(node.func.value, ast.Name) and shared_holder(body, node.func.value) is not None:
        return False
    if not isinstance(node.func.value, ast.Call):
        base = value_of(body, body.expr(node.func.value), node)
        if not isinstance(base.type, SetOf | ListOf | DictOf):
            return False
        check_taking(body, node, node.func.attr, base.type)
    method_of(body, node, node.func.attr, held(body, path_of(body, node.func.value), node))
    return True


def method_of(body: Body, node: ast.Call, name: str, path: Path) -> None:
    if node.keywords and name != "sort":
        raise body.refusal(node, f"`.{name}` takes no names here")
    check_thawed(body, node, name, leaf(body, path))
    path, node = prepared(body, node, path, expected(leaf(body, path), name))
    store(body, path, after(body, node, name, path), node, in_place=True)


def expected(t: Type, name: str) -> list[Type | None]:
    """Return what types the arguments of a method take from the container's."""
    match t:
        case DictOf(key, value):
            return [key, value]
        case SetOf(item) | ListOf(item, _) if not isinstance(item, Nothing):
            return [None, item] if name == "insert" else [item] if name in ("append", "add", "remove", "discard") else []
        case _:
            return []


def check_thawed(body: Body, node: ast.Call, name: str, t: Type) -> None:
    """Refuse to change a `frozenset`, or what may be one."""
    if not isinstance(t, SetOf) or t.frozen is False or name not in REPLACED:
        return
    assert isinstance(node.func, ast.Attribute)
    target, given = ast.unparse(node.func.value), ", ".join(map(ast.unparse, node.args))
    new = REPLACED[name].format(target, given)
    raise body.refusal(node, f"`{target}` is a `frozenset`, which never changes", f"assign a new one: `{target} = {new}`")


def after(body: Body, node: ast.Call, name: str, path: Path) -> ir.Expr:
    """Return the container as the method leaves it."""
    t = leaf(body, path)
    arguments = node.args
    match t, name, len(arguments):
        case SetOf(), "add", 1:
            return added(body, node, path)
        case SetOf(item), "remove", 1:
            return apply(t, Op.SET_REMOVE, read(body, path), value_as(body, arguments[0], item))
        case SetOf(item), "discard", 1:
            base, value = read(body, path), body.expr(arguments[0], item)
            return looked_up(body, node, value, base, found=lambda x: apply(t, Op.SET_DISCARD, base, x), absent=base)
        case SetOf(), _, _ if name in UPDATES and arguments:
            result = read(body, path)
            for argument in arguments:
                result = algebra(body, node, UPDATES[name], result, as_set(body, container_of(body, argument)))
            return result
        case SetOf() | ListOf() | DictOf(), "clear", 0:
            if path.keys:
                body.out.append(ir.Evaluate(read(body, path)))  # it has to be there
            return apply(_emptied(t), _MAKE[type(t)])
        case ListOf(), _, _:
            return list_after(body, node, name, path, t)
        case DictOf(), _, _:
            return dict_after(body, node, name, path, t)
        case _:
            pass
    raise body.refusal(node, f"{one(t)} has no method `{name}` that a step can use")


def added(body: Body, node: ast.Call, path: Path) -> ir.Expr:
    t = leaf(body, path)
    assert isinstance(t, SetOf)
    item = body.expr(node.args[0], None if isinstance(t.item, Nothing) else t.item)
    kept = room(body, path, t.item, item, node)
    base = read(body, path)
    return apply(SetOf(kept), Op.SET_ADD, into(body, base, SetOf(kept), node), into(body, item, kept, node))


def room(body: Body, path: Path, held: Type, item: ir.Expr, node: ast.Call) -> Type:
    """Return the item type with room for one more: what is declared stays, what is inferred grows."""
    t = seen(body, item)
    if isinstance(t, Option) and not isinstance(held, Option | Nothing):
        into(body, item, held, node.args[-1])
    joined = body.lattice.items(held, Option(NOTHING) if isinstance(t, Nothing) and isinstance(held, Nothing) else t)
    if joined is None:
        raise body.refusal(node, f"{one(item.type)} does not belong among `{in_words(held)}`")
    is_declared = isinstance(path.root, ir.Field) and not has_hole(declaration_of(body, path.root).type)
    return held if is_declared else joined


def list_after(body: Body, node: ast.Call, name: str, path: Path, t: ListOf) -> ir.Expr:
    base, arguments = read(body, path), node.args
    match name, len(arguments):
        case "append" | "insert", 1 | 2:
            item = body.expr(arguments[-1], None if isinstance(t.item, Nothing) else t.item)
            longer = ListOf(room(body, path, t.item, item, node), longest_after(body, path, t, 1, node))
            wide = into(body, base, ListOf(longer.item, t.longest), node)
            if name == "append":
                return apply(longer, Op.LIST_APPEND, wide, into(body, item, longer.item, node))
            return apply(longer, Op.LIST_INSERT, wide, index_of(body, arguments[0]), into(body, item, longer.item, node))
        case "extend", 1:
            more = (
                listed(body, arguments[0])
                if not isinstance(arguments[0], ast.GeneratorExp)
                else collected_list(body, arguments[0])
            )
            return extended(body, node, path, t, more)
        case "remove", 1:
            return apply(t, Op.LIST_REMOVE, base, value_as(body, arguments[0], t.item))
        case "reverse", 0:
            return apply(t, Op.REVERSED, base)
        case "sort", 0 if not node.keywords:
            if not is_ordered(body, t.item) or (isinstance(path.root, ir.Local) and not sorts_itself(t.item)):
                raise body.refusal(
                    node, f"Python's `.sort()` has no order for `{in_words(t.item)}`", "assign `sorted(...)` of it"
                )
            mark_ordered(body, t.item)
            return apply(t, Op.SORTED, base)
        case "pop", 0 | 1:
            return apply(t, Op.LIST_DELETE, base, position(body, base, arguments[0] if arguments else None))
        case _:
            pass
    raise body.unsupported(
        node, f"`.{name}` of a list is not supported in this form", "assign the new list: `self.f = sorted(...)`"
    )


def sorts_itself(t: Type) -> bool:
    """Say whether Python's own `<` is the order of the language."""
    return isinstance(t, Bool | Int) or (isinstance(t, TupleOf) and all(map(sorts_itself, t.items)))


def collected_list(body: Body, node: ast.GeneratorExp) -> ir.Expr:
    listed = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
    return body.expr(listed)


def extended(body: Body, node: ast.expr, path: Path, t: ListOf, more: ir.Expr) -> ir.Expr:
    if not isinstance(more.type, ListOf):
        raise body.refusal(node, f"a list is not extended by {one(more.type)}")
    joined = concatenated(body, node, read(body, path), more)
    assert isinstance(joined.type, ListOf)
    most = more.type.longest
    longest = longest_after(body, path, t, None if most is None else most.value, node)
    return ir.Apply(ListOf(joined.type.item, longest), Op.CONCAT, joined.operands) if isinstance(joined, ir.Apply) else joined


def position(body: Body, base: ir.Expr, index: ast.expr | None) -> ir.Expr:
    """Return the index that `.pop` or `del` means, from the front."""
    back = 1 if index is None else negative(body, index)
    if index is not None and back is None:
        return index_of(body, index)
    back = back or 1
    length = length_of(body, base)
    return apply(minus(body.flow.range(length), integer(back, back)), Op.SUB, length, number(back))


def dict_after(body: Body, node: ast.Call, name: str, path: Path, t: DictOf) -> ir.Expr:
    base, arguments = read(body, path), node.args
    match name, len(arguments):
        case "pop", 1:
            return apply(t, Op.DICT_DELETE, base, value_as(body, arguments[0], t.key))
        case "pop", 2:
            key = body.expr(arguments[0], t.key)
            there = contains(body, node, base, key)
            return apply(t, Op.IF, there, apply(t, Op.DICT_DELETE, base, into(body, key, t.key, node)), base)
        case "update", 1:
            other = container_of(body, arguments[0])
            both = joined(body, node, [t, other.type])
            return apply(both, Op.DICT_MERGE, into(body, base, both, node), into(body, other, both, node))
        case "setdefault", 2:
            key, default = body.expr(arguments[0], t.key), body.expr(arguments[1], t.value)
            both = joined(body, node, [t, DictOf(key.type, default.type)])
            assert isinstance(both, DictOf)
            wide, key = into(body, base, both, node), into(body, key, both.key, node)
            kept = apply(both.value, Op.DICT_GET, wide, key, into(body, default, both.value, node))
            return apply(both, Op.DICT_SET, wide, key, kept)
        case _:
            pass
    raise body.unsupported(node, f"`.{name}` of a dict is not supported in this form", "assign its items one by one")


def popped(body: Body, node: ast.Call) -> ir.Expr | None:
    """Write `path.pop(...)` as a statement and return what it took, if the call is that."""
    if not (isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "setdefault")):
        return None
    base = opened(body, body.expr(node.func.value))
    if not isinstance(base.type, ListOf | DictOf):
        return None
    path, node = prepared(body, node, held(body, path_of(body, node.func.value), node), expected(base.type, node.func.attr))
    if isinstance(base.type, DictOf):
        return popped_key(body, node, path, base.type)
    index = position(body, read(body, path), node.args[0] if node.args else None)
    taken = body.temporary(base.type.item, node, "taken")
    body.out.append(ir.Assign(taken, apply(base.type.item, Op.INDEX, read(body, path), index)))
    store(body, path, apply(base.type, Op.LIST_DELETE, read(body, path), index), node, in_place=True)
    return taken


def popped_key(body: Body, node: ast.Call, path: Path, t: DictOf) -> ir.Expr:
    if _is_setdefault(node):
        method_of(body, node, "setdefault", path)
        key = value_as(body, node.args[0], t.key)
        return apply(t.value, Op.INDEX, read(body, Path(path.root)) if not path.keys else read(body, path), key)
    value = get(body, node, read(body, path)) if len(node.args) == 2 else item_of(body, node, read(body, path), node.args[0])
    taken = body.temporary(value.type, node, "taken")
    body.out.append(ir.Assign(taken, value))
    store(body, path, dict_after(body, node, "pop", path, t), node, in_place=True)
    return taken


_MAKE: dict[type[Type], Op] = {SetOf: Op.MAKE_SET, ListOf: Op.MAKE_LIST, DictOf: Op.MAKE_DICT}


def _emptied(t: Type) -> Type:
    return ListOf(t.item, sized(0)) if isinstance(t, ListOf) else t


def _is_setdefault(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault"
