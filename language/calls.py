"""Calls: Python's and Quorate's own functions, methods of containers, constructors of records."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language import ir
from quorate.language.comprehensions import Comprehensions, sized
from quorate.language.conversions import FALSE, apply, number
from quorate.language.declare import Record
from quorate.language.errors import did_you_mean
from quorate.language.ir import Operator as Op
from quorate.language.ir import Reduction
from quorate.language.lattice import BOOL, NOTHING, absolute, high, in_words, integer
from quorate.language.names import ABSENT
from quorate.language.traversal import is_pure
from quorate.language.types import Bool, DictOf, Int, ListOf, Nothing, Option, ProcessId, RecordOf, SetOf, TupleOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FORBIDDEN: dict[str, tuple[str, str]] = {
    "print": ("a step prints nothing", "traces show the state; use an `assert` to check something"),
    "open": ("a step opens no file", "what a step needs is in its fields"),
    "input": ("a step asks nobody", "let an argument of an `@action` be a choice"),
    "next": ("which item is `next` depends on an order", "write `min(...)` or `choose(...)`"),
    "iter": ("an iterator cannot be kept", "walk the container with `for`"),
    "id": ("`id` differs from run to run", "compare values"),
    "hash": ("`hash` differs from run to run", "compare values"),
    "eval": ("`eval` cannot be checked", "write the expression itself"),
    "exec": ("`exec` cannot be checked", "write the statements themselves"),
    "getattr": ("a field is chosen by a name here", "use a dict"),
    "setattr": ("a field is chosen by a name here", "use a dict"),
}
STATEMENTS = ("require", "limit", "skip", "send", "broadcast")
MODULES: dict[str, tuple[str, str]] = {
    "random": ("randomness makes two runs differ", "write `choose(...)`: every outcome is explored"),
    "secrets": ("randomness makes two runs differ", "write `choose(...)`: every outcome is explored"),
    "time": ("a clock makes two runs differ", "model time as an integer field that an `@action` advances"),
    "datetime": ("a clock makes two runs differ", "model time as an integer field that an `@action` advances"),
    "os": ("a step does not see the machine it runs on", "what a step needs is in its fields"),
    "sys": ("a step does not see the machine it runs on", "what a step needs is in its fields"),
}
SET_METHODS: dict[str, Op] = {
    "union": Op.UNION,
    "intersection": Op.INTERSECTION,
    "difference": Op.DIFFERENCE,
    "symmetric_difference": Op.SYMMETRIC_DIFFERENCE,
}


class Calls(Comprehensions):
    """Adds calls. Helpers of the user's, and methods that change a container, come with the next layers."""

    def helper(self, node: ast.Call, function: object, name: str) -> ir.Expr | None:
        raise NotImplementedError

    def method(self, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
        """Return the call of a method that the user's classes define, or None."""
        raise NotImplementedError

    def change(self, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
        """Return the value of a method that changes a container (`pop`), or None where it is none."""
        raise NotImplementedError

    def call(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        """Return what a call means."""
        function = node.func
        if isinstance(function, ast.Attribute):
            return self._dotted(node, function, expected)
        if not isinstance(function, ast.Name):
            self.refuse(node, "what is called here has no name", "call a function or method by its name")
        if self.local(function.id, node) is not None:
            self.refuse(node, f"`{function.id}` is a value, not a function")
        found = self.names.value(self.source, function.id)
        if self.is_builtin(function, function.id):
            return self._builtin(node, function.id, expected)
        if found is ABSENT:
            self.unknown(function.id, node, [*self.names.known(self.source), *_BUILTINS])
        return self._named(node, found, function.id)

    def _named(self, node: ast.Call, found: object, name: str) -> ir.Expr:
        if isinstance(found, type) and issubclass(found, Record):
            return self.construct(node, found)
        made = self.helper(node, found, name)
        if made is not None:
            return made
        module = str(getattr(found, "__module__", "")).partition(".")[0]
        if module in MODULES:
            self.refuse(node, *MODULES[module])
        self.refuse(
            node, f"`{name}` has no meaning in a step", "call functions of the model, and those that the language lists"
        )

    def _builtin(self, node: ast.Call, name: str, expected: Type | None) -> ir.Expr:
        if name in FORBIDDEN:
            self.refuse(node, *FORBIDDEN[name])
        if name in STATEMENTS:
            self.refuse(node, f"`{name}` gives no value", "write it on a line of its own")
        meaning = _BUILTINS.get(name)
        if meaning is None:
            self.unsupported(
                node, f"`{name}` is not supported", f"the language has {', '.join(f'`{b}`' for b in sorted(_BUILTINS))}"
            )
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            self.unsupported(node, "arguments are spread here", "write them one by one")
        return meaning(self, node, expected)

    # -- Quorate's own

    def call_choose(self, node: ast.Call, _: Type | None) -> ir.Expr:
        self._only_in_steps(node, "choose")
        source = self.source_of(self.one_argument(node))
        item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
        return ir.Choose(item, source)

    def call_some(self, node: ast.Call, _: Type | None) -> ir.Expr:
        self._only_in_steps(node, "some")
        option = self.expr(self.one_argument(node))
        return ir.Some(option.type.item, option) if isinstance(option.type, Option) else option

    def _only_in_steps(self, node: ast.Call, name: str) -> None:
        if self.standing.mode == "property":
            self.refuse(node, f"`{name}` is for steps: a property only looks", "write a condition")

    def call_others(self, node: ast.Call, _: Type | None) -> ir.Expr:
        process = self.value_of(self.expr(self.one_argument(node)), node)
        if not isinstance(process.type, ProcessId):
            self.refuse(node, f"`others` takes a process, not `{in_words(process.type)}`")
        t = SetOf(process.type)
        members = set(process.type.members)
        groups = [g for g in self.assembly.model.groups if members & {m.number for m in g.members}]
        in_group = [ir.Const(t, frozenset(m.number for m in g.members) & members) for g in groups]
        everyone: ir.Expr = in_group[-1] if in_group else ir.Const(t, frozenset())
        for const in in_group[-2::-1]:
            everyone = apply(t, Op.IF, apply(BOOL, Op.CONTAINS, const, process), const, everyone)
        return apply(t, Op.DIFFERENCE, everyone, apply(t, Op.MAKE_SET, process))

    def call_up(self, node: ast.Call, _: Type | None) -> ir.Expr:
        process = self.value_of(self.expr(self.one_argument(node)), node)
        if not isinstance(process.type, ProcessId):
            self.refuse(node, f"`up` takes a process, not `{in_words(process.type)}`")
        if self.standing.inside is not None:
            self.refuse(node, "a process cannot see whether another is up", "`up` is for properties and module-level actions")
        return apply(BOOL, Op.UP, process)

    def call_old(self, node: ast.Call, _: Type | None) -> ir.Expr:
        self.unsupported(node, "`old(...)` is kept here", "take a field of it at once: `old(p).field`")

    # -- Python's own

    def quantified_any(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.quantified(node, Reduction.ANY)

    def quantified_all(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.quantified(node, Reduction.ALL)

    def call_sum(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.summed(node)

    def call_min(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.extreme(node, Reduction.MIN)

    def call_max(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.extreme(node, Reduction.MAX)

    def call_len(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.counted(node)

    def call_abs(self, node: ast.Call, _: Type | None) -> ir.Expr:
        value = self.integer(self.one_argument(node))
        return apply(absolute(self.flow.range(value)), Op.ABS, value)

    def call_int(self, node: ast.Call, _: Type | None) -> ir.Expr:
        value = self.expr(self.one_argument(node))
        if isinstance(value.type, Bool):
            return apply(integer(0, 1), Op.IF, value, number(1), number(0))
        return self.number_of(value, node)

    def call_bool(self, node: ast.Call, _: Type | None) -> ir.Expr:
        return self.condition(self.one_argument(node)) if node.args else FALSE

    def _emptied(self, node: ast.Call, operator: Op, t: Type) -> ir.Expr | None:
        return apply(t, operator) if not node.args and not node.keywords else None

    def call_set(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        empty = self._emptied(node, Op.MAKE_SET, SetOf(NOTHING))
        if empty is not None:
            return empty
        argument = self.one_argument(node)
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            inner = expected.item if isinstance(expected, Option) else expected
            return self.collected(argument, Reduction.SET, inner.item if isinstance(inner, SetOf) else None)
        return self._set_of(self.walked(argument) or self.container(argument), argument)

    def _set_of(self, source: ir.Expr, node: ast.expr) -> ir.Expr:
        if isinstance(source, ir.Apply) and source.operator in (Op.RANGE, Op.ENUMERATE, Op.ZIP):
            assert isinstance(source.type, ListOf)
            local = self.temporary(source.type.item, node, "item")
            return ir.Comprehension(SetOf(source.type.item), Reduction.SET, (ir.Clause((local,), source),), (local,))
        return self.as_set(source)

    def call_list(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        empty = self._emptied(node, Op.MAKE_LIST, ListOf(NOTHING, sized(0)))
        if empty is not None:
            return empty
        argument = self.one_argument(node)
        if isinstance(argument, ast.GeneratorExp | ast.ListComp):
            inner = expected.item if isinstance(expected, Option) else expected
            return self.collected(argument, Reduction.LIST, inner.item if isinstance(inner, ListOf) else None, ordered=True)
        source = self.walked(argument)
        if source is not None:
            assert isinstance(source.type, ListOf)
            local = self.temporary(source.type.item, node, "item")
            return ir.Comprehension(source.type, Reduction.LIST, (ir.Clause((local,), source),), (local,))
        source = self.sequence(self.container(argument))
        if not isinstance(source.type, ListOf):
            self.refuse(node, f"a list made from a `{in_words(source.type)}` depends on its order", "write `sorted(...)`")
        self.mark_group(source)
        return source

    def call_tuple(self, node: ast.Call, _: Type | None) -> ir.Expr:
        self.unsupported(node, "a tuple of computed length is not supported", "use a list")

    def call_dict(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        empty = self._emptied(node, Op.MAKE_DICT, DictOf(NOTHING, NOTHING))
        if empty is not None:
            return empty
        source = self.expr(self.one_argument(node), expected)
        if not isinstance(source.type, DictOf):
            self.unsupported(node, "`dict(...)` copies a dict here", "write `{key: value for ...}`")
        return source

    def call_reversed(self, node: ast.Call, _: Type | None) -> ir.Expr:
        items = self._listed(self.one_argument(node))
        return apply(items.type, Op.REVERSED, items)

    def _listed(self, argument: ast.expr) -> ir.Expr:
        """Return a list that is no mere walk: what `range` and the like give is built."""
        items = self.walked(argument)
        if items is None:
            items = self.as_list(argument)
            self.mark_group(items)
            return items
        assert isinstance(items.type, ListOf)
        local = self.temporary(items.type.item, argument, "item")
        return ir.Comprehension(items.type, Reduction.LIST, (ir.Clause((local,), items),), (local,))

    def call_sorted(self, node: ast.Call, _: Type | None) -> ir.Expr:
        """`sorted(xs, key=..., reverse=...)`: items in ascending order, equal keys in the order of xs."""
        named = {k.arg: k.value for k in node.keywords}
        if len(node.args) != 1 or not set(named) <= {"key", "reverse"}:
            self.refuse(node, "`sorted` takes one container, a `key` and `reverse`")
        down = named.get("reverse")
        if down is not None and not isinstance(down, ast.Constant):
            self.unsupported(node, "whether the order is reversed is computed here", "write `reverse=True` or leave it out")
        backward = isinstance(down, ast.Constant) and bool(down.value)
        items = self._sortable(node.args[0])
        if "key" in named:
            return self._sorted_by(node, items, named["key"], backward=backward)
        assert isinstance(items.type, ListOf | SetOf)
        if not self.is_ordered(items.type.item) and not isinstance(items.type.item, Nothing):
            self.refuse(node, f"a `{in_words(items.type.item)}` has no order", "say by what: `key=lambda x: ...`")
        self.mark_ordered(items.type.item)
        t = ListOf(items.type.item, sized(self._longest(items.type)))
        ascending = apply(t, Op.SORTED, items)
        return apply(t, Op.REVERSED, ascending) if backward else ascending

    def _sortable(self, argument: ast.expr) -> ir.Expr:
        if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            reduction = Reduction.SET if isinstance(argument, ast.SetComp) else Reduction.LIST
            return self.collected(argument, reduction, None)
        walked = self.walked(argument)
        if walked is not None:
            return self._listed(argument)
        source = self.sequence(self.container(argument))
        if isinstance(source.type, DictOf):
            return apply(SetOf(source.type.key), Op.KEYS, source)
        if not isinstance(source.type, ListOf | SetOf):
            self.refuse(argument, f"a `{in_words(source.type)}` cannot be sorted")
        return source

    def _sorted_by(self, node: ast.Call, items: ir.Expr, key: ast.expr, *, backward: bool) -> ir.Expr:
        """Sort pairs of (key, position), then take the items from their positions: so equal keys keep their order."""
        assert isinstance(items.type, ListOf | SetOf)
        if not is_pure(items):
            self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
        listed = items
        longest = sized(self._longest(items.type))
        if isinstance(items.type, SetOf):
            listed = apply(ListOf(items.type.item, longest), Op.SORTED, items)
        item = self.temporary(items.type.item, node, "item")
        at = self.temporary(integer(0, None if longest is None else max(0, longest.value - 1)), key, "at")
        by = self._key(node, key, item, [ir.Clause((item,), items)])
        if not self.is_ordered(by.type):
            self.refuse(key, f"a `{in_words(by.type)}` has no order")
        self.mark_ordered(by.type)
        assert isinstance(at.type, Int)
        most = high(at.type)
        position = apply(integer(None if most is None else -most, 0), Op.NEG, at) if backward else at
        pair = TupleOf((by.type, position.type))
        walk = ir.Clause((at, item), apply(ListOf(TupleOf((at.type, items.type.item)), longest), Op.ENUMERATE, listed))
        pairs = ir.Comprehension(ListOf(pair, longest), Reduction.LIST, (walk,), (apply(pair, Op.MAKE_TUPLE, by, position),))
        ascending = apply(pairs.type, Op.SORTED, pairs)
        keys = self.temporary(by.type, node, "key")
        back = self.temporary(position.type, node, "back")
        index = apply(at.type, Op.NEG, back) if backward else back
        ordered = apply(pairs.type, Op.REVERSED, ascending) if backward else ascending
        taken = apply(items.type.item, Op.INDEX, listed, index)
        return ir.Comprehension(ListOf(items.type.item, longest), Reduction.LIST, (ir.Clause((keys, back), ordered),), (taken,))

    # -- records

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

    def seen(self, value: ir.Expr) -> Type:
        """Return the type of a value as narrow as it is known here."""
        if isinstance(value.type, Option) and self.flow.is_present(value):
            return self.flow.range(value) if isinstance(value.type.item, Int) else value.type.item
        return self.flow.range(value) if isinstance(value.type, Int) else value.type

    def _given(self, node: ast.Call, record: str, names: Sequence[str]) -> dict[str, ast.expr]:
        if len(node.args) > len(names):
            self.refuse(node, f"`{record}` has {len(names)} fields, and {len(node.args)} are given")
        given = dict(zip(names, node.args, strict=False))
        for keyword in node.keywords:
            if keyword.arg is None or keyword.arg not in names:
                hint = did_you_mean(keyword.arg or "", names)
                self.refuse(keyword, f"`{record}` has no field `{keyword.arg}`{hint}")
            if keyword.arg in given:
                self.refuse(keyword, f"`{keyword.arg}` is given twice")
            given[keyword.arg] = keyword.value
        return given

    def _default(self, node: ast.Call, cls: type[Record], name: str, t: Type) -> ir.Expr:
        default = vars(cls).get(name, getattr(cls, name, ABSENT))
        if default is ABSENT:
            self.refuse(node, f"`{cls.__name__}` needs its field `{name}`", f"write `{cls.__name__}({name}=...)`")
        if isinstance(default, list | set | dict):
            self.refuse(node, f"the default of `{name}` could change", "give the value here")
        const = self.constant(node, default, name)
        self.inference.learn(("record", cls.__name__, name), const.type)
        return self.into(const, self.inference.component(cls.__name__, name, t), node)

    def replace(self, node: ast.Call, base: ir.Expr) -> ir.Expr:
        """Return `record.replace(field=...)`."""
        t = base.type
        assert isinstance(t, RecordOf)
        if node.args:
            self.refuse(node, "`replace` takes fields by name")
        if not is_pure(base):
            self.unsupported(node, "this would be computed twice", "give it a name on a line of its own")
        given = self._given(node, t.name, [n for n, _ in t.fields])
        values = [
            self.component_value(given[name], t.name, name, f) if name in given else ir.Component(f, base, name)
            for name, f in t.fields
        ]
        return apply(t, Op.MAKE_RECORD, *values)

    # -- methods

    def _dotted(self, node: ast.Call, function: ast.Attribute, expected: Type | None) -> ir.Expr:
        module = self._outside(function)
        if module is not None:
            return module(node, expected)
        made = self.method(node, function)
        if made is not None:
            return made
        changed = self.change(node, function)
        if changed is not None:
            return changed
        base = self.value_of(self.expr(function.value), function)
        if isinstance(base.type, RecordOf) and function.attr == "replace":
            return self.replace(node, base)
        return self._container_method(node, function.attr, self.sequence(base))

    def _outside(self, function: ast.Attribute) -> Callable[[ast.Call, Type | None], ir.Expr] | None:
        """Return how to call `module.function`, refuse what is of another library."""
        root: ast.expr = function
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or root.id in self.flow.names:
            return None
        owner = self.names.value(self.source, root.id)
        for source in self.assembly.model.sources:
            if owner is source.module:
                found = vars(source.module).get(function.attr, ABSENT)
                return lambda node, _: self._named(node, found, function.attr)
        name = str(getattr(owner, "__name__", ""))
        if type(owner).__name__ == "module":
            self.refuse(function, *MODULES.get(name, (f"`{name}` has no meaning in a step", "use what the language lists")))
        if isinstance(owner, type) and str(owner.__module__) in MODULES:
            self.refuse(function, *MODULES[str(owner.__module__)])
        return None

    def _container_method(self, node: ast.Call, name: str, base: ir.Expr) -> ir.Expr:
        arguments = node.args
        if node.keywords:
            self.refuse(node, f"`.{name}` takes no names here")
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
                value = self.value(arguments[0], item)
                most = self._longest(base.type)
                if name == "count":
                    return apply(integer(0, most), Op.COUNT, base, value)
                return apply(integer(0, None if most is None else max(0, most - 1)), Op.LIST_FIND, base, value)
            case DictOf(), "get", 1 | 2:
                return self._get(node, base)
            case DictOf(key, value), "keys", 0:
                return apply(SetOf(key), Op.KEYS, base)
            case DictOf(key, value), "values", 0:
                return apply(ListOf(value, sized(key.cardinality)), Op.VALUES, base)
            case DictOf(key, value), "items", 0:
                return apply(ListOf(TupleOf((key, value)), sized(key.cardinality)), Op.ITEMS, base)
        self.refuse(node, f"a `{in_words(base.type)}` has no method `{name}` that a step can use")

    def _relation(self, node: ast.Call, name: str, a: ir.Expr, b: ir.Expr) -> ir.Expr:
        t = self.joined(node, [a.type, b.type])
        a, b = self.into(a, t, node), self.into(b, t, node)
        if name == "isdisjoint":
            return apply(BOOL, Op.DISJOINT, a, b)
        return apply(BOOL, Op.SUBSET, *((a, b) if name == "issubset" else (b, a)))

    def _get(self, node: ast.Call, base: ir.Expr) -> ir.Expr:
        """`d.get(k)` is an option; `d.get(k, default)` is of the values' type, widened where the default is outside it."""
        assert isinstance(base.type, DictOf)
        key = self.value(node.args[0], base.type.key)
        option = base.type.value if isinstance(base.type.value, Option) else Option(base.type.value)
        if len(node.args) == 1:
            if option is base.type.value:
                return apply(option, Op.DICT_GET, base, key, ir.Const(option, None))
            return apply(option, Op.DICT_FIND, base, key)
        default = self.expr(node.args[1], base.type.value)
        t = self.joined(node, [base.type.value, default.type])
        if isinstance(t, Option) and option is not base.type.value:
            found = apply(option, Op.DICT_FIND, base, key)
            return found if isinstance(default.type, Nothing) else self._or_default(found, self.into(default, t, node), t)
        widened = self.into(base, DictOf(base.type.key, t), node)
        return apply(t, Op.DICT_GET, widened, key, self.into(default, t, node))

    def _or_default(self, found: ir.Expr, default: ir.Expr, t: Type) -> ir.Expr:
        return apply(t, Op.IF, self.is_none(found), default, found if found.type == t else apply(t, Op.CONVERT, found))


_BUILTINS: dict[str, Callable[[Calls, ast.Call, Type | None], ir.Expr]] = {
    "choose": Calls.call_choose,
    "some": Calls.call_some,
    "others": Calls.call_others,
    "up": Calls.call_up,
    "old": Calls.call_old,
    "any": Calls.quantified_any,
    "all": Calls.quantified_all,
    "sum": Calls.call_sum,
    "min": Calls.call_min,
    "max": Calls.call_max,
    "len": Calls.call_len,
    "abs": Calls.call_abs,
    "int": Calls.call_int,
    "bool": Calls.call_bool,
    "set": Calls.call_set,
    "frozenset": Calls.call_set,
    "list": Calls.call_list,
    "tuple": Calls.call_tuple,
    "dict": Calls.call_dict,
    "sorted": Calls.call_sorted,
    "reversed": Calls.call_reversed,
}
