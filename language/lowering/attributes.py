"""Attributes: fields of processes and of shared state, now or before the step; fields of records; members of enums."""

from __future__ import annotations

import ast
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language.declare import Shared
from quorate.language.errors import did_you_mean
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.constants import Constants
from quorate.language.lowering.conversions import apply
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.traversal import within
from quorate.language.values.lattice import (
    in_words,
    integer,
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


class Attributes(Constants):
    """Adds attributes, and who may see them."""

    def method_call(self, function: FunctionType, holder: ir.Expr | int, node: ast.expr) -> ir.Expr:
        """Return the call of a `@property` of the model's own."""
        raise NotImplementedError

    def _attribute(self, node: ast.Attribute) -> ir.Expr:
        named = self._module_attribute(node)
        if named is not None:
            return named
        shared = self.shared_holder(node.value)
        if shared is not None:
            return self.field(node, shared[0], shared[1], node.attr, old=shared[2])
        is_old, base = self.base(node.value)
        match base.type:
            case ProcessId(kind, _):
                return self._process_attribute(node, base, kind, old=is_old)
            case RecordOf(name, fields):
                return self._component(node, base, name, dict(fields))
            case Enumeration() if node.attr in ("name", "value"):
                raise self.unsupported(node, f"`.{node.attr}` of an enum has no meaning here", "compare the members themselves")
            case _:
                pass
        raise self.refusal(node, f"a `{in_words(base.type)}` has no attribute `{node.attr}`")

    def _module_attribute(self, node: ast.Attribute) -> ir.Expr | None:
        """Return `Role.LEADER`, or what a module of the user's has under the name."""
        if not isinstance(node.value, ast.Name) or node.value.id in self.flow.names:
            return None
        owner = self.names.value(self.source, node.value.id)
        if isinstance(owner, type) and issubclass(owner, Enum):
            if node.attr not in owner.__members__:
                hint = did_you_mean(node.attr, owner.__members__)
                raise self.refusal(node, f"`{owner.__name__}` has no member `{node.attr}`{hint}")
            return self.constant(node, owner[node.attr], node.attr)
        for source in self.assembly.model.sources:
            if owner is source.module:
                found = vars(source.module).get(node.attr, ABSENT)
                if found is ABSENT:
                    raise self.unknown(node.attr, node, self.names.known(source))
                return self.constant(node, found, node.attr)
        return None

    def base(self, node: ast.expr) -> tuple[bool, ir.Expr]:
        """Return what an attribute is taken of, and whether it is seen as it was before the step."""
        if isinstance(node, ast.Call) and self.is_builtin(node.func, "old"):
            holder = self.value_of(self.expr(self._old_argument(node)), node)
            return True, holder
        base = self.value_of(self.expr(node), node)
        return self.is_old(base), base

    def _old_argument(self, node: ast.Call) -> ast.expr:
        asking = [p for p in self.assembly.model.properties if p.name == self.standing.property]
        if self.standing.mode != "property" or any(p.modality != "step" for p in asking):
            remedy = "keep what you need in a field" if self.standing.mode != "property" else "mark the property `@step`"
            raise self.refusal(node, "`old` is for `@step` properties", remedy)
        if len(node.args) != 1 or node.keywords:
            raise self.refusal(node, "`old` takes one process or shared state")
        return node.args[0]

    def is_old(self, expr: ir.Expr) -> bool:
        """Say whether an id was reached through `old`: then what is reached through it is old, too."""
        return any(
            (isinstance(e, ir.Field) and e.old) or (isinstance(e, ir.Local) and e.name in self.flow.old) for e in within(expr)
        ) and has_ids(expr.type)

    def shared_holder(self, node: ast.expr) -> tuple[int, str, bool] | None:
        """Return the number and kind of the shared state that a node names (and whether as it was), or None."""
        if isinstance(node, ast.Call) and self.is_builtin(node.func, "old"):
            inner = self.shared_holder(self._old_argument(node))
            return None if inner is None else (inner[0], inner[1], True)
        if not isinstance(node, ast.Name):
            return None
        if node.id in self.standing.shared:
            number = self.standing.shared[node.id]
            return number, type(self.assembly.model.shared[number]).__name__, False
        found = ABSENT if node.id in self.flow.names else self.names.value(self.source, node.id)
        return (found.number, type(found).__name__, False) if isinstance(found, Shared) else None

    def _process_attribute(self, node: ast.Attribute, base: ir.Expr, kind: str, *, old: bool) -> ir.Expr:
        if node.attr == "index":
            self.mark_ordered(base.type)
            most = (
                max((m.index for m in self.assembly.model.processes if m.number in base.type.members), default=0)
                if isinstance(base.type, ProcessId)
                else 0
            )
            return apply(integer(0, most), Op.INDEX_IN_GROUP, base)
        return self.field(node, base, kind, node.attr, old=old)

    def field(self, node: ast.Attribute, holder: ir.Expr | int, kind: str, name: str, *, old: bool = False) -> ir.Expr:
        """Return a field's value, or what a property of the class computes."""
        declared = {f.name: f for f in self.assembly.model.fields.get(kind, ())}
        if name not in declared:
            computed = self.names.method(self.names.classes[kind], name) if kind in self.names.classes else ABSENT
            if isinstance(computed, property) and isinstance(computed.fget, FunctionType):
                return self.method_call(computed.fget, holder, node)
            raise self.refusal(node, f"`{kind}` has no field `{name}`{did_you_mean(name, declared)}")
        self._check_sight(node, holder, name)
        if not isinstance(holder, int):
            self._check_one_field(node, holder, declared[name])
        if declared[name].storage == "ghost":
            self._read_ghost(node, name)
        t = self.inference.declared(("field", str(declared[name].where), name), declared[name].type)
        return ir.Field(t, holder, kind, name, old)

    def _check_one_field(self, node: ast.Attribute, holder: ir.Expr, declared: FieldDeclaration) -> None:
        """A field that a class below declares anew has another place, and perhaps another type, there."""
        members = holder.type.members if isinstance(holder.type, ProcessId) else ()
        for process in self.assembly.model.processes:
            fields = self.assembly.model.fields[type(process).__name__]
            if process.number in members and declared not in fields:
                what = f"`{type(process).__name__}` declares `{declared.name}` anew: which is meant shows at run time only"
                raise self.unsupported(node, what, "give the two fields two names")

    def _check_sight(self, node: ast.Attribute, holder: ir.Expr | int, name: str) -> None:
        if isinstance(holder, int) or self.standing.inside is None:
            return
        if not (isinstance(holder, ir.Local) and holder.name in self.standing.own):
            what = ast.unparse(node)
            raise self.refusal(
                node,
                f"`{what}` is a field of another process: a step sees its own only",
                f"send `{name}` in a message, or write a module-level `@action`",
            )

    def _read_ghost(self, node: ast.Attribute, name: str) -> None:
        if not self.ghosts_allowed:
            raise self.refusal(
                node, f"`{name}` is a ghost: a step may write it, not read it", "make the field `durable` or `volatile`"
            )
        self.reads_ghosts = True

    def _component(self, node: ast.Attribute, base: ir.Expr, record: str, fields: dict[str, Type]) -> ir.Expr:
        if node.attr in fields:
            return ir.Component(fields[node.attr], base, node.attr)
        cls = self.assembly.model.records.get(record)
        computed = ABSENT if cls is None else self.names.method(cls, node.attr)
        if isinstance(computed, property) and isinstance(computed.fget, FunctionType):
            return self.method_call(computed.fget, base, node)
        raise self.refusal(node, f"`{record}` has no field `{node.attr}`{did_you_mean(node.attr, fields)}")


def has_ids(t: Type) -> bool:
    """Say whether values of the type hold ids of processes."""
    return isinstance(t, ProcessId) or any(map(has_ids, parts(t)))
