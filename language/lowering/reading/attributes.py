"""Attributes: fields of processes and of shared state, now or before the step; fields of records; members of enums."""

from __future__ import annotations

import ast
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language.declare import Shared
from quorate.language.errors import did_you_mean
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.conversions import apply, value_of
from quorate.language.lowering.reading.constants import constant, is_builtin, mark_ordered, of_class
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.values.lattice import (
    integer,
    one,
    parts,
)
from quorate.language.values.types import (
    Enumeration,
    ProcessId,
    RecordOf,
    Type,
)

if TYPE_CHECKING:
    from quorate.language.loading.model import FieldDeclaration
    from quorate.language.lowering.bodies.body import Body


def attribute(body: Body, node: ast.Attribute) -> ir.Expr:
    named = module_attribute(body, node)
    if named is not None:
        return named
    shared = shared_holder(body, node.value)
    if shared is not None:
        return field(body, node, shared[0], shared[1], node.attr, old=shared[2])
    is_old, base = base_of(body, node.value)
    match base.type:
        case ProcessId(kind, _):
            return process_attribute(body, node, base, kind, old=is_old)
        case RecordOf(name, fields):
            return component(body, node, base, name, dict(fields))
        case Enumeration() if node.attr in ("name", "value"):
            raise body.unsupported(node, f"`.{node.attr}` of an enum has no meaning here", "compare the members themselves")
        case _:
            pass
    raise body.refusal(node, f"{one(base.type)} has no attribute `{node.attr}`")


def module_attribute(body: Body, node: ast.Attribute) -> ir.Expr | None:
    """Return `Role.LEADER`, or what a module of the user's has under the name."""
    owner = module_value(body, node.value)
    if isinstance(owner, type) and issubclass(owner, Enum):
        if node.attr not in owner.__members__:
            hint = did_you_mean(node.attr, owner.__members__)
            raise body.refusal(node, f"`{owner.__name__}` has no member `{node.attr}`{hint}")
        return constant(body, node, owner[node.attr], node.attr)
    found = of_class(body, node)
    if callable(found):
        what = f"`{ast.unparse(node)}` is of a class that is none of the language's"
        raise body.refusal(node, what, "write a function, at the top level of the module")
    if found is not ABSENT:
        return constant(body, node, found, ast.unparse(node))
    for source in body.assembly.model.sources:
        if owner is source.module:
            found = vars(source.module).get(node.attr, ABSENT)
            if found is ABSENT:
                raise body.unknown(node.attr, node, body.names.known(source))
            return constant(body, node, found, node.attr)
    return None


def module_value(body: Body, node: ast.expr) -> object:
    """Return what `name`, or `module.name`, is in the model's own modules, or `ABSENT`."""
    if isinstance(node, ast.Name):
        return ABSENT if body.is_local(node.id) else body.names.value(body.source, node.id)
    if isinstance(node, ast.Attribute):
        owner = module_value(body, node.value)
        if any(owner is s.module for s in body.assembly.model.sources):
            return vars(owner).get(node.attr, ABSENT)
    return ABSENT


def base_of(body: Body, node: ast.expr) -> tuple[bool, ir.Expr]:
    """Return what an attribute is taken of, and whether it is seen as it was before the step."""
    if isinstance(node, ast.Call) and is_builtin(body, node.func, "old"):
        holder = value_of(body, body.expr(old_argument(body, node)), node)
        return True, holder
    base = value_of(body, body.expr(node), node)
    return is_through_old(body, base), base


def old_argument(body: Body, node: ast.Call) -> ast.expr:
    model = body.assembly.model
    asking = [p for p in (*model.functions, *model.constraints) if p.name == body.standing.property]
    if body.standing.mode != "property" or any(p.modality != "step" for p in asking):
        remedy = "keep what you need in a field" if body.standing.mode != "property" else "mark the property `@step`"
        raise body.refusal(node, "`old` is for `@step` properties", remedy)
    if len(node.args) != 1 or node.keywords:
        raise body.refusal(node, "`old` takes one process or shared state")
    return node.args[0]


def is_through_old(body: Body, expr: ir.Expr) -> bool:
    """Say whether an id was reached through `old`: then what is reached through it is old, too."""
    return any(
        (isinstance(e, ir.Field) and e.old) or (isinstance(e, ir.Local) and e.name in body.flow.old) for e in within(expr)
    ) and has_ids(expr.type)


def shared_holder(body: Body, node: ast.expr) -> tuple[int, str, bool] | None:
    """Return the number and kind of the shared state that a node names (and whether as it was), or None."""
    if isinstance(node, ast.Call) and is_builtin(body, node.func, "old"):
        inner = shared_holder(body, old_argument(body, node))
        return None if inner is None else (inner[0], inner[1], True)
    if not isinstance(node, ast.Name):
        return None
    if node.id in body.standing.shared:
        number = body.standing.shared[node.id]
        return number, type(body.assembly.model.shared[number]).__name__, False
    found = ABSENT if body.is_local(node.id) else body.names.value(body.source, node.id)
    return (found.number, type(found).__name__, False) if isinstance(found, Shared) else None


def process_attribute(body: Body, node: ast.Attribute, base: ir.Expr, kind: str, *, old: bool) -> ir.Expr:
    if node.attr == "index":
        mark_ordered(body, base.type)
        most = (
            max((m.index for m in body.assembly.model.processes if m.number in base.type.members), default=0)
            if isinstance(base.type, ProcessId)
            else 0
        )
        return apply(integer(0, most), Op.INDEX_IN_GROUP, base)
    return field(body, node, base, kind, node.attr, old=old)


def field(body: Body, node: ast.Attribute, holder: ir.Expr | int, kind: str, name: str, *, old: bool = False) -> ir.Expr:
    """Return a field's value, or what a property of the class computes."""
    declared = {f.name: f for f in body.assembly.model.fields.get(kind, ())}
    if name not in declared:
        computed = body.names.method(body.names.classes[kind], name) if kind in body.names.classes else ABSENT
        if isinstance(computed, property) and isinstance(computed.fget, FunctionType):
            return body.assembly.readers.method_call(body, computed.fget, holder, node)
        raise body.refusal(node, f"`{kind}` has no field `{name}`{did_you_mean(name, declared)}")
    check_sight(body, node, holder, name)
    if not isinstance(holder, int):
        check_one_field(body, node, holder, declared[name])
    t = body.inference.declared(("field", str(declared[name].where), name), declared[name].type)
    return ir.Field(t, holder, kind, name, old)


def check_one_field(body: Body, node: ast.Attribute, holder: ir.Expr, declared: FieldDeclaration) -> None:
    """A field that a class below declares anew has another place, and perhaps another type, there."""
    members = holder.type.members if isinstance(holder.type, ProcessId) else ()
    for process in body.assembly.model.processes:
        fields = body.assembly.model.fields[type(process).__name__]
        if process.number in members and declared not in fields:
            what = f"`{type(process).__name__}` declares `{declared.name}` anew: which is meant shows at run time only"
            raise body.unsupported(node, what, "give the two fields two names")


def check_sight(body: Body, node: ast.Attribute, holder: ir.Expr | int, name: str) -> None:
    if isinstance(holder, int) or body.standing.inside is None:
        return
    if not (isinstance(holder, ir.Local) and holder.name in body.standing.own):
        what = ast.unparse(node)
        raise body.refusal(
            node,
            f"`{what}` is a field of another process: a step sees its own only",
            f"send `{name}` in a message, or write a module-level `@action`",
        )


def component(body: Body, node: ast.Attribute, base: ir.Expr, record: str, fields: dict[str, Type]) -> ir.Expr:
    if node.attr in fields:
        return ir.Component(fields[node.attr], base, node.attr)
    cls = body.assembly.model.records.get(record)
    computed = ABSENT if cls is None else body.names.method(cls, node.attr)
    if isinstance(computed, property) and isinstance(computed.fget, FunctionType):
        return body.assembly.readers.method_call(body, computed.fget, base, node)
    raise body.refusal(node, f"`{record}` has no field `{node.attr}`{did_you_mean(node.attr, fields)}")


def has_ids(t: Type) -> bool:
    """Say whether values of the type hold ids of processes."""
    return isinstance(t, ProcessId) or any(map(has_ids, parts(t)))
