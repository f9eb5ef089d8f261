"""Records and messages: their constructors, and `replace`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import did_you_mean
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.conversions import apply, into
from quorate.language.lowering.reading.constants import constant
from quorate.language.lowering.reading.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import integer
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
    values: list[ir.Expr] = []
    for name, declared in fields.items():
        argument = given.get(name)
        if argument is not None:
            values.append(component_value(body, argument, t.name, name, declared))
        else:
            values.append(default(body, node, cls, name, declared))
    if [n for n in given if n in fields] != [n for n in fields if n in given]:
        body.need_once(node, *values)  # they are evaluated in the order of the fields here
    return apply(t, Op.MAKE_RECORD, *values)


def component_value(body: Body, node: ast.expr, record: str, name: str, t: Type) -> ir.Expr:
    """Return the value of a record's field, noting its bounds where the field leaves them open."""
    value = body.expr(node, t)
    body.inference.learn(("record", record, name), seen(body, value))
    return into(body, value, body.inference.component(record, name, t), node)


def known_range(body: Body, value: ir.Expr) -> Int | None:
    """Return the bounds of an integer, or of a list's length, or None for any other value."""
    if isinstance(value.type, ListOf):
        return integer(0, body.flow.longest(value))
    return body.flow.range(value) if isinstance(value.type, Int) else None


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
    body.need_once(node, base)
    given = given_fields(body, node, t.name, [n for n, _ in t.fields])
    values = [
        component_value(body, given[name], t.name, name, f) if name in given else ir.Component(f, base, name)
        for name, f in t.fields
    ]
    return apply(t, Op.MAKE_RECORD, *values)
