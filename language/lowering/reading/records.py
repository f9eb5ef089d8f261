"""Records and messages: their constructors, and `replace`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import did_you_mean
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.conversions import apply, into
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.constants import constant
from quorate.language.lowering.reading.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.types import Int, ListOf, Option, RecordOf, Type

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from quorate.language.declare import Record
    from quorate.language.lowering.bodies.body import Body


def construct(body: Body, node: ast.Call, cls: type[Record]) -> ir.Expr:
    """Return a record made of its fields, given by position or by name, defaults for the rest."""
    t = body.inference.current(body.assembly.model.types[cls.__name__])
    assert isinstance(t, RecordOf)
    fields = dict(t.fields)
    given = given_fields(body, node, t.name, list(fields))
    operands = [body.expr(argument, fields[name]) for name, argument in given.items()]

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        named = dict(zip(given, operands, strict=True))
        values = [
            component_value(body, given[n], named[n], (t.name, n), declared)
            if n in named
            else default(body, node, cls, n, declared)
            for n, declared in fields.items()
        ]
        return apply(t, Op.MAKE_RECORD, *values)

    return in_order(body, operands, made)


def component_value(body: Body, node: ast.expr, value: ir.Expr, field: tuple[str, str], t: Type) -> ir.Expr:
    """Return the value of a record's field, noting its bounds where the field leaves them open."""
    body.inference.learn(("record", *field), seen(body, value))
    return into(body, value, body.inference.component(*field, t), node)


def seen(body: Body, value: ir.Expr) -> Type:
    """Return the type of a value as narrow as it is known here."""
    if isinstance(value.type, Option) and body.flow.is_present(value):
        return body.flow.range(value) if isinstance(value.type.item, Int) else value.type.item
    if isinstance(value.type, ListOf):
        return ListOf(value.type.item, sized(body.flow.longest(value)))
    return body.flow.range(value) if isinstance(value.type, Int) else value.type


def given_fields(body: Body, node: ast.Call, record: str, names: Sequence[str]) -> dict[str, ast.expr]:
    if len(node.args) > len(names):
        raise body.refusal(node, f"`{record}` has {len(names)} fields, and {len(node.args)} are given")
    given = dict(zip(names, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg not in names:
            hint = did_you_mean(keyword.arg or "", names)
            raise body.refusal(keyword.value, f"`{record}` has no field `{keyword.arg}`{hint}")
        if keyword.arg in given:
            raise body.refusal(keyword.value, f"`{keyword.arg}` is given twice")
        given[keyword.arg] = keyword.value
    return given


def default(body: Body, node: ast.Call, cls: type[Record], name: str, t: Type) -> ir.Expr:
    default = vars(cls).get(name, getattr(cls, name, ABSENT))
    if default is ABSENT:
        raise body.refusal(node, f"`{cls.__name__}` needs its field `{name}`", f"write `{cls.__name__}({name}=...)`")
    if isinstance(default, list | set | dict):
        raise body.refusal(node, f"the default of `{name}` could change", "give the value here")
    const = constant(body, node, default, name)
    body.inference.learn(("record", cls.__name__, name), const.type)
    return into(body, const, body.inference.component(cls.__name__, name, t), node)


def replace(body: Body, node: ast.Call, base: ir.Expr) -> ir.Expr:
    """Return `record.replace(field=...)`."""
    t = base.type
    assert isinstance(t, RecordOf)
    if node.args:
        raise body.refusal(node, "`replace` takes fields by name")
    fields = dict(t.fields)
    given = given_fields(body, node, t.name, list(fields))
    operands = [base, *(body.expr(argument, fields[name]) for name, argument in given.items())]

    def made(operands: Sequence[ir.Expr]) -> ir.Expr:
        named = dict(zip(given, operands[1:], strict=True))
        values = [
            component_value(body, given[n], named[n], (t.name, n), f) if n in named else ir.Component(f, operands[0], n)
            for n, f in fields.items()
        ]
        return apply(t, Op.MAKE_RECORD, *values)

    return in_order(body, operands, made)
