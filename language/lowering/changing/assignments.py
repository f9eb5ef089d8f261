"""Assignments: to names, fields and items; several at once; augmented; `del`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.lowering.bodies.conversions import apply, into, length_of, number
from quorate.language.lowering.bodies.narrowing import Fact
from quorate.language.lowering.bodies.sequence import hoisted, known_range, named_last
from quorate.language.lowering.changing.mutations import extended, popped, position
from quorate.language.lowering.changing.operands import before_path, effects_of, settled
from quorate.language.lowering.changing.paths import (
    assigned_local,
    held,
    leaf,
    of_module,
    path_of,
    read,
    store,
    writable,
)
from quorate.language.lowering.reading.attributes import has_ids, is_through_old
from quorate.language.lowering.reading.constants import of_state, value_as
from quorate.language.lowering.reading.operators import binary, sequence
from quorate.language.lowering.reading.records import seen
from quorate.language.program import ir
from quorate.language.program.effects import QUIET
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.soundness.order import ORDERLESS, is_unordered
from quorate.language.values.lattice import BOOL, NOTHING, integer, is_mutable, one
from quorate.language.values.types import DictOf, Int, ListOf, Nothing, Option, SetOf, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quorate.language.lowering.bodies.body import Body
    from quorate.language.lowering.changing.paths import Path


def assign(body: Body, node: ast.Assign, targets: Sequence[ast.expr], value: ast.expr) -> None:
    if len(targets) == 1:
        assign_one(body, targets[0], value)
        return
    kept = hoisted(body, valued(body, value, None), node)
    for target in targets:
        put(body, target, kept, value)


def assign_one(body: Body, target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Tuple | ast.List):
        unpack(body, target, value)
        return
    put(body, target, valued(body, value, expected_type(body, target)), value)


def expected_type(body: Body, target: ast.expr) -> Type | None:
    """Return the type that a target gives to what is assigned to it."""
    match target:
        case ast.Name(name):
            return body.inference.known.get(("local", body.standing.key, name))
        case ast.Attribute():
            return writable(body, target).type
        case ast.Subscript(base, _):
            t = expected_type(body, base)
            return getattr(t, "value", None) or getattr(t, "item", None)
        case _:
            pass
    return None


def valued(body: Body, node: ast.expr, expected: Type | None) -> ir.Expr:
    """Return the right-hand side of an assignment: here `pop` is allowed."""
    if isinstance(node, ast.Call):
        taken = popped(body, node)
        if taken is not None:
            return taken
    of_state(body, node, expected)
    value = body.expr(node, expected)
    is_view = isinstance(value, ir.Apply) and value.operator in ORDERLESS  # `set(d)` is the same, but a copy
    if is_view and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        text = ast.unparse(node.func)
        raise body.refusal(node, f"`{text}()` shows the dict as it changes", "keep a copy: `set(...)`, `sorted(...)`")
    called = named_last(value)
    if isinstance(called, ir.Call) and body.assembly.functions[called.function].result is None:
        raise body.refusal(node, "this helper gives no value", "let it `return` one, or call it on a line of its own")
    return value


def annotated_assign(body: Body, target: ast.expr, annotation: ast.expr, value: ast.expr) -> None:
    t = body.names.annotated(annotation, body.source)
    if isinstance(target, ast.Name) and t is not None:
        found = valued(body, value, t)
        if isinstance(t, Option) and isinstance(found.type, Nothing):
            found = ir.Const(Option(known_item(body, target.id)), None)
        put(body, target, found, value)
    else:
        assign_one(body, target, value)


def known_item(body: Body, name: str) -> Type:
    """Return what an option of this local holds, as far as it is known."""
    known = body.inference.known.get(("local", body.standing.key, name))
    return known.item if isinstance(known, Option) else NOTHING


def put(body: Body, target: ast.expr, value: ir.Expr, node: ast.expr) -> None:
    """Assign a value to one target."""
    if isinstance(target, ast.Starred):
        raise body.unsupported(target, "a starred name is not supported", "take slices")
    if isinstance(target, ast.Name):
        put_local(body, target, value, node)
        return
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
        raise body.unsupported(target, "a slice is assigned", "assign the whole list: `xs = xs[:i] + ys + xs[j:]`")
    path = path_of(body, target)
    value = before_path(body, value, path, node)
    store(body, settled(body, path, target), value, node)


def put_local(body: Body, target: ast.Name, value: ir.Expr, node: ast.expr) -> None:
    name = target.id
    local = assigned_local(body, name, seen(body, value), target)
    body.out.append(ir.Assign(local, into(body, value, local.type, node)))
    known = known_range(body, value)
    is_old = is_through_old(body, value)
    present = body.flow.is_present(value) or not isinstance(value.type, Option | Nothing)
    body.flow.forget(local)
    note_local(body, local, known, present=present and isinstance(local.type, Option))
    body.flow.old = body.flow.old | {name} if is_old and has_ids(local.type) else body.flow.old - {name}


def note_local(body: Body, local: ir.Local, known: Int | None, *, present: bool) -> None:
    """Note what is known of a local that was just assigned."""
    if known is not None or present:
        body.flow.note(local, Fact(present, known))


def unpack(body: Body, target: ast.Tuple | ast.List, value: ast.expr) -> None:
    """`a, b = b, a`: the right side is read first."""
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
        expected = [None if isinstance(t, ast.Tuple | ast.List) else expected_type(body, t) for t in target.elts]
        at_once = any(map(is_taking, value.elts))  # what `pop` does is a statement of its own
        pairs = zip(value.elts, expected, strict=True)
        values = [hoisted(body, valued(body, v, e), v) if at_once else valued(body, v, e) for v, e in pairs]
        kept = kept_values(body, values, target, value.elts)
        for part, found, node in zip(target.elts, kept, value.elts, strict=True):
            put_part(body, part, found, node)
        return
    spread(body, target, valued(body, value, None), value)


def spread(body: Body, target: ast.Tuple | ast.List, found: ir.Expr, value: ast.expr) -> None:
    """Assign the items of a tuple or list to as many targets."""
    if isinstance(found.type, SetOf | DictOf) or is_unordered(found):
        what = f"which item of {one(found.type)} goes to which name depends on an order"
        raise body.refusal(value, what, "write `sorted(...)` around it, or `min(...)` and `max(...)`")
    if any(isinstance(t, ast.Starred) for t in target.elts):
        raise body.unsupported(value, "a part of a list is unpacked here", "take its items by number: `xs[0]`, `xs[1:]`")
    if isinstance(found.type, ListOf):
        unpack_list(body, target, hoisted(body, found, value, anew=True), value)
        return
    if not isinstance(found.type, TupleOf) or len(found.type.items) != len(target.elts):
        raise body.refusal(value, f"{one(found.type)} does not unpack into {len(target.elts)} names")
    targets = leaves(target)
    if body.assembly.observer.of(found).acts or may_act(targets) or is_moved(body, found, targets):
        found = hoisted(body, found, value, anew=True)
    for i, (part, t) in enumerate(zip(target.elts, found.type.items if isinstance(found.type, TupleOf) else (), strict=True)):
        item = apply(t, Op.INDEX, found, ir.Const(integer(i, i), i))
        put_part(body, part, item, value)


def unpack_list(body: Body, target: ast.Tuple | ast.List, found: ir.Expr, value: ast.expr) -> None:
    """Unpack a list, which has as many items as there are names, or the step is an error."""
    assert isinstance(found.type, ListOf)
    body.out.append(ir.Assert(apply(BOOL, Op.EQ, length_of(body, found), number(len(target.elts)))))
    for i, part in enumerate(target.elts):
        put_part(body, part, apply(found.type.item, Op.INDEX, found, number(i)), value)


def put_part(body: Body, part: ast.expr, value: ir.Expr, node: ast.expr) -> None:
    if isinstance(part, ast.Tuple | ast.List):
        spread(body, part, hoisted(body, value, node, anew=True), node)
        return
    put(body, part, value, node)


def is_taking(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "setdefault")


def leaves(target: ast.expr) -> list[ast.expr]:
    """Return what a target assigns in the end, in order."""
    return [leaf for t in target.elts for leaf in leaves(t)] if isinstance(target, ast.Tuple | ast.List) else [target]


def kept_values(
    body: Body, values: Sequence[ir.Expr], target: ast.Tuple | ast.List, nodes: Sequence[ast.expr]
) -> list[ir.Expr]:
    """Return values that are all there before the first target is assigned, and stay what they are."""
    does, targets = effects_of(body, values), leaves(target)
    if may_act(targets) or does.acts or (does.fails and any(map(may_be_down, targets))):
        return [hoisted(body, v, n, anew=True) for v, n in zip(values, nodes, strict=True)]
    return [
        hoisted(body, v, n, anew=True) if is_moved(body, v, [t for part in target.elts[:i] for t in leaves(part)]) else v
        for i, (v, n) in enumerate(zip(values, nodes, strict=True))
    ]


def may_be_down(target: ast.expr) -> bool:
    """Say whether the step is not there where this is assigned: in a field of a process that is down."""
    root = _root_of(target)
    return isinstance(root, ast.Attribute) and not (isinstance(root.value, ast.Name) and root.value.id == "self")


def may_act(targets: Sequence[ast.expr]) -> bool:
    """Say whether to find out where targets are may do anything; a name in them may not have a value yet."""
    inside = [inner for t in targets for index in subscripts(t) for inner in ast.walk(index)]
    return any(isinstance(inner, ast.Call | ast.Attribute) for inner in inside)


def subscripts(target: ast.expr) -> list[ast.expr]:
    """Return what is evaluated to find out where a target is."""
    found: list[ast.expr] = []
    while isinstance(target, ast.Subscript | ast.Attribute):
        found += [target.slice] if isinstance(target, ast.Subscript) else []
        target = target.value
    return [*found, target] if isinstance(target, ast.Call) else found


def is_moved(body: Body, value: ir.Expr, targets: Sequence[ast.expr]) -> bool:
    """Say whether a value may be another one when these targets have been assigned."""
    changed = {root.attr if isinstance(root, ast.Attribute) else getattr(root, "id", "") for root in map(_root_of, targets)}
    locals_ = {e.name for e in within(value) if isinstance(e, ir.Local)}
    return not changed.isdisjoint(locals_ | body.assembly.observer.of(value).reads)


def augmented(body: Body, target: ast.expr, operator: ast.operator, value: ast.expr) -> None:
    if isinstance(operator, ast.LShift):
        raise body.refusal(target, "`<<=` is not part of the modelling language", f"write `{ast.unparse(target)} = ... << n`")
    path = with_target(body, target)
    if isinstance(t := leaf(body, path), Option) and is_mutable(t):
        path = held(body, path, target)
    before = read(body, path)
    right = body.expr(value, before.type if is_mutable(before.type) else None)
    in_place = (isinstance(before.type, SetOf | ListOf) and type(operator) is not ast.Mult) or is_mutable(before.type)
    does = body.assembly.observer.of(right)
    path = settled(body, path, target, does if path.keys or in_place else QUIET)
    before = read(body, path)
    if in_place:  # Python has the container itself, and computes what is put into it before it looks inside
        right = hoisted(body, right, value) if does.acts else right
    if isinstance(before.type, ListOf) and isinstance(operator, ast.Add):
        store(body, path, extended(body, target, path, before.type, sequence(body, right)), target, in_place=True)
    else:
        store(body, path, binary(body, target, before, operator, right), target, in_place=in_place)


def with_target(body: Body, target: ast.expr) -> Path:
    """Return the path of a target that is read and written."""
    if isinstance(target, ast.Name) and body.local(target.id, target) is None:
        raise of_module(body, target, target.id)
    return path_of(body, target)


def delete(body: Body, target: ast.expr) -> None:
    if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
        raise body.unsupported(
            target, "`del` removes an item of a list or dict here", "assign what shall be left: `xs = xs[1:]`"
        )
    path = held(body, path_of(body, target.value), target)
    t = leaf(body, path)
    if isinstance(t, ListOf):
        key, operator = position(body, read(body, path), target.slice), Op.LIST_DELETE
    else:
        key, operator = value_as(body, target.slice, getattr(t, "key", NOTHING)), Op.DICT_DELETE
    does = body.assembly.observer.of(key)
    path = settled(body, path, target, does)
    key = hoisted(body, key, target.slice) if does.acts else key
    store(body, path, apply(t, operator, read(body, path), key), target, in_place=True)


def _root_of(target: ast.expr) -> ast.expr:
    while isinstance(target, ast.Subscript):
        target = target.value
    return target
