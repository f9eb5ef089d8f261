"""Paths: where an assignment or a changing method puts its value; `self.acks[term].add(p)` goes from a field down an item."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.lowering.conversions import apply, number
from quorate.language.lowering.helpers import Helpers
from quorate.language.lowering.narrowing import Fact
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import NOTHING, minus
from quorate.language.values.types import DictOf, ListOf, Nothing, Option, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.errors import ModelError


@dataclass(frozen=True, slots=True)
class Key:
    """One step down a path; `default` is what `setdefault` puts there, `back` says that a literal index counts from the end."""

    expr: ir.Expr
    node: ast.expr
    default: ir.Expr | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    root: ir.Local | ir.Field
    keys: tuple[Key, ...] = ()


class Paths(Helpers):
    """Adds paths."""

    def path_of(self, node: ast.expr) -> Path:
        """Return the path that a target or the base of a changing method names."""
        match node:
            case ast.Name(name):
                local = self.local(name, node)
                if local is None:
                    raise self._of_module(node, name)
                return Path(local)
            case ast.Attribute():
                return Path(self.writable(node))
            case ast.Subscript(base, index) if not isinstance(index, ast.Slice):
                return self._item_path(self.path_of(base), index)
            case ast.Call(ast.Attribute(base, "setdefault"), [key, default]):
                path = self.path_of(base)
                t = self.leaf(path)
                if isinstance(t, DictOf):
                    found = self.once(self.value(key, t.key) if not isinstance(t.key, Nothing) else self.expr(key), key)
                    value = self.expr(default, t.value)
                    return Path(path.root, (*path.keys, Key(found, key, value)))
            case _:
                pass
        raise self.refusal(node, "this value is nobody's: changing it has no effect", "change a field by its own path")

    def _of_module(self, node: ast.expr, name: str) -> ModelError:
        return self.refusal(
            node, f"`{name}` belongs to the module: a step does not change it", "make it a field of a `Shared` class"
        )

    def _item_path(self, path: Path, index: ast.expr) -> Path:
        t = self.leaf(path)
        if isinstance(t, DictOf):
            key = self.expr(index, None if isinstance(t.key, Nothing) else t.key)
            return Path(path.root, (*path.keys, Key(self.once(key, index), index)))
        back = self.negative(index)
        if back is not None:
            return Path(path.root, (*path.keys, Key(number(back), index, back=True)))
        return Path(path.root, (*path.keys, Key(self.once(self.index(index), index), index)))

    def once(self, expr: ir.Expr, node: ast.expr) -> ir.Expr:
        """Return the expression as one that may be used twice."""
        if self.is_repeatable(expr):
            return expr
        kept = self.temporary(expr.type, node)
        self.out.append(ir.Assign(kept, expr))
        return kept

    def writable(self, node: ast.Attribute) -> ir.Field:
        """Return the field that an assignment changes; refuse what is none, or not this step's to change."""
        if self.standing.mode == "property":
            raise self.refusal(node, "a property changes nothing", "compute the value, or make a step do it")
        before = self.ghosts_allowed
        self.ghosts_allowed = True
        noted = self.reads_ghosts
        target = self.expr(node)
        self.ghosts_allowed, self.reads_ghosts = before, noted
        if isinstance(target, ir.Field):
            return target
        if isinstance(target, ir.Component):
            remedy = f"write `... = {ast.unparse(node.value)}.replace({node.attr}=...)`"
            raise self.refusal(node, "a record never changes", remedy)
        raise self.refusal(node, f"`{ast.unparse(node)}` cannot be assigned")

    def is_ghost(self, target: ir.Local | ir.Field) -> bool:
        if isinstance(target, ir.Local):
            return False
        fields = self.assembly.model.fields.get(target.kind, ())
        return any(f.name == target.name and f.storage == "ghost" for f in fields)

    def leaf(self, path: Path) -> Type:
        """Return the type of what a path leads to."""
        t: Type = path.root.type
        for key in path.keys:
            t = self._below(t, key)
        return t

    def _below(self, t: Type, key: Key) -> Type:
        match t:
            case DictOf(_, value):
                return value if key.default is None else self.lattice.items(value, key.default.type) or value
            case ListOf(item, _):
                return item
            case _:
                pass
        return NOTHING

    def read(self, path: Path) -> ir.Expr:
        """Return the present value at a path."""
        expr: ir.Expr = path.root
        for key in path.keys:
            expr = self._down(expr, key)
        return expr

    def _down(self, expr: ir.Expr, key: Key) -> ir.Expr:
        t = self._below(expr.type, key)
        if key.back:
            return apply(t, Op.INDEX_BACK, expr, key.expr)
        index = self._dict_key(expr.type, key) if isinstance(expr.type, DictOf) else key.expr
        if key.default is not None:
            return apply(t, Op.DICT_GET, expr, index, self.into(key.default, t, key.node))
        return apply(t, Op.INDEX, expr, index)

    def _dict_key(self, t: Type, key: Key) -> ir.Expr:
        """Return a dict's key as one of the type that its keys have."""
        return self.into(key.expr, t.key, key.node) if isinstance(t, DictOf) and not isinstance(t.key, Nothing) else key.expr

    def store(self, path: Path, value: ir.Expr, node: ast.expr, *, in_place: bool = False) -> None:
        """Put a value at a path: what it holds is learned, and its bounds are checked."""
        if path.keys or in_place:
            self._check_owned(path.root, node)
        root = self._learned(path, self.seen(value), node)
        path = Path(root, path.keys)
        final = self._rebuilt(root, path.keys, self.into(value, self.leaf(path), node))
        self.out.append(ir.Assign(root, self.into(final, root.type, node)))
        known = self.known(value)
        is_present = isinstance(root.type, Option) and not isinstance(value.type, Option | Nothing)
        is_present = is_present or (isinstance(value.type, Option) and self.flow.is_present(value))
        self.flow.forget(root)
        if not path.keys and (known is not None or is_present):
            self.flow.note(root, Fact(is_present, known))

    def _learned(self, path: Path, t: Type, node: ast.expr) -> ir.Local | ir.Field:
        for key in reversed(path.keys):
            t = self._above(path, key, t)
        root = path.root
        if isinstance(root, ir.Local):
            name = next(n for n, u in self.flow.names.items() if u == root.name)
            return self.assigned(name, t, node) if root.name in self.variables else root
        declared = next(f for f in self.assembly.model.fields[root.kind] if f.name == root.name)
        slot = ("field", str(declared.where), root.name)
        if not isinstance(t, Nothing):
            self.inference.learn(slot, t)
        return ir.Field(self.inference.declared(slot, declared.type), root.holder, root.kind, root.name)

    def _above(self, path: Path, key: Key, t: Type) -> Type:
        """Return the type of a container with an item of this type at the key."""
        above = Path(path.root, path.keys[: path.keys.index(key)])
        container = self.leaf(above)
        if isinstance(container, DictOf):
            return DictOf(key.expr.type, t)
        return ListOf(t, container.longest if isinstance(container, ListOf) else None)

    def _rebuilt(self, base: ir.Expr, keys: Sequence[Key], value: ir.Expr) -> ir.Expr:
        if not keys:
            return value
        key = keys[0]
        item = self._rebuilt(self._down(base, key), keys[1:], value)
        if isinstance(base.type, DictOf):
            return apply(base.type, Op.DICT_SET, base, self._dict_key(base.type, key), item)
        if not isinstance(base.type, ListOf):
            return value
        index = key.expr
        if key.back:
            length = self.length(base)
            index = apply(minus(self.flow.range(length), self.flow.range(key.expr)), Op.SUB, length, key.expr)
        return apply(base.type, Op.LIST_SET, base, index, item)

    def _check_owned(self, root: ir.Local | ir.Field, node: ast.expr) -> None:
        """Refuse to change in place what somebody else may name, or what a loop is walking through."""
        if any(_same(root, walked) for walked in self.walking):
            raise self.refusal(
                node, f"`{_name(root)}` is changed while a loop walks through it", "walk a copy: `for ... in sorted(...)`"
            )
        if isinstance(root, ir.Local) and root.name in self.flow.aliased:
            name = _name(root)
            if self.node is not None and name in {a.arg for a in ast.walk(self.node.args) if isinstance(a, ast.arg)}:
                what = f"`{name}` is an argument: changing it would change what the caller holds"
                raise self.refusal(node, what, "build a new value; a helper returns it, and its caller assigns it")
            raise self.refusal(
                node,
                f"`{name}` may name a value that something else holds, too: changing it here would change both",
                "change the field by its own path (`self.field...`), or build a new value",
            )


def _same(a: ir.Local | ir.Field, b: ir.Local | ir.Field) -> bool:
    return isinstance(a, ir.Field) == isinstance(b, ir.Field) and a.name == b.name


def _name(root: ir.Local | ir.Field) -> str:
    return f"self.{root.name}" if isinstance(root, ir.Field) and isinstance(root.holder, ir.Local) else root.name
