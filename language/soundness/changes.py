"""What a change in place reaches: the container that an assignment names, what is inside it, a loop that walks it."""

from __future__ import annotations

from dataclasses import dataclass

from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.soundness.order import is_unordered
from quorate.language.values.lattice import is_mutable
from quorate.language.values.types import ListOf, SetOf

SAME = (Op.CONVERT, Op.INJECT, Op.VALUE)  # the operand itself
ITEMS = (Op.INDEX, Op.INDEX_BACK, Op.DICT_FIND)  # something in the first operand


def is_deep(node: ir.Assign) -> bool:
    """Say whether a change in place may reach what is inside the container that the target names."""
    return _reaches(_bare(node.value), node.target)


def _reaches(value: ir.Expr, target: ir.Local | ir.Field) -> bool:
    if not isinstance(value, ir.Apply):
        return isinstance(value, ir.Opaque)
    if value.operator is Op.IF:
        return any(_reaches(_bare(way), target) for way in value.operands[1:])
    if value.operator not in (Op.LIST_SET, Op.DICT_SET) or not is_mutable(value.operands[2].type):
        return False
    item = _bare(value.operands[2])
    is_change = isinstance(item, ir.Apply) and item.operator not in (*ITEMS, Op.DICT_GET)
    return is_change and target in within(item)


def is_default(expr: ir.Apply) -> bool:
    """Say whether this is `setdefault`: the item that is there stays there."""
    base, key, item = expr.operands
    return isinstance(item, ir.Apply) and item.operator is Op.DICT_GET and item.operands[:2] == (base, key)


def _bare(expr: ir.Expr) -> ir.Expr:
    while isinstance(expr, ir.Apply) and expr.operator in SAME:
        expr = expr.operands[0]
    return expr


def label(target: ir.Local | ir.Field) -> str:
    if isinstance(target, ir.Field) and isinstance(target.holder, ir.Local):
        return f"{target.holder.name}.{target.name}"
    return target.name


@dataclass(frozen=True, slots=True)
class Walk:
    """What a loop walks: the container that it names, and the local that has each item's key or index, if there are such."""

    loop: ir.For
    container: ir.Local | ir.Field | None
    key: str | None

    def is_own(self, node: ir.Assign) -> bool:
        """Say whether an assignment changes the item that the loop is at: none that it has still to come to, and no key."""
        value = _bare(node.value)
        if node.target != self.container or not isinstance(value, ir.Apply) or value.operator not in (Op.DICT_SET, Op.LIST_SET):
            return False
        base, key = map(_bare, value.operands[:2])
        return base == node.target and isinstance(key, ir.Local) and key.name == self.key

    def problem(self, changed: str) -> tuple[str, str]:
        """Return what is wrong with a change of what the loop walks, and what to write instead."""
        source, name = self.loop.source, "..." if self.container is None else label(self.container)
        what = f"`{changed}` is changed while a loop walks through it"
        if changed != name:
            what = f"to change `{changed}` here changes what a loop walks through, too"
        if changed == name or not (isinstance(source.type, SetOf | ListOf) and is_mutable(source.type.item)):
            return what, f"walk a copy: `for ... in {'list' if isinstance(source.type, ListOf) else 'sorted'}({name})`"
        if is_unordered(source):
            return what, f"walk the keys, `for k in {name}`, and change `{name}[k]`"
        return what, f"walk the positions, `for i in range(len({name}))`, and change `{name}[i]`"


def walk_of(loop: ir.For) -> Walk:
    """Return what a loop walks."""
    source, key = _bare(loop.source), None
    if isinstance(source, ir.Apply) and source.operator in (Op.KEYS, Op.VALUES, Op.ITEMS, Op.ENUMERATE):
        has_key = source.operator is Op.KEYS or (source.operator is not Op.VALUES and len(loop.targets) > 1)
        key, source = loop.targets[0].name if has_key else None, _bare(source.operands[0])
    return Walk(loop, source if isinstance(source, ir.Local | ir.Field) else None, key)
