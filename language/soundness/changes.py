"""What a change in place reaches: the container that an assignment names, or what is inside it, too."""

from __future__ import annotations

from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.values.lattice import is_mutable

SAME = (Op.CONVERT, Op.INJECT, Op.VALUE)  # the operand itself
ITEMS = (Op.INDEX, Op.INDEX_BACK, Op.DICT_FIND)  # something in the first operand


def is_deep(node: ir.Assign) -> bool:
    """Say whether a change in place may reach what is inside the container that the target names."""
    return _reaches(_bare(node.value), node.target)


def _reaches(value: ir.Expr, target: ir.Local | ir.Field) -> bool:
    if not isinstance(value, ir.Apply):
        return False
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
