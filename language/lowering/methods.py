"""Methods of sets, lists and dicts that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quorate.language.lowering.conversions import apply
from quorate.language.lowering.sorting import Sorting
from quorate.language.lowering.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.values.lattice import BOOL, in_words, integer
from quorate.language.values.types import DictOf, ListOf, Nothing, Option, SetOf, TupleOf, Type

if TYPE_CHECKING:
    import ast

SET_METHODS: dict[str, Op] = {
    "union": Op.UNION,
    "intersection": Op.INTERSECTION,
    "difference": Op.DIFFERENCE,
    "symmetric_difference": Op.SYMMETRIC_DIFFERENCE,
}


class Methods(Sorting):
    """Adds methods of containers."""

    def _container_method(self, node: ast.Call, name: str, base: ir.Expr) -> ir.Expr:
        arguments = node.args
        if node.keywords:
            raise self.refusal(node, f"`.{name}` takes no names here")
        match base.type, name, len(arguments):
            case SetOf() | ListOf() | DictOf(), "copy", 0:
                return base
            case SetOf(), _, _ if name in SET_METHODS:
                result = base
                for argument in arguments:
                    result = self.algebra(node, SET_METHODS[name], result, self.as_set(self.container(argument)))
                return result
            case SetOf(), "issubset" | "issuperset" | "isdisjoint", 1:
                return self._relation(node, name, base, self.as_set(self.container(arguments[0])))
            case ListOf(item, _), "count" | "index", 1:
                most = self.most(base)
                if name == "count":
                    counted, value = integer(0, most), self.expr(arguments[0], item)
                    none = ir.Const(counted, 0)
                    return self.looked_up(node, value, item, lambda x: apply(counted, Op.COUNT, base, x), none)
                value = self.value(arguments[0], item)
                return apply(integer(0, None if most is None else max(0, most - 1)), Op.LIST_FIND, base, value)
            case DictOf(), "get", 1 | 2:
                return self._get(node, base)
            case DictOf(key, value), "keys", 0:
                return apply(SetOf(key), Op.KEYS, base)
            case DictOf(key, value), "values", 0:
                return apply(ListOf(value, sized(key.cardinality)), Op.VALUES, base)
            case DictOf(key, value), "items", 0:
                return apply(ListOf(TupleOf((key, value)), sized(key.cardinality)), Op.ITEMS, base)
            case _:
                pass
        raise self.refusal(node, f"a `{in_words(base.type)}` has no method `{name}` that a step can use")

    def _relation(self, node: ast.Call, name: str, a: ir.Expr, b: ir.Expr) -> ir.Expr:
        t = self.joined(node, [a.type, b.type])
        a, b = self.into(a, t, node), self.into(b, t, node)
        if name == "isdisjoint":
            return apply(BOOL, Op.DISJOINT, a, b)
        return apply(BOOL, Op.SUBSET, *((a, b) if name == "issubset" else (b, a)))

    def _get(self, node: ast.Call, base: ir.Expr) -> ir.Expr:
        """`d.get(k)` is an option; `d.get(k, default)` is of the values' type, widened where the default is outside it."""
        assert isinstance(base.type, DictOf)
        keys, values = base.type.key, base.type.value
        key = self.expr(node.args[0], keys)
        option = values if isinstance(values, Option) else Option(values)
        default = self.expr(node.args[1], values) if len(node.args) == 2 else ir.Const(option, None)
        t = self.joined(node, [values, default.type])
        if isinstance(t, Option) and option is not values:
            none = ir.Const(option, None)
            found = self.looked_up(node, key, keys, lambda k: apply(option, Op.DICT_FIND, base, k), none)
            given = len(node.args) == 2 and not isinstance(default.type, Nothing)
            return self._or_default(found, self.into(default, t, node), t) if given else found
        widened, default = self.into(base, DictOf(keys, t), node), self.into(default, t, node)
        return self.looked_up(node, key, keys, lambda k: apply(t, Op.DICT_GET, widened, k, default), default)

    def _or_default(self, found: ir.Expr, default: ir.Expr, t: Type) -> ir.Expr:
        return apply(t, Op.IF, self.is_none(found), default, found if found.type == t else apply(t, Op.CONVERT, found))
