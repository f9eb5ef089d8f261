"""What changes a container: items assigned, and the methods that do. Each is an assignment of a new value to a path.

A path begins at a field or a local and goes down by items: `self.acks[term].add(p)`. A local that may name a field's value
is not changed: Python would change the field with it, and C would not.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language import ir
from quorate.language.comprehensions import sized
from quorate.language.conversions import apply, number
from quorate.language.helpers import Helpers
from quorate.language.ir import Operator as Op
from quorate.language.lattice import NOTHING, in_words, integer, minus
from quorate.language.narrowing import Fact
from quorate.language.traversal import is_pure
from quorate.language.types import DictOf, Int, ListOf, Nothing, Option, SetOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

UPDATES: dict[str, Op] = {
    "update": Op.UNION,
    "difference_update": Op.DIFFERENCE,
    "intersection_update": Op.INTERSECTION,
    "symmetric_difference_update": Op.SYMMETRIC_DIFFERENCE,
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


@dataclass(frozen=True, slots=True)
class Key:
    """One step down a path; `default` is what `setdefault` puts there, `back` says that a literal index counts from the end."""

    expr: ir.Expr
    default: ir.Expr | None = None
    back: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    root: ir.Local | ir.Field
    keys: tuple[Key, ...] = ()


class Mutations(Helpers):
    """Adds changes of fields and of containers. `out` is the block being written."""

    out: list[ir.Stmt]
    walking: list[ir.Local | ir.Field]  # what the loops around are walking through in place

    # -- paths

    def path_of(self, node: ast.expr) -> Path:
        """Return the path that a target or the base of a changing method names."""
        match node:
            case ast.Name(name):
                local = self.local(name, node)
                if local is None:
                    self._refuse_global(node, name)
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
                    return Path(path.root, (*path.keys, Key(found, value)))
        self.refuse(node, "this value is nobody's: changing it has no effect", "change a field by its own path")

    def _refuse_global(self, node: ast.expr, name: str) -> None:
        if self.names.value(self.source, name) is None or not hasattr(vars(self.source.module), name):
            self.refuse(
                node, f"`{name}` belongs to the module: a step does not change it", "make it a field of a `Shared` class"
            )

    def _item_path(self, path: Path, index: ast.expr) -> Path:
        t = self.leaf(path)
        if isinstance(t, DictOf):
            key = self.expr(index, None if isinstance(t.key, Nothing) else t.key)
            return Path(path.root, (*path.keys, Key(self.once(key, index))))
        back = self.negative(index)
        if back is not None:
            return Path(path.root, (*path.keys, Key(number(back), back=True)))
        return Path(path.root, (*path.keys, Key(self.once(self.index(index), index))))

    def once(self, expr: ir.Expr, node: ast.expr) -> ir.Expr:
        """Return the expression as one that may be used twice."""
        if is_pure(expr):
            return expr
        kept = self.temporary(expr.type, node)
        self.out.append(ir.Assign(kept, expr))
        return kept

    def writable(self, node: ast.Attribute) -> ir.Field:
        """Return the field that an assignment changes; refuse what is none, or not this step's to change."""
        if self.standing.mode == "property":
            self.refuse(node, "a property changes nothing", "compute the value, or make a step do it")
        before = self.ghosts_allowed
        self.ghosts_allowed = True
        noted = self.reads_ghosts
        target = self.expr(node)
        self.ghosts_allowed, self.reads_ghosts = before, noted
        if isinstance(target, ir.Field):
            return target
        if isinstance(target, ir.Component):
            remedy = f"write `... = {ast.unparse(node.value)}.replace({node.attr}=...)`"
            self.refuse(node, "a record never changes", remedy)
        self.refuse(node, f"`{ast.unparse(node)}` cannot be assigned")

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
        index = self._key(expr.type, key.expr) if isinstance(expr.type, DictOf) else key.expr
        if key.default is not None:
            default = key.default if key.default.type == t else self._converted(key.default, t, ast.Pass()) or key.default
            return apply(t, Op.DICT_GET, expr, index, default)
        return apply(t, Op.INDEX, expr, index)

    def _key(self, t: Type, key: ir.Expr) -> ir.Expr:  # type: ignore[override]
        if isinstance(t, DictOf) and not isinstance(t.key, Nothing) and key.type != t.key:
            return self._converted(key, t.key, ast.Pass()) or key
        return key

    def store(self, path: Path, value: ir.Expr, node: ast.expr, *, in_place: bool = False) -> None:
        """Put a value at a path: what it holds is learned, and its bounds are checked."""
        if path.keys or in_place:
            self._check_owned(path.root, node)
        root = self._learned(path, self.seen(value), node)
        path = Path(root, path.keys)
        final = self._rebuilt(root, path.keys, self.into(value, self.leaf(path), node))
        self.out.append(ir.Assign(root, self.into(final, root.type, node)))
        known = self.flow.range(value) if isinstance(value.type, Int) else None
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
            return apply(base.type, Op.DICT_SET, base, self._key(base.type, key.expr), item)
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
            self.refuse(
                node, f"`{_name(root)}` is changed while a loop walks through it", "walk a copy: `for ... in sorted(...)`"
            )
        if isinstance(root, ir.Local) and root.name in self.flow.aliased:
            name = _name(root)
            self.refuse(
                node,
                f"`{name}` may name a value that something else holds, too: changing it here would change both",
                "change the field by its own path (`self.field...`), or build a new value",
            )

    # -- methods that change

    def change(self, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
        if function.attr not in CHANGES:
            return None
        t = self.value_of(self.expr_with_ghosts(function.value), function).type
        if not isinstance(t, SetOf | ListOf | DictOf):
            return None
        if function.attr in ("pop", "popitem") and (isinstance(t, SetOf) or function.attr == "popitem"):
            self.refuse(
                node,
                f"which item `.{function.attr}` takes depends on an order",
                "write `choose(...)` or `min(...)`, then remove it",
            )
        if isinstance(function.value, ast.Call) and not _is_setdefault(function.value):
            self.refuse(node, "this value is nobody's: changing it has no effect", "change a field by its own path")
        self.unsupported(
            node, f"`.{function.attr}` changes a value in the middle of an expression", "write it on a line of its own"
        )

    def expr_with_ghosts(self, node: ast.expr) -> ir.Expr:
        """Return an expression whose root may be a ghost that is about to be written."""
        before, noted = self.ghosts_allowed, self.reads_ghosts
        self.ghosts_allowed = True
        expr = self.expr(node)
        self.ghosts_allowed, self.reads_ghosts = before, noted
        return expr

    def changed(self, node: ast.Call) -> bool:
        """Write the statement of a changing method, if the call is one."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in CHANGES:
            return False
        if isinstance(node.func.value, ast.Call) and not _is_setdefault(node.func.value):
            return False
        if isinstance(node.func.value, ast.Name) and self.shared_holder(node.func.value) is not None:
            return False
        base = self.value_of(self.expr_with_ghosts(node.func.value), node)
        if not isinstance(base.type, SetOf | ListOf | DictOf):
            return False
        path = self.path_of(node.func.value)
        self.with_ghosts(
            path.root, lambda: self._method(node, node.func.attr if isinstance(node.func, ast.Attribute) else "", path)
        )
        return True

    def with_ghosts(self, root: ir.Local | ir.Field, write: Callable[[], None]) -> None:
        """Write what updates a ghost: it may read others."""
        before, noted = self.ghosts_allowed, self.reads_ghosts
        self.ghosts_allowed = before or self.is_ghost(root)
        write()
        if self.is_ghost(root):
            self.reads_ghosts = noted
        self.ghosts_allowed = before

    def _method(self, node: ast.Call, name: str, path: Path) -> None:
        for argument in node.args:
            self.flow.aliased |= self.embedded(argument)
        if node.keywords and name != "sort":
            self.refuse(node, f"`.{name}` takes no names here")
        self.store(path, self._after(node, name, path), node, in_place=True)

    def _after(self, node: ast.Call, name: str, path: Path) -> ir.Expr:
        """Return the container as the method leaves it."""
        t = self.leaf(path)
        arguments = node.args
        match t, name, len(arguments):
            case SetOf(), "add", 1:
                return self._added(node, path)
            case SetOf(item), "discard" | "remove", 1:
                operator = Op.SET_REMOVE if name == "remove" else Op.SET_DISCARD
                return apply(t, operator, self.read(path), self.value(arguments[0], item))
            case SetOf(), _, _ if name in UPDATES and arguments:
                result = self.read(path)
                for argument in arguments:
                    result = self.algebra(node, UPDATES[name], result, self.as_set(self.container(argument)))
                return result
            case SetOf() | ListOf() | DictOf(), "clear", 0:
                return apply(_emptied(t), _MAKE[type(t)])
            case ListOf(), _, _:
                return self._list_after(node, name, path, t)
            case DictOf(), _, _:
                return self._dict_after(node, name, path, t)
        self.refuse(node, f"a `{in_words(t)}` has no method `{name}` that a step can use")

    def _added(self, node: ast.Call, path: Path) -> ir.Expr:
        t = self.leaf(path)
        assert isinstance(t, SetOf)
        item = self.expr(node.args[0], None if isinstance(t.item, Nothing) else t.item)
        kept = self._room(t.item, item, node)
        base = self.read(path)
        return apply(SetOf(kept), Op.SET_ADD, self.into(base, SetOf(kept), node), self.into(item, kept, node))

    def _room(self, held: Type, item: ir.Expr, node: ast.expr) -> Type:
        """Return the item type with room for one more: what is declared stays, what is inferred grows."""
        t = self.seen(item)
        joined = self.lattice.items(held, Option(NOTHING) if isinstance(t, Nothing) and isinstance(held, Nothing) else t)
        if joined is None:
            self.refuse(node, f"a `{in_words(item.type)}` does not belong among `{in_words(held)}`")
        return joined

    def _list_after(self, node: ast.Call, name: str, path: Path, t: ListOf) -> ir.Expr:
        base, arguments = self.read(path), node.args
        match name, len(arguments):
            case "append" | "insert", 1 | 2:
                item = self.expr(arguments[-1], None if isinstance(t.item, Nothing) else t.item)
                longer = ListOf(self._room(t.item, item, node), self._longer(path, t, 1, node))
                wide = self.into(base, ListOf(longer.item, t.longest), node)
                if name == "append":
                    return apply(longer, Op.LIST_APPEND, wide, self.into(item, longer.item, node))
                return apply(longer, Op.LIST_INSERT, wide, self.index(arguments[0]), self.into(item, longer.item, node))
            case "extend", 1:
                more = (
                    self._listed(arguments[0])
                    if not isinstance(arguments[0], ast.GeneratorExp)
                    else self.collected_list(arguments[0])
                )
                return self._extended(node, path, t, more)
            case "remove", 1:
                return apply(t, Op.LIST_REMOVE, base, self.value(arguments[0], t.item))
            case "reverse", 0:
                return apply(t, Op.REVERSED, base)
            case "sort", 0 if not node.keywords:
                self.mark_ordered(t.item)
                return apply(t, Op.SORTED, base)
            case "pop", 0 | 1:
                return apply(t, Op.LIST_DELETE, base, self.position(base, arguments[0] if arguments else None))
        self.unsupported(
            node, f"`.{name}` of a list is not supported in this form", "assign the new list: `self.f = sorted(...)`"
        )

    def collected_list(self, node: ast.GeneratorExp) -> ir.Expr:
        listed = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        return self.expr(listed)

    def _extended(self, node: ast.expr, path: Path, t: ListOf, more: ir.Expr) -> ir.Expr:
        if not isinstance(more.type, ListOf):
            self.refuse(node, f"a list is not extended by a `{in_words(more.type)}`")
        joined = self.concatenated(node, self.read(path), more)
        assert isinstance(joined.type, ListOf)
        most = more.type.longest
        longest = self._longer(path, t, None if most is None else most.value, node)
        return (
            ir.Apply(ListOf(joined.type.item, longest), Op.CONCAT, joined.operands) if isinstance(joined, ir.Apply) else joined
        )

    def _longer(self, path: Path, t: ListOf, more: int | None, node: ast.expr) -> object:
        raise NotImplementedError

    def position(self, base: ir.Expr, index: ast.expr | None) -> ir.Expr:
        """Return the index that `.pop` or `del` means, from the front."""
        back = 1 if index is None else self.negative(index)
        if index is not None and back is None:
            return self.index(index)
        back = back or 1
        length = self.length(base)
        return apply(minus(self.flow.range(length), integer(back, back)), Op.SUB, length, number(back))

    def _dict_after(self, node: ast.Call, name: str, path: Path, t: DictOf) -> ir.Expr:
        base, arguments = self.read(path), node.args
        match name, len(arguments):
            case "pop", 1:
                return apply(t, Op.DICT_DELETE, base, self.value(arguments[0], t.key))
            case "pop", 2:
                key = self.once(self.value(arguments[0], t.key), arguments[0])
                there = self.contains(node, base, key)
                return apply(t, Op.IF, there, apply(t, Op.DICT_DELETE, base, key), base)
            case "update", 1:
                other = self.container(arguments[0])
                both = self.joined(node, [t, other.type])
                return apply(both, Op.DICT_MERGE, self.into(base, both, node), self.into(other, both, node))
            case "setdefault", 2:
                key, default = self.expr(arguments[0], t.key), self.expr(arguments[1], t.value)
                both = self.joined(node, [t, DictOf(key.type, default.type)])
                assert isinstance(both, DictOf)
                wide, key = self.into(base, both, node), self.once(self.into(key, both.key, node), arguments[0])
                kept = apply(both.value, Op.DICT_GET, wide, key, self.into(default, both.value, node))
                return apply(both, Op.DICT_SET, wide, key, kept)
        self.unsupported(node, f"`.{name}` of a dict is not supported in this form", "assign its items one by one")

    def popped(self, node: ast.Call) -> ir.Expr | None:
        """Write `path.pop(...)` as a statement and return what it took, if the call is that."""
        if not (isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "setdefault")):
            return None
        base = self.expr_with_ghosts(node.func.value)
        if not isinstance(base.type, ListOf | DictOf):
            return None
        path = self.path_of(node.func.value)
        if not isinstance(base.type, ListOf):
            return self._popped_key(node, path, base.type, node.func.attr)
        index = self.once(self.position(self.read(path), node.args[0] if node.args else None), node)
        taken = self.temporary(base.type.item, node, "taken")
        self.out.append(ir.Assign(taken, apply(base.type.item, Op.INDEX, self.read(path), index)))
        self.store(path, apply(base.type, Op.LIST_DELETE, self.read(path), index), node, in_place=True)
        return taken

    def _popped_key(self, node: ast.Call, path: Path, t: DictOf, name: str) -> ir.Expr:
        if name == "setdefault":
            self.changed(node)
            key = self.value(node.args[0], t.key)
            return apply(t.value, Op.INDEX, self.read(Path(path.root)) if not path.keys else self.read(path), key)
        value = self._get(node, self.read(path)) if len(node.args) == 2 else self.item(node, self.read(path), node.args[0])
        taken = self.temporary(value.type, node, "taken")
        self.out.append(ir.Assign(taken, value))
        self.store(path, self._dict_after(node, "pop", path, t), node, in_place=True)
        return taken


_MAKE: dict[type[Type], Op] = {SetOf: Op.MAKE_SET, ListOf: Op.MAKE_LIST, DictOf: Op.MAKE_DICT}


def _emptied(t: Type) -> Type:
    return ListOf(t.item, sized(0)) if isinstance(t, ListOf) else t


def _is_setdefault(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault"


def _same(a: ir.Local | ir.Field, b: ir.Local | ir.Field) -> bool:
    return isinstance(a, ir.Field) == isinstance(b, ir.Field) and a.name == b.name


def _name(root: ir.Local | ir.Field) -> str:
    return f"self.{root.name}" if isinstance(root, ir.Field) and isinstance(root.holder, ir.Local) else root.name
