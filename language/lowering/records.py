"""Records and messages: their constructors, and `replace`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.errors import did_you_mean
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.comprehensions import Comprehensions
from quorate.language.lowering.conversions import apply
from quorate.language.lowering.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import integer
from quorate.language.values.types import Int, ListOf, Option, RecordOf, Type

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from quorate.language.declare import Record


class Records(Comprehensions):
    """Adds records."""

    def construct(self, node: ast.Call, cls: type[Record]) -> ir.Expr:
        """Return a record made of its fields, given by position or by name, defaults for the rest."""
        t = self.inference.current(self.assembly.model.types[cls.__name__])
        assert isinstance(t, RecordOf)
        fields = dict(t.fields)
        given = self._given(node, t.name, list(fields))
        values: list[ir.Expr] = []
        for name, declared in fields.items():
            argument = given.get(name)
            if argument is not None:
                values.append(self.component_value(argument, t.name, name, declared))
            else:
                values.append(self._default(node, cls, name, declared))
        return apply(t, Op.MAKE_RECORD, *values)

    def component_value(self, node: ast.expr, record: str, name: str, t: Type) -> ir.Expr:
        """Return the value of a record's field, noting its bounds where the field leaves them open."""
        value = self.expr(node, t)
        self.inference.learn(("record", record, name), self.seen(value))
        return self.into(value, self.inference.component(record, name, t), node)

    def known(self, value: ir.Expr) -> Int | None:
        """Return the bounds of an integer, or of a list's length, or None for any other value."""
        if isinstance(value.type, ListOf):
            return integer(0, self.flow.longest(value))
        return self.flow.range(value) if isinstance(value.type, Int) else None

    def seen(self, value: ir.Expr) -> Type:
        """Return the type of a value as narrow as it is known here."""
        if isinstance(value.type, Option) and self.flow.is_present(value):
            return self.flow.range(value) if isinstance(value.type.item, Int) else value.type.item
        if isinstance(value.type, ListOf):
            return ListOf(value.type.item, sized(self.flow.longest(value)))
        return self.flow.range(value) if isinstance(value.type, Int) else value.type

    def _given(self, node: ast.Call, record: str, names: Sequence[str]) -> dict[str, ast.expr]:
        if len(node.args) > len(names):
            raise self.refusal(node, f"`{record}` has {len(names)} fields, and {len(node.args)} are given")
        given = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in names:
                hint = did_you_mean(keyword.arg or "", names)
                raise self.refusal(keyword.value, f"`{record}` has no field `{keyword.arg}`{hint}")
            if keyword.arg in given:
                raise self.refusal(keyword.value, f"`{keyword.arg}` is given twice")
            given[keyword.arg] = keyword.value
        return given

    def _default(self, node: ast.Call, cls: type[Record], name: str, t: Type) -> ir.Expr:
        default = vars(cls).get(name, getattr(cls, name, ABSENT))
        if default is ABSENT:
            raise self.refusal(node, f"`{cls.__name__}` needs its field `{name}`", f"write `{cls.__name__}({name}=...)`")
        if isinstance(default, list | set | dict):
            raise self.refusal(node, f"the default of `{name}` could change", "give the value here")
        const = self.constant(node, default, name)
        self.inference.learn(("record", cls.__name__, name), const.type)
        return self.into(const, self.inference.component(cls.__name__, name, t), node)

    def replace(self, node: ast.Call, base: ir.Expr) -> ir.Expr:
        """Return `record.replace(field=...)`."""
        t = base.type
        assert isinstance(t, RecordOf)
        if node.args:
            raise self.refusal(node, "`replace` takes fields by name")
        if not self.is_repeatable(base):
            raise self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
        given = self._given(node, t.name, [n for n, _ in t.fields])
        values = [
            self.component_value(given[name], t.name, name, f) if name in given else ir.Component(f, base, name)
            for name, f in t.fields
        ]
        return apply(t, Op.MAKE_RECORD, *values)
