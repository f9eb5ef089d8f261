"""The methods that change a container: each is an assignment of a new value to a path.

A local that may name a field's value is not changed: Python would change the field with it, and C would not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.conversions import apply, number
from quorate.language.lowering.paths import Path, Paths
from quorate.language.lowering.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import NOTHING, in_words, integer, minus
from quorate.language.values.types import DictOf, ListOf, Nothing, Option, SetOf, Size, Type

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Mutations(Paths):
    """Adds methods that change."""

    def change(self, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
        if function.attr not in CHANGES:
            return None
        t = self.value_of(self.expr_with_ghosts(function.value), function).type
        if not isinstance(t, SetOf | ListOf | DictOf):
            return None
        if function.attr in ("pop", "popitem") and (isinstance(t, SetOf) or function.attr == "popitem"):
            raise self.refusal(
                node,
                f"which item `.{function.attr}` takes depends on an order",
                "write `choose(...)` or `min(...)`, then remove it",
            )
        if isinstance(function.value, ast.Call) and not _is_setdefault(function.value):
            raise self.refusal(node, "this value is nobody's: changing it has no effect", "change a field by its own path")
        raise self.unsupported(
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
        if not isinstance(node.func.value, ast.Call):
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
            raise self.refusal(node, f"`.{name}` takes no names here")
        self.store(path, self._after(node, name, path), node, in_place=True)

    def _after(self, node: ast.Call, name: str, path: Path) -> ir.Expr:
        """Return the container as the method leaves it."""
        t = self.leaf(path)
        arguments = node.args
        match t, name, len(arguments):
            case SetOf(), "add", 1:
                return self._added(node, path)
            case SetOf(item), "remove", 1:
                return apply(t, Op.SET_REMOVE, self.read(path), self.value(arguments[0], item))
            case SetOf(item), "discard", 1:
                base, value = self.read(path), self.expr(arguments[0], item)
                return self.looked_up(node, value, item, lambda x: apply(t, Op.SET_DISCARD, base, x), base)
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
            case _:
                pass
        raise self.refusal(node, f"a `{in_words(t)}` has no method `{name}` that a step can use")

    def _added(self, node: ast.Call, path: Path) -> ir.Expr:
        t = self.leaf(path)
        assert isinstance(t, SetOf)
        item = self.expr(node.args[0], None if isinstance(t.item, Nothing) else t.item)
        kept = self._room(t.item, item, node)
        base = self.read(path)
        return apply(SetOf(kept), Op.SET_ADD, self.into(base, SetOf(kept), node), self.into(item, kept, node))

    def _room(self, held: Type, item: ir.Expr, node: ast.Call) -> Type:
        """Return the item type with room for one more: what is declared stays, what is inferred grows."""
        t = self.seen(item)
        if isinstance(t, Option) and not isinstance(held, Option | Nothing):
            self.into(item, held, node.args[-1])
        joined = self.lattice.items(held, Option(NOTHING) if isinstance(t, Nothing) and isinstance(held, Nothing) else t)
        if joined is None:
            raise self.refusal(node, f"a `{in_words(item.type)}` does not belong among `{in_words(held)}`")
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
            case _:
                pass
        raise self.unsupported(
            node, f"`.{name}` of a list is not supported in this form", "assign the new list: `self.f = sorted(...)`"
        )

    def collected_list(self, node: ast.GeneratorExp) -> ir.Expr:
        listed = ast.copy_location(ast.ListComp(node.elt, node.generators), node)
        return self.expr(listed)

    def _extended(self, node: ast.expr, path: Path, t: ListOf, more: ir.Expr) -> ir.Expr:
        if not isinstance(more.type, ListOf):
            raise self.refusal(node, f"a list is not extended by a `{in_words(more.type)}`")
        joined = self.concatenated(node, self.read(path), more)
        assert isinstance(joined.type, ListOf)
        most = more.type.longest
        longest = self._longer(path, t, None if most is None else most.value, node)
        return (
            ir.Apply(ListOf(joined.type.item, longest), Op.CONCAT, joined.operands) if isinstance(joined, ir.Apply) else joined
        )

    def _longer(self, path: Path, t: ListOf, more: int | None, node: ast.expr) -> Size | None:
        """Return how long a list may be after `more` items were put in at this node."""
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
                key = self.once(self.expr(arguments[0], t.key), arguments[0])
                there = self.contains(node, base, key)
                return apply(t, Op.IF, there, apply(t, Op.DICT_DELETE, base, self.into(key, t.key, node)), base)
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
            case _:
                pass
        raise self.unsupported(node, f"`.{name}` of a dict is not supported in this form", "assign its items one by one")

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
