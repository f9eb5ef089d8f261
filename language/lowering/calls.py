"""Calls: which function is meant, and those of Python's and Quorate's own."""

from __future__ import annotations

import ast
import dataclasses
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language.declare import Record
from quorate.language.errors import ModelError
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.conversions import FALSE, apply, as_number, copied, value_of
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.changing.mutations import change
from quorate.language.lowering.helpers import helper, method
from quorate.language.lowering.reading.comprehensions import collected, counted, extreme, one_argument, quantified, summed
from quorate.language.lowering.reading.constants import integer_of, is_builtin, looked_up, number_of
from quorate.language.lowering.reading.methods import container_method
from quorate.language.lowering.reading.operators import as_set, condition_of, container_of, sequence
from quorate.language.lowering.reading.records import construct, replace
from quorate.language.lowering.reading.sorting import call_reversed, call_sorted
from quorate.language.lowering.reading.walks import mark_group, sized, source_of, walk_of
from quorate.language.program import ir
from quorate.language.program.ir import Operator as Op
from quorate.language.program.ir import Reduction
from quorate.language.program.traversal import WALKED_ONLY
from quorate.language.soundness.order import is_unordered
from quorate.language.values.lattice import BOOL, NOTHING, absolute, in_words, one
from quorate.language.values.types import Bool, DictOf, ListOf, Option, ProcessId, RecordOf, SetOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from quorate.language.lowering.bodies.body import Body

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
    "map": ("`map` is not part of the modelling language", "write a comprehension: `[f(x) for x in xs]`"),
    "filter": ("`filter` is not part of the modelling language", "write a comprehension: `[x for x in xs if f(x)]`"),
    **dict.fromkeys(
        ("str", "repr", "ascii", "format", "bin", "oct", "hex", "chr", "ord"),
        ("a step makes no text, but in the message of an `assert`", "compare the values, or use an `Enum`"),
    ),
}
LIBRARIES = frozenset({"math", "itertools"})  # without a C meaning: what they give depends on their arguments alone
STATEMENTS = ("require", "limit", "skip", "send", "broadcast")
MODULES: dict[str, tuple[str, str]] = {
    "random": ("randomness makes two runs differ", "write `choose(...)`: every outcome is explored"),
    "secrets": ("randomness makes two runs differ", "write `choose(...)`: every outcome is explored"),
    "time": ("a clock makes two runs differ", "model time as an integer field that an `@action` advances"),
    "datetime": ("a clock makes two runs differ", "model time as an integer field that an `@action` advances"),
    "os": ("a step does not see the machine it runs on", "what a step needs is in its fields"),
    "sys": ("a step does not see the machine it runs on", "what a step needs is in its fields"),
}
OF_LIBRARIES = "of Python's own libraries a step may use `math` and `itertools`; else what the language lists"


def call(body: Body, node: ast.Call, expected: Type | None) -> ir.Expr:
    """Return what a call means."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return dotted(body, node, function, expected)
    if not isinstance(function, ast.Name):
        raise body.refusal(node, "what is called here has no name", "call a function or method by its name")
    if body.local(function.id, node) is not None:
        raise body.refusal(node, f"`{function.id}` is a value, not a function")
    found = body.names.value(body.source, function.id)
    if is_builtin(body, function, function.id):
        return builtin(body, node, function.id, expected)
    if found is ABSENT:
        raise body.unknown(function.id, node, [*body.names.known(body.source), *_BUILTINS])
    return named(body, node, found, function.id)


def named(body: Body, node: ast.Call, found: object, name: str) -> ir.Expr:
    if isinstance(found, type) and issubclass(found, Record):
        return construct(body, node, found)
    made = helper(body, node, found)
    if made is not None:
        return made
    module = str(getattr(found, "__module__", "")).partition(".")[0]
    if module in LIBRARIES:
        raise body.unsupported(node, f"`{name}` of `{module}` is not supported", "write it with what the language lists")
    if module in MODULES:
        raise body.refusal(node, *MODULES[module])
    if isinstance(found, type) and issubclass(found, Enum):
        raise looked_up(body, node, found, node.args[0] if node.args else None)
    own = isinstance(found, FunctionType) or hasattr(found, "__wrapped__")
    remedy = "call functions of the model, and those that the language lists"
    plain = "a function is written with `def`, at the top level of a module, without a decorator of another library"
    if getattr(found, "__module__", "") == "quorate.language.declare":
        plain = f"import it by its own name, `{getattr(found, '__name__', name)}`"
    raise body.refusal(node, f"`{name}` has no meaning in a step", plain if own else remedy)


def builtin(body: Body, node: ast.Call, name: str, expected: Type | None) -> ir.Expr:
    if name == "next" and node.args:
        raise body.refusal(node, *first_of(body, node))
    if name in FORBIDDEN:
        raise body.refusal(node, *FORBIDDEN[name])
    if name in STATEMENTS:
        raise body.refusal(node, f"`{name}` gives no value", "write it on a line of its own")
    meaning = _BUILTINS.get(name)
    if meaning is None:
        raise body.unsupported(
            node, f"`{name}` is not supported", f"the language has {', '.join(f'`{b}`' for b in sorted(_BUILTINS))}"
        )
    if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise body.unsupported(node, "arguments are spread here", "write them one by one")
    return meaning(body, node, expected)


def first_of(body: Body, node: ast.Call) -> tuple[str, str]:
    """Return why `next` is refused, and what to write: the first item of what has an order."""
    source = node.args[0]
    if isinstance(source, ast.Call) and is_builtin(body, source.func, "iter") and len(source.args) == 1:
        source = source.args[0]
    if isinstance(source, ast.GeneratorExp):
        source = ast.copy_location(ast.ListComp(source.elt, source.generators), source)
    try:
        found = body.expr(source)
    except ModelError:
        return FORBIDDEN["next"]
    if not isinstance(found.type, ListOf) or is_unordered(found):
        return FORBIDDEN["next"]
    text = ast.unparse(source)
    first = f"{text}[0]" if len(node.args) == 1 else f"({text} + [{ast.unparse(node.args[1])}])[0]"
    return "an iterator cannot be kept, and `next` takes one", f"write `{first}`"


def call_choose(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    only_in_steps(body, node, "choose")
    source = source_of(body, one_argument(body, node))
    item = source.type.item if isinstance(source.type, SetOf | ListOf) else NOTHING
    if is_unordered(source) and not isinstance(source.type, SetOf):
        raise body.refusal(node, "the order of these choices depends on the order of a dict", "write `choose(set(...))`")
    return ir.Choose(item, source)


def call_some(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    only_in_steps(body, node, "some")
    option = body.expr(one_argument(body, node))
    return ir.Some(option.type.item, option) if isinstance(option.type, Option) else option


def only_in_steps(body: Body, node: ast.Call, name: str) -> None:
    if body.standing.mode == "property":
        raise body.refusal(node, f"`{name}` is for steps: a property only looks", "write a condition")


def call_others(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    process = value_of(body, body.expr(one_argument(body, node)), node)
    if not isinstance(process.type, ProcessId):
        raise body.refusal(node, f"`others` takes a process, not `{in_words(process.type)}`")
    t = SetOf(process.type)
    return in_order(body, [process], lambda os: others_of(body, t, os[0]))


def others_of(body: Body, t: SetOf, process: ir.Expr) -> ir.Expr:
    assert isinstance(process.type, ProcessId)
    members = set(process.type.members)
    in_group = [frozenset(m.number for m in g.members) & members for g in body.assembly.model.groups]
    groups = [ir.Const(t, numbers) for numbers in in_group if numbers]
    if members - frozenset[int]().union(*in_group):  # some are in no group: they have no others
        groups.append(ir.Const(t, frozenset()))
    everyone: ir.Expr = groups[-1] if groups else ir.Const(t, frozenset())
    for const in groups[-2::-1]:
        everyone = apply(t, Op.IF, apply(BOOL, Op.CONTAINS, const, process), const, everyone)
    return apply(t, Op.DIFFERENCE, everyone, apply(t, Op.MAKE_SET, process))


def call_up(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    argument = one_argument(body, node)
    if isinstance(argument, ast.Call) and is_builtin(body, argument.func, "old"):
        raise body.refusal(node, "`up` is asked of the state after the step", "keep in a ghost whether a process was up")
    process = value_of(body, body.expr(one_argument(body, node)), node)
    if not isinstance(process.type, ProcessId):
        raise body.refusal(node, f"`up` takes a process, not `{in_words(process.type)}`")
    if body.standing.inside is not None:
        raise body.refusal(
            node, "a process cannot see whether another is up", "`up` is for properties and module-level actions"
        )
    return apply(BOOL, Op.UP, process)


def call_in_flight(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    remedy = "write `any(... for m, sender, receiver in in_flight(Vote))`, or `len(in_flight(Vote))`"
    raise body.refusal(node, "what is in flight is walked at once, or counted", remedy)


def call_old(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    raise body.unsupported(node, "`old(...)` is kept here", "take a field of it at once: `old(p).field`")


def quantified_any(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return quantified(body, node, Reduction.ANY)


def quantified_all(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return quantified(body, node, Reduction.ALL)


def call_sum(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return summed(body, node)


def call_min(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return extreme(body, node, Reduction.MIN)


def call_max(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return extreme(body, node, Reduction.MAX)


def call_len(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return counted(body, node)


def call_abs(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    value = integer_of(body, one_argument(body, node))
    return apply(absolute(body.flow.range(value)), Op.ABS, value)


def call_int(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    value = body.expr(one_argument(body, node))
    if isinstance(value.type, Bool):
        return as_number(value)
    return number_of(body, value, node)


def call_bool(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    return condition_of(body, one_argument(body, node)) if node.args else FALSE


def emptied(node: ast.Call, operator: Op, t: Type) -> ir.Expr | None:
    return apply(t, operator) if not node.args and not node.keywords else None


def call_frozenset(body: Body, node: ast.Call, expected: Type | None) -> ir.Expr:
    return frozen_as(call_set(body, node, expected), frozen=True)


def call_set(body: Body, node: ast.Call, expected: Type | None) -> ir.Expr:
    empty = emptied(node, Op.MAKE_SET, SetOf(NOTHING))
    if empty is not None:
        return empty
    argument = one_argument(body, node)
    if isinstance(argument, ast.GeneratorExp | ast.ListComp | ast.SetComp):
        inner = expected.item if isinstance(expected, Option) else expected
        return collected(body, argument, Reduction.SET, inner.item if isinstance(inner, SetOf) else None)
    return frozen_as(set_of(body, walk_of(body, argument) or container_of(body, argument), argument), frozen=False)


def frozen_as(made: ir.Expr, *, frozen: bool) -> ir.Expr:
    """Return a set that was just made as a `frozenset`, or as none."""
    assert isinstance(made, ir.Apply | ir.Comprehension)
    assert isinstance(made.type, SetOf)
    return dataclasses.replace(made, type=SetOf(made.type.item, frozen))


def set_of(body: Body, source: ir.Expr, node: ast.expr) -> ir.Expr:
    if isinstance(source, ir.Apply) and source.operator in WALKED_ONLY:
        assert isinstance(source.type, ListOf)
        local = body.temporary(source.type.item, node, "item")
        clause = ir.Clause((local,), source, where=body.place(node))
        return ir.Comprehension(SetOf(source.type.item), Reduction.SET, (clause,), (local,))
    return copied(as_set(body, source))


def call_list(body: Body, node: ast.Call, expected: Type | None) -> ir.Expr:
    empty = emptied(node, Op.MAKE_LIST, ListOf(NOTHING, sized(0)))
    if empty is not None:
        return empty
    argument = one_argument(body, node)
    if isinstance(argument, ast.GeneratorExp | ast.ListComp):
        inner = expected.item if isinstance(expected, Option) else expected
        return collected(body, argument, Reduction.LIST, inner.item if isinstance(inner, ListOf) else None, ordered=True)
    source = walk_of(body, argument)
    if source is not None:
        assert isinstance(source.type, ListOf)
        local = body.temporary(source.type.item, node, "item")
        clause = ir.Clause((local,), source, where=body.place(argument))
        return ir.Comprehension(source.type, Reduction.LIST, (clause,), (local,))
    source = sequence(body, container_of(body, argument))
    if not isinstance(source.type, ListOf) or is_unordered(source):
        whole = "a dict's values or items" if isinstance(source.type, ListOf) else one(source.type)
        raise body.refusal(node, f"a list made from {whole} depends on an order", "write `sorted(...)`")
    mark_group(body, source)
    return copied(source)


def call_tuple(body: Body, node: ast.Call, _: Type | None) -> ir.Expr:
    raise body.unsupported(node, "a tuple of computed length is not supported", "use a list")


def call_dict(body: Body, node: ast.Call, expected: Type | None) -> ir.Expr:
    empty = emptied(node, Op.MAKE_DICT, DictOf(NOTHING, NOTHING))
    if empty is not None:
        return empty
    source = body.expr(one_argument(body, node), expected)
    if not isinstance(source.type, DictOf):
        raise body.unsupported(node, "`dict(...)` copies a dict here", "write `{key: value for ...}`")
    return copied(source)


def dotted(body: Body, node: ast.Call, function: ast.Attribute, expected: Type | None) -> ir.Expr:
    module = outside(body, function)
    if module is not None:
        return module(node, expected)
    made = method(body, node, function)
    if made is not None:
        return made
    changed = change(body, node, function)
    if changed is not None:
        return changed
    base = value_of(body, body.expr(function.value), function)
    if isinstance(base.type, RecordOf) and function.attr == "replace":
        return replace(body, node, base)
    return container_method(body, node, function.attr, sequence(body, base))


def outside(body: Body, function: ast.Attribute) -> Callable[[ast.Call, Type | None], ir.Expr] | None:
    """Return how to call `module.function`, refuse what is of another library."""
    root: ast.expr = function
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or body.is_local(root.id):
        return None
    owner = body.names.value(body.source, root.id)
    if is_builtin(body, root, root.id):
        raise body.refusal(function, f"`{ast.unparse(function)}` is not part of the modelling language", _of_class(function))
    for source in body.assembly.model.sources:
        if owner is source.module:
            found = vars(source.module).get(function.attr, ABSENT)
            return lambda node, _: named(body, node, found, function.attr)
    name = str(getattr(owner, "__name__", ""))
    if type(owner).__name__ == "module" and name in LIBRARIES:
        raise body.unsupported(function, f"`{name}` is not supported", "write it with what the language lists")
    if type(owner).__name__ == "module":
        raise body.refusal(function, *MODULES.get(name, (f"`{name}` has no meaning in a step", OF_LIBRARIES)))
    if isinstance(owner, type) and str(owner.__module__) in MODULES:
        raise body.refusal(function, *MODULES[str(owner.__module__)])
    return None


def _of_class(function: ast.Attribute) -> str | None:
    """Return what to write instead of a function that one of Python's own classes has."""
    if function.attr == "fromkeys":
        return "write `{key: ... for key in ...}`"
    is_method = any(function.attr in vars(cls) for cls in (set, list))
    return f"call it as a method of the value: `x.{function.attr}(...)`" if is_method else None


_BUILTINS: dict[str, Callable[[Body, ast.Call, Type | None], ir.Expr]] = {
    "choose": call_choose,
    "some": call_some,
    "others": call_others,
    "in_flight": call_in_flight,
    "up": call_up,
    "old": call_old,
    "any": quantified_any,
    "all": quantified_all,
    "sum": call_sum,
    "min": call_min,
    "max": call_max,
    "len": call_len,
    "abs": call_abs,
    "int": call_int,
    "bool": call_bool,
    "set": call_set,
    "frozenset": call_frozenset,
    "list": call_list,
    "tuple": call_tuple,
    "dict": call_dict,
    "sorted": call_sorted,
    "reversed": call_reversed,
}
