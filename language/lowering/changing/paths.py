"""Paths: where an assignment or a changing method puts its value; `self.acks[term].add(p)` goes from a field down an item."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, into, length_of, number
from quorate.language.lowering.bodies.narrowing import Fact
from quorate.language.lowering.bodies.narrowing import path as unconverted
from quorate.language.lowering.bodies.sequence import known_range
from quorate.language.lowering.reading.constants import value_as
from quorate.language.lowering.reading.displays import index_of, negative
from quorate.language.lowering.reading.records import seen
from quorate.language.lowering.reading.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import NOTHING, high, minus
from quorate.language.values.types import DictOf, Int, ListOf, Nothing, Option, Size, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.errors import ModelError
    from quorate.language.loading.model import FieldDeclaration
    from quorate.language.lowering.bodies.body import Body, Located


@dataclass(frozen=True, slots=True)
class Key:
    """One step down a path; `default` is what `setdefault` puts there, `back` says that a literal index counts from the end.

    `inner`: it leads from an option to the value that is known to be there.
    """

    expr: ir.Expr
    node: ast.expr
    default: ir.Expr | None = None
    back: bool = False
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    root: ir.Local | ir.Field
    keys: tuple[Key, ...] = ()


def path_of(body: Body, node: ast.expr) -> Path:
    """Return the path that a target or the base of a changing method names; nothing is evaluated yet (`operands.py`)."""
    match node:
        case ast.Name(name):
            local = body.local(name, node)
            if local is None:
                raise of_module(body, node, name)
            return Path(local)
        case ast.Attribute():
            return Path(writable(body, node))
        case ast.Subscript(base, index) if not isinstance(index, ast.Slice):
            return item_path(body, held(body, path_of(body, base), base), index)
        case ast.Call(ast.Attribute(base, "setdefault"), [key, default]):
            path = held(body, path_of(body, base), base)
            t = leaf(body, path)
            if isinstance(t, DictOf):
                found = value_as(body, key, t.key) if not isinstance(t.key, Nothing) else body.expr(key)
                value = body.expr(default, t.value)
                return Path(path.root, (*path.keys, Key(found, key, value)))
        case _:
            pass
    raise body.refusal(node, "this value is nobody's: changing it has no effect", "change a field by its own path")


def held(body: Body, path: Path, node: ast.expr) -> Path:
    """Return the path to a container: of an option that is known to be there, to its value."""
    if not isinstance(leaf(body, path), Option):
        return path
    option = read(body, path)
    if not body.flow.is_present(option):
        raise body.refusal(node, "this may be None here", "test `is not None` before, or write `some(...)`")
    return Path(path.root, (*path.keys, Key(option, node, inner=True)))


def of_module(body: Body, node: ast.expr, name: str) -> ModelError:
    return body.refusal(
        node, f"`{name}` belongs to the module: a step does not change it", "make it a field of a `Shared` class"
    )


def item_path(body: Body, path: Path, index: ast.expr) -> Path:
    t = leaf(body, path)
    if isinstance(t, DictOf):
        key = body.expr(index, None if isinstance(t.key, Nothing) else t.key)
        return Path(path.root, (*path.keys, Key(key, index)))
    back = negative(body, index)
    if back is not None:
        return Path(path.root, (*path.keys, Key(number(back), index, back=True)))
    return Path(path.root, (*path.keys, Key(index_of(body, index), index)))


def writable(body: Body, node: ast.Attribute) -> ir.Field:
    """Return the field that an assignment changes; refuse what is none, or not this step's to change."""
    if body.standing.mode == "property":
        raise body.refusal(node, "a property changes nothing", "compute the value, or make a step do it")
    target = body.expr(node)
    if isinstance(target, ir.Field):
        return target
    if isinstance(target, ir.Component):
        remedy = f"write `... = {ast.unparse(node.value)}.replace({node.attr}=...)`"
        raise body.refusal(node, "a record never changes", remedy)
    raise body.refusal(node, f"`{ast.unparse(node)}` cannot be assigned")


def leaf(body: Body, path: Path) -> Type:
    """Return the type of what a path leads to."""
    t: Type = path.root.type
    for key in path.keys:
        t = below(body, t, key)
    return t


def below(body: Body, t: Type, key: Key) -> Type:
    match t:
        case Option(item) if key.inner:
            return item
        case DictOf(_, value):
            return value if key.default is None else body.lattice.items(value, key.default.type) or value
        case ListOf(item, _):
            return item
        case _:
            pass
    return NOTHING


def read(body: Body, path: Path) -> ir.Expr:
    """Return the present value at a path."""
    expr: ir.Expr = path.root
    for key in path.keys:
        expr = down(body, expr, key)
    return expr


def down(body: Body, expr: ir.Expr, key: Key) -> ir.Expr:
    t = below(body, expr.type, key)
    if key.inner:
        return apply(t, Op.VALUE, expr)
    if key.back:
        return apply(t, Op.INDEX_BACK, expr, key.expr)
    index = dict_key(body, expr.type, key) if isinstance(expr.type, DictOf) else key.expr
    if key.default is not None:
        return apply(t, Op.DICT_GET, expr, index, into(body, key.default, t, key.node))
    return apply(t, Op.INDEX, expr, index)


def dict_key(body: Body, t: Type, key: Key) -> ir.Expr:
    """Return a dict's key as one of the type that its keys have."""
    return into(body, key.expr, t.key, key.node) if isinstance(t, DictOf) and not isinstance(t.key, Nothing) else key.expr


def store(body: Body, path: Path, value: ir.Expr, node: ast.expr, *, in_place: bool = False) -> None:
    """Put a value at a path: what it holds is learned, and its bounds are checked."""
    value, changes = body.placed(value, node), bool(path.keys) or in_place
    root = learned(body, path, _taught(body, path, value), node)
    path = Path(root, path.keys)
    final = rebuilt(body, root, path.keys, into(body, value, leaf(body, path), node))
    body.out.append(ir.Assign(root, into(body, final, root.type, node), in_place=changes))
    known = known_range(body, value)
    is_present = isinstance(root.type, Option) and not isinstance(value.type, Option | Nothing)
    is_present = is_present or (isinstance(value.type, Option) and body.flow.is_present(value))
    body.flow.forget(root)
    if not path.keys and (known is not None or is_present):
        body.flow.note(root, Fact(is_present, known))
    if path.keys and path.keys[0].inner:
        body.flow.note(root, Fact(present=True))


def learned(body: Body, path: Path, t: Type, node: ast.expr) -> ir.Local | ir.Field:
    for key in reversed(path.keys):
        t = above(body, path, key, t)
    root = path.root
    if isinstance(root, ir.Local):
        name = next(n for n, u in body.flow.names.items() if u == root.name)
        return assigned_local(body, name, t, node) if root.name in body.variables else root
    declared = declaration_of(body, root)
    slot = ("field", str(declared.where), root.name)
    if not isinstance(t, Nothing):
        body.inference.learn(slot, t)
    return ir.Field(body.inference.declared(slot, declared.type), root.holder, root.kind, root.name, where=root.where)


def declaration_of(body: Body, field: ir.Field) -> FieldDeclaration:
    return next(f for f in body.assembly.model.fields[field.kind] if f.name == field.name)


def above(body: Body, path: Path, key: Key, t: Type) -> Type:
    """Return the type of a container with an item of this type at the key."""
    above = Path(path.root, path.keys[: path.keys.index(key)])
    container = leaf(body, above)
    if key.inner:
        return Option(t)
    if isinstance(container, DictOf):
        return DictOf(key.expr.type, t)
    return ListOf(t, container.longest if isinstance(container, ListOf) else None)


def rebuilt(body: Body, base: ir.Expr, keys: Sequence[Key], value: ir.Expr) -> ir.Expr:
    if not keys:
        return value
    key = keys[0]
    item = rebuilt(body, down(body, base, key), keys[1:], value)
    if key.inner:
        return apply(base.type, Op.INJECT, item)
    if isinstance(base.type, DictOf):
        return apply(base.type, Op.DICT_SET, base, dict_key(body, base.type, key), item)
    if not isinstance(base.type, ListOf):
        return value
    index = key.expr
    if key.back:
        length = length_of(body, base)
        index = apply(minus(body.flow.range(length), body.flow.range(key.expr)), Op.SUB, length, key.expr)
    return apply(base.type, Op.LIST_SET, base, index, item)


def assigned_local(body: Body, name: str, t: Type, node: Located) -> ir.Local:
    """A list that is appended to has room for as many items as the loops around can append."""
    local = body.assigned(name, t, node)
    growth = body.inference.known.get(("growth", body.standing.key, name))
    if not isinstance(local.type, ListOf) or not isinstance(growth, Int):
        return local
    most = high(growth)
    longest = None if most is None or local.type.longest is None else local.type.longest.value + most
    return body.bind(name, name, ListOf(local.type.item, sized(longest)))


def longest_after(body: Body, path: Path, t: ListOf, more: int | None, node: ast.expr) -> Size | None:
    """In a loop, what is appended to a local counts as often as the loops around may run, and is added to its type."""
    if isinstance(path.root, ir.Field) or path.keys or not body.times:
        longest = body.flow.longest(read(body, path)) if not path.keys else None if t.longest is None else t.longest.value
        return sized(None if longest is None or more is None else longest + more)
    total = more
    for times in body.times:
        total = None if total is None or times is None else total * times
    body.growth.setdefault(path.root.name, {})[id(node)] = total
    return t.longest


def _taught(body: Body, path: Path, value: ir.Expr) -> Type:
    """Return what a stored value teaches of its root: what a loop appends is counted apart, as `growth`."""
    t = seen(body, value)
    grows = body.times and not path.keys and isinstance(path.root, ir.Local) and appends(path.root, value)
    return ListOf(t.item, plain_length(body, path.root.name)) if grows and isinstance(t, ListOf) else t


def appends(target: ir.Local | ir.Field, value: ir.Expr) -> bool:
    """Say whether a value is the target's own, with items put in."""
    while isinstance(value, ir.Apply) and value.operator is Op.CONVERT:
        value = value.operands[0]
    if not isinstance(value, ir.Apply) or value.operator not in (Op.LIST_APPEND, Op.LIST_INSERT, Op.CONCAT):
        return False
    return unconverted(value.operands[0]) == target


def plain_length(body: Body, name: str) -> Size | None:
    """Return the length of a local as it is assigned, before anything is appended."""
    known = body.inference.known.get(("local", body.standing.key, name))
    return known.longest if isinstance(known, ListOf) else None
