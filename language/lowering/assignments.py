"""Assignments: to names, fields and items; several at once; augmented; `del`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.attributes import has_ids
from quorate.language.lowering.conversions import apply
from quorate.language.lowering.narrowing import Fact
from quorate.language.lowering.ownership import Ownership
from quorate.language.lowering.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.soundness.loops import ORDERLESS
from quorate.language.values.lattice import NOTHING, high, in_words, integer, is_mutable
from quorate.language.values.types import Int, ListOf, Nothing, Option, SetOf, Size, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.lowering.body import Located
    from quorate.language.lowering.paths import Path


class Assignments(Ownership):
    """Adds assignments."""

    def _assign(self, node: ast.Assign, targets: Sequence[ast.expr], value: ast.expr) -> None:
        if len(targets) == 1:
            self._assign_one(targets[0], value)
            return
        found = self._valued(value, None)
        kept = self.temporary(found.type, node)
        self.out.append(ir.Assign(kept, found))
        for target in targets:
            self.put(target, kept, value, fresh=False)

    def _assign_one(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value)
            return
        root = self._root(target)
        if root is not None and self.is_ghost(root):
            self.with_ghosts(root, lambda: self.put(target, self._valued(value, self.expected(target)), value))
            return
        found = self._valued(value, self.expected(target))
        self.put(target, found, value)

    def _root(self, target: ast.expr) -> ir.Local | ir.Field | None:
        while isinstance(target, ast.Subscript):
            target = target.value
        return self.writable(target) if isinstance(target, ast.Attribute) else None

    def expected(self, target: ast.expr) -> Type | None:
        """Return the type that a target gives to what is assigned to it."""
        match target:
            case ast.Name(name):
                return self.inference.known.get(("local", self.standing.key, name))
            case ast.Attribute():
                return self.writable(target).type
            case ast.Subscript(base, _):
                t = self.expected(base)
                return getattr(t, "value", None) or getattr(t, "item", None)
            case _:
                pass
        return None

    def _valued(self, node: ast.expr, expected: Type | None) -> ir.Expr:
        """Return the right-hand side of an assignment: here `pop` is allowed."""
        if isinstance(node, ast.Call):
            taken = self.popped(node)
            if taken is not None:
                return taken
        value = self.expr(node, expected)
        is_view = isinstance(value, ir.Apply) and value.operator in ORDERLESS  # `set(d)` is the same, but a copy
        if is_view and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            text = ast.unparse(node.func)
            raise self.refusal(node, f"`{text}()` shows the dict as it changes", "keep a copy: `set(...)`, `sorted(...)`")
        if isinstance(value, ir.Call) and self.assembly.functions[value.function].result is None:
            raise self.refusal(node, "this helper gives no value", "let it `return` one, or call it on a line of its own")
        return value

    def _annotated_assign(self, target: ast.expr, annotation: ast.expr, value: ast.expr) -> None:
        t = self.names.annotated(annotation, self.source)
        if isinstance(target, ast.Name) and t is not None:
            found = self._valued(value, t)
            if isinstance(t, Option) and isinstance(found.type, Nothing):
                found = ir.Const(Option(self.known_item(target.id)), None)
            self.put(target, found, value)
        else:
            self._assign_one(target, value)

    def known_item(self, name: str) -> Type:
        """Return what an option of this local holds, as far as it is known."""
        known = self.inference.known.get(("local", self.standing.key, name))
        return known.item if isinstance(known, Option) else NOTHING

    def put(self, target: ast.expr, value: ir.Expr, node: ast.expr, *, fresh: bool | None = None) -> None:
        """Assign a value to one target."""
        if isinstance(target, ast.Starred):
            raise self.unsupported(target, "a starred name is not supported", "take slices")
        if isinstance(target, ast.Name):
            self._put_local(target, value, node, fresh=self.is_fresh(node, value.type) if fresh is None else fresh)
            return
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
            raise self.unsupported(target, "a slice is assigned", "assign the whole list: `xs = xs[:i] + ys + xs[j:]`")
        self.store(self.path_of(target), value, node)
        self.flow.aliased |= self.embedded(node)

    def _put_local(self, target: ast.Name, value: ir.Expr, node: ast.expr, *, fresh: bool) -> None:
        name = target.id
        local = self.assigned(name, self.seen(value), target)
        self.out.append(ir.Assign(local, self.into(value, local.type, node)))
        known = self.known(value)
        is_old = self.is_old(value)
        present = self.flow.is_present(value) or not isinstance(value.type, Option | Nothing)
        self.flow.forget(local)
        self.note_local(local, known, present=present and isinstance(local.type, Option))
        self.flow.aliased = self.flow.aliased - {name} if fresh else self.flow.aliased | {name} | self.embedded(node)
        self.flow.old = self.flow.old | {name} if is_old and has_ids(local.type) else self.flow.old - {name}

    def note_local(self, local: ir.Local, known: Int | None, *, present: bool) -> None:
        """Note what is known of a local that was just assigned."""
        if known is not None or present:
            self.flow.note(local, Fact(present, known))

    def assigned(self, name: str, t: Type, node: Located) -> ir.Local:
        """A list that is appended to has room for as many items as the loops around can append."""
        local = super().assigned(name, t, node)
        growth = self.inference.known.get(("growth", self.standing.key, name))
        if not isinstance(local.type, ListOf) or not isinstance(growth, Int):
            return local
        most = high(growth)
        longest = None if most is None or local.type.longest is None else local.type.longest.value + most
        return self.bind(name, name, ListOf(local.type.item, sized(longest)))

    def _longer(self, path: Path, t: ListOf, more: int | None, node: ast.expr) -> Size | None:
        """In a loop, what is appended to a local counts as often as the loops around may run, and is added to its type."""
        if isinstance(path.root, ir.Field) or path.keys or not self.times:
            longest = self.flow.longest(self.read(path)) if not path.keys else None if t.longest is None else t.longest.value
            return sized(None if longest is None or more is None else longest + more)
        total = more
        for times in self.times:
            total = None if total is None or times is None else total * times
        self.growth.setdefault(path.root.name, {})[id(node)] = total
        return self._plain_length(path.root.name)

    def _plain_length(self, name: str) -> Size | None:
        """Return the length of a local as it is assigned, before anything is appended."""
        known = self.inference.known.get(("local", self.standing.key, name))
        return known.longest if isinstance(known, ListOf) else None

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr) -> None:
        """`a, b = b, a`: the right side is read first."""
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            expected = [None if isinstance(t, ast.Tuple) else self.expected(t) for t in target.elts]
            values = [self._meant_for(p, v, e) for p, v, e in zip(target.elts, value.elts, expected, strict=True)]
            kept = [self._kept(v, n, target.elts[:i]) for i, (v, n) in enumerate(zip(values, value.elts, strict=True))]
            for part, found, node in zip(target.elts, kept, value.elts, strict=True):
                self._put_part(part, found, node)
            return
        found = self._valued(value, None)
        if not isinstance(found.type, TupleOf) or len(found.type.items) != len(target.elts):
            raise self.refusal(value, f"a `{in_words(found.type)}` does not unpack into {len(target.elts)} names")
        found = self.once(found, value)
        for i, (part, t) in enumerate(
            zip(target.elts, found.type.items if isinstance(found.type, TupleOf) else (), strict=True)
        ):
            item = apply(t, Op.INDEX, found, ir.Const(integer(i, i), i))
            self._put_part(part, item, value)

    def _meant_for(self, target: ast.expr, node: ast.expr, expected: Type | None) -> ir.Expr:
        """Return what is assigned to one of several targets: for a ghost it may read ghosts."""
        root = self._root(target)
        if root is None:
            return self._valued(node, expected)
        found: list[ir.Expr] = []
        self.with_ghosts(root, lambda: found.append(self._valued(node, expected)))
        return found[0]

    def _put_part(self, part: ast.expr, value: ir.Expr, node: ast.expr) -> None:
        if isinstance(part, ast.Tuple | ast.List):
            raise self.unsupported(part, "names are unpacked in two levels here", "unpack the inner tuple on the next line")
        self.put(part, value, node)

    def _kept(self, value: ir.Expr, node: ast.expr, before: Sequence[ast.expr]) -> ir.Expr:
        """Return a value that stays what it is while the targets before it are assigned."""
        changed = {root.attr if isinstance(root, ast.Attribute) else getattr(root, "id", "") for root in map(_root_of, before)}
        moving = (isinstance(e, ir.Field | ir.Local) and e.name in changed for e in within(value))
        if not before or (self.is_repeatable(value) and not any(moving)):
            return value
        kept = self.temporary(value.type, node)
        self.out.append(ir.Assign(kept, value))
        self.note_local(kept, self.known(value), present=self.flow.is_present(value))
        return kept

    def _augmented(self, target: ast.expr, operator: ast.operator, value: ast.expr) -> None:
        path = self.with_target(target)

        def write() -> None:
            before = self.read(path)
            right = self.expr(value, before.type if is_mutable(before.type) else None)
            in_place = (isinstance(before.type, SetOf | ListOf) and type(operator) is not ast.Mult) or is_mutable(before.type)
            if isinstance(before.type, ListOf) and isinstance(operator, ast.Add):
                self.store(path, self._extended(target, path, before.type, self.sequence(right)), target, in_place=True)
            else:
                self.store(path, self.binary(target, before, operator, right), target, in_place=in_place)

        self.with_ghosts(path.root, write)
        self.flow.aliased |= self.embedded(value)

    def with_target(self, target: ast.expr) -> Path:
        """Return the path of a target that is read and written."""
        if isinstance(target, ast.Name) and self.local(target.id, target) is None:
            raise self._of_module(target, target.id)
        return self.path_of(target)

    def _delete(self, target: ast.expr) -> None:
        if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
            raise self.unsupported(
                target, "`del` removes an item of a list or dict here", "assign what shall be left: `xs = xs[1:]`"
            )
        path = self.path_of(target.value)
        t = self.leaf(path)
        if isinstance(t, ListOf):
            after = apply(t, Op.LIST_DELETE, self.read(path), self.position(self.read(path), target.slice))
        else:
            key = self.value(target.slice, getattr(t, "key", NOTHING))
            after = apply(t, Op.DICT_DELETE, self.read(path), key)
        self.store(path, after, target, in_place=True)


def _root_of(target: ast.expr) -> ast.expr:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target
