"""Calls: which function is meant, and those of Python's and Quorate's own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from quorate.language.declare import Record
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.conversions import FALSE, apply
from quorate.language.lowering.methods import Methods
from quorate.language.lowering.walks import sized
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.soundness.loops import is_unordered
from quorate.language.values.lattice import BOOL, NOTHING, absolute, in_words
from quorate.language.values.types import Bool, DictOf, ListOf, Option, ProcessId, RecordOf, SetOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Calls(Methods):
    """Adds calls. Helpers of the user's, and methods that change a container, come with the next layers."""

    def helper(self, node: ast.Call, found: object) -> ir.Expr | None:
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
            raise self.refusal(node, "what is called here has no name", "call a function or method by its name")
        if self.local(function.id, node) is not None:
            raise self.refusal(node, f"`{function.id}` is a value, not a function")
        found = self.names.value(self.source, function.id)
        if self.is_builtin(function, function.id):
            return self._builtin(node, function.id, expected)
        if found is ABSENT:
            raise self.unknown(function.id, node, [*self.names.known(self.source), *_BUILTINS])
        return self._named(node, found, function.id)

    def _named(self, node: ast.Call, found: object, name: str) -> ir.Expr:
        if isinstance(found, type) and issubclass(found, Record):
            return self.construct(node, found)
        made = self.helper(node, found)
        if made is not None:
            return made
        module = str(getattr(found, "__module__", "")).partition(".")[0]
        if module in MODULES:
            raise self.refusal(node, *MODULES[module])
        raise self.refusal(
            node, f"`{name}` has no meaning in a step", "call functions of the model, and those that the language lists"
        )

    def _builtin(self, node: ast.Call, name: str, expected: Type | None) -> ir.Expr:
        if name in FORBIDDEN:
            raise self.refusal(node, *FORBIDDEN[name])
        if name in STATEMENTS:
            raise self.refusal(node, f"`{name}` gives no value", "write it on a line of its own")
        meaning = _BUILTINS.get(name)
        if meaning is None:
            raise self.unsupported(
                node, f"`{name}` is not supported", f"the language has {', '.join(f'`{b}`' for b in sorted(_BUILTINS))}"
            )
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise self.unsupported(node, "arguments are spread here", "write them one by one")
        return meaning(self, node, expected)

    def call_choose(self, node: ast.Call, _: Type | None) -> ir.Expr:
        self._only_in_steps(node, "choose")
        source = self.source_of(self.one_argument(node))
        item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
        if is_unordered(source) and not isinstance(source.type, SetOf):
            raise self.refusal(node, "the order of these choices depends on the order of a dict", "write `choose(set(...))`")
        return ir.Choose(item, source)

    def call_some(self, node: ast.Call, _: Type | None) -> ir.Expr:
        self._only_in_steps(node, "some")
        option = self.expr(self.one_argument(node))
        return ir.Some(option.type.item, option) if isinstance(option.type, Option) else option

    def _only_in_steps(self, node: ast.Call, name: str) -> None:
        if self.standing.mode == "property":
            raise self.refusal(node, f"`{name}` is for steps: a property only looks", "write a condition")

    def call_others(self, node: ast.Call, _: Type | None) -> ir.Expr:
        process = self.value_of(self.expr(self.one_argument(node)), node)
        if not isinstance(process.type, ProcessId):
            raise self.refusal(node, f"`others` takes a process, not `{in_words(process.type)}`")
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
            raise self.refusal(node, f"`up` takes a process, not `{in_words(process.type)}`")
        if self.standing.inside is not None:
            raise self.refusal(
                node, "a process cannot see whether another is up", "`up` is for properties and module-level actions"
            )
        return apply(BOOL, Op.UP, process)

    def call_old(self, node: ast.Call, _: Type | None) -> ir.Expr:
        raise self.unsupported(node, "`old(...)` is kept here", "take a field of it at once: `old(p).field`")

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
            return self.as_number(value)
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
        if not isinstance(source.type, ListOf) or is_unordered(source):
            raise self.refusal(
                node, f"a list made from a `{in_words(source.type)}` depends on its order", "write `sorted(...)`"
            )
        self.mark_group(source)
        return source

    def call_tuple(self, node: ast.Call, _: Type | None) -> ir.Expr:
        raise self.unsupported(node, "a tuple of computed length is not supported", "use a list")

    def call_dict(self, node: ast.Call, expected: Type | None) -> ir.Expr:
        empty = self._emptied(node, Op.MAKE_DICT, DictOf(NOTHING, NOTHING))
        if empty is not None:
            return empty
        source = self.expr(self.one_argument(node), expected)
        if not isinstance(source.type, DictOf):
            raise self.unsupported(node, "`dict(...)` copies a dict here", "write `{key: value for ...}`")
        return source

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
            raise self.refusal(
                function, *MODULES.get(name, (f"`{name}` has no meaning in a step", "use what the language lists"))
            )
        if isinstance(owner, type) and str(owner.__module__) in MODULES:
            raise self.refusal(function, *MODULES[str(owner.__module__)])
        return None


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
