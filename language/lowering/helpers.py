"""The model's own functions and methods: each becomes an `ir.Function`, one for each sort of caller and shape of arguments."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language.declare import Process
from quorate.language.errors import Unsupported, did_you_mean
from quorate.language.histories.history import END, History
from quorate.language.histories.objects import Sequential
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.body import Body
from quorate.language.lowering.bodies.conversions import into, value_of
from quorate.language.lowering.bodies.sequence import in_order
from quorate.language.lowering.reading.attributes import is_through_old, module_value, shared_holder
from quorate.language.lowering.reading.constants import constant, is_builtin
from quorate.language.lowering.reading.records import seen
from quorate.language.program import ir
from quorate.language.values.lattice import NOTHING, shape
from quorate.language.values.types import ProcessId, RecordOf, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from quorate.language.loading.model import Source
    from quorate.language.lowering.bodies.body import Standing

Argument = tuple[str, ir.Expr, ast.expr]  # the parameter's name, its value, and where the value stands


@dataclass(frozen=True, slots=True)
class Called:
    """A function of the model's: where it is defined, and its qualified name."""

    source: Source
    definition: ast.FunctionDef
    name: str


def helper(body: Body, node: ast.Call, found: object) -> ir.Expr | None:
    if isinstance(found, FunctionType) and body.names.definition(found):
        if found.__closure__:
            what = f"`{found.__name__}` was made inside a function, and uses what that one knew"
            raise body.refusal(node, what, "define it at the top level, and hand over what it needs")
        return invoked(body, node, found, None)
    return None


def method(body: Body, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
    made = told(body, node, function)
    if made is not None:
        return made
    shared = shared_holder(body, function.value)
    if shared is not None:
        found = body.names.method(type(body.assembly.model.shared[shared[0]]), function.attr)
        if not isinstance(found, FunctionType):
            return None
        if shared[2]:
            raise body.unsupported(node, "a method is called on what `old` gives", "take a field of it: `old(p).field`")
        return invoked(body, node, found, shared[0])
    if isinstance(function.value, ast.Call) and is_builtin(body, function.value.func, "super"):
        raise body.unsupported(node, "`super()` is not supported", "give the inherited method another name")
    cls = class_of(body, function)
    if cls is None:
        return None
    found = body.names.method(cls, function.attr)
    check_overriding(body, function, found)
    if isinstance(found, staticmethod) and isinstance(found.__func__, FunctionType):
        return invoked(body, node, found.__func__, None)
    if not isinstance(found, FunctionType) or body.names.definition(found) is None:
        return None
    base = value_of(body, body.expr(function.value), function)
    if is_through_old(body, base):
        raise body.unsupported(node, "a method is called on what `old` gives", "take a field of it: `old(p).field`")
    return invoked(body, node, found, base)


def told(body: Body, node: ast.Call, function: ast.Attribute) -> ir.Expr | None:
    """Return what it means to tell a history, or to name an operation of its object: the call of a page's function."""
    found = module_value(body, function.value)
    if not isinstance(found, History | Sequential):
        return None
    if body.standing.mode != "step":
        raise body.refusal(node, f"`{ast.unparse(function)}` is for steps", "let the step that does it say so")
    known = [name for name in found.functions if hasattr(found, name)]
    name = END[min(max(len(node.args) - 1, 0), 1)] if isinstance(found, History) and function.attr == "end" else function.attr
    called = found.functions.get(name)
    if called is None or function.attr not in known:
        raise body.refusal(node, f"`{ast.unparse(function)}` is nothing to call{did_you_mean(function.attr, known)}")
    assert isinstance(called, FunctionType)
    return invoked(body, node, called, None)


def class_of(body: Body, function: ast.Attribute) -> type | None:
    """Return the class whose method may be meant, or None where the base is a value of no class of the model's."""
    if isinstance(function.value, ast.Name) and not body.is_local(function.value.id):
        found = body.names.value(body.source, function.value.id)
        if isinstance(found, Process):
            return type(found)
        if isinstance(found, type):
            raise body.refusal(
                function, f"`{ast.unparse(function)}` is called on a class", "call it on an instance, or write a function"
            )
    if isinstance(function.value, ast.Call) and is_builtin(body, function.value.func, "old"):
        return None
    t = value_of(body, body.expr(function.value), function).type
    if isinstance(t, ProcessId):
        return body.names.classes.get(t.kind)
    return body.assembly.model.records.get(t.name) if isinstance(t, RecordOf) else None


def check_overriding(body: Body, function: ast.Attribute, found: object) -> None:
    """A method that a class below defines anew is chosen by the process at run time, for which C has no meaning."""
    t = value_of(body, body.expr(function.value), function).type
    members = t.members if isinstance(t, ProcessId) else ()
    for process in body.assembly.model.processes:
        if process.number in members and body.names.method(type(process), function.attr) is not found:
            what = f"`{type(process).__name__}` has a `{function.attr}` of its own: which is meant shows at run time only"
            raise body.unsupported(function, what, "call it on processes of one kind, or keep the difference in a field")


def method_call(body: Body, function: FunctionType, holder: ir.Expr | int, node: ast.expr) -> ir.Expr:
    called = ast.copy_location(ast.Call(node, [], []), node)
    return invoked(body, called, function, holder)


def invoked(body: Body, node: ast.Call, function: FunctionType, holder: ir.Expr | int | None) -> ir.Expr:
    defined = body.names.definition(function)
    if defined is None:
        raise body.refusal(node, f"`{function.__name__}` is not defined in the model's sources", "define it with `def` there")
    source, definition = defined
    called = Called(source, definition, function.__qualname__)
    names = parameters(body, node, definition)
    first = names[:1] if holder is not None else []
    arguments = arguments_of(body, node, function, definition, names[len(first) :])
    if isinstance(holder, int):
        return instance_call(body, node, called, arguments, {names[0]: holder})
    if holder is not None:
        own = node.func.value if isinstance(node.func, ast.Attribute) else node
        arguments.insert(0, (names[0], holder, own))
    return instance_call(body, node, called, arguments, {})


def parameters(body: Body, node: ast.Call, definition: ast.FunctionDef) -> list[str]:
    a = definition.args
    if a.vararg or a.kwarg:
        raise body.unsupported(node, f"`{definition.name}` takes any number of arguments", "give each argument a name")
    return [x.arg for x in [*a.posonlyargs, *a.args, *a.kwonlyargs]]


def arguments_of(
    body: Body, node: ast.Call, function: FunctionType, definition: ast.FunctionDef, names: list[str]
) -> list[Argument]:
    """Return the arguments in the order in which they are evaluated."""
    given = given_to(body, node, definition, names)
    found: list[Argument] = []
    for name, argument in given.items():
        found.append((name, body.expr(argument, annotated(body, name, definition, function)), argument))
    return found + [(n, defaulted(body, node, function, definition, n), node) for n in names if n not in given]


def given_to(body: Body, node: ast.Call, definition: ast.FunctionDef, names: list[str]) -> dict[str, ast.expr]:
    """Return the arguments that a call gives, by name, in the order of the source."""
    if len(node.args) > len(names):
        raise body.refusal(node, f"`{definition.name}` takes {len(names)} arguments, and {len(node.args)} are given")
    given: dict[str, ast.expr] = dict(zip(names, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg not in names or keyword.arg in given:
            raise body.refusal(keyword.value, f"`{definition.name}` takes no argument `{keyword.arg}` here")
        given[keyword.arg or ""] = keyword.value
    return given


def annotated(body: Body, name: str, definition: ast.FunctionDef, function: FunctionType) -> Type | None:
    """Return the shape that a parameter's annotation gives, for the displays that are handed over."""
    arguments = [*definition.args.posonlyargs, *definition.args.args, *definition.args.kwonlyargs]
    annotation = next((a.annotation for a in arguments if a.arg == name), None)
    defined = body.names.definition(function)
    return None if annotation is None or defined is None else body.names.annotated(annotation, defined[0])


def defaulted(body: Body, node: ast.Call, function: FunctionType, definition: ast.FunctionDef, name: str) -> ir.Expr:
    value = _default(function, definition, name)
    if value is ABSENT:
        raise body.refusal(node, f"`{definition.name}` needs its argument `{name}`")
    if isinstance(value, list | set | dict):
        raise body.refusal(
            node, f"the default of `{name}` is one object for all calls: it could change", "give the argument here"
        )
    return constant(body, node, value, name)


def instance_call(body: Body, node: ast.Call, called: Called, arguments: list[Argument], shared: dict[str, int]) -> ir.Expr:
    """Return the call of the helper's instance for these arguments, lowered now if it was not in this round."""
    key, types = instance(body, node, called, arguments, shared)

    def made(values: Sequence[ir.Expr]) -> ir.Expr:
        given = {name: into(body, v, types[name], where) for v, (name, _, where) in zip(values, arguments, strict=True)}
        return finished(body, node, key, tuple(given[name] for name in types))

    return in_order(body, [value for _, value, _ in arguments], made)


def instance(
    body: Body,
    node: ast.Call,
    called: Called,
    arguments: list[Argument],
    shared: dict[str, int],
    *,
    unknown: frozenset[str] = frozenset(),
) -> tuple[str, dict[str, Type]]:
    """Return the helper's instance for these arguments, and the types of its parameters; of `unknown` ones nothing is known."""
    caller, names = body.standing, parameters(body, node, called.definition)
    arguments = sorted(arguments, key=lambda a: names.index(a[0]))
    own = frozenset(name for name, value, _ in arguments if isinstance(value, ir.Local) and value.name in caller.own)
    shapes = tuple(shape(value.type) for _, value, _ in arguments)
    whose = (caller.mode, caller.inside, caller.property, own, tuple(shared.items()), unknown)
    key = body.inference.instance((id(called.definition), whose, shapes), called.name)
    if key in body.assembly.calling:
        what = f"`{called.definition.name}` calls itself"
        raise body.refusal(node, what, "a step must end: write a loop over a collection")
    types = {name: parameter(body, key, name, value, where) for name, value, where in arguments}
    if key not in body.assembly.functions:
        standing = replace(caller, source=called.source, key=key, own=own, shared=shared)
        lower_helper(body, standing, called.definition, types, unknown)
    return key, types


def called_apart(
    body: Body, node: ast.Call, function: FunctionType, holder: ir.Expr | None, read: Callable[[ast.expr], ir.Expr]
) -> ir.Expr:
    """Return a call that has no C meaning, because of its result or of an argument: to be judged.

    What has no meaning as an argument has none in the helper's body either; `read` gives what it is made of.
    """
    defined = body.names.definition(function)
    if defined is None or any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        what = f"`{ast.unparse(node)[:60]}` is not part of the modelling language"
        raise body.refusal(node, what, "write the arguments one by one")
    called = Called(*defined, function.__qualname__)
    names = parameters(body, node, called.definition)
    typed: list[Argument] = [] if holder is None else [(names[0], holder, node)]
    unknown: dict[str, ir.Expr] = {}
    own = names[len(typed) :]
    given = given_to(body, node, called.definition, own)
    for name, argument in given.items():
        value = read(argument)
        if isinstance(value, ir.Opaque):
            unknown[name] = value
        else:
            typed.append((name, value, argument))
    for name in own:
        if name not in given:
            try:
                typed.append((name, defaulted(body, node, function, called.definition, name), node))
            except Unsupported:
                unknown[name] = ir.Opaque(NOTHING, ())
    key, types = instance(body, node, called, typed, {}, unknown=frozenset(unknown))
    values = {name: into(body, value, types[name], where) for name, value, where in typed}
    body.flow.called(key)
    operands = (*(unknown[name] for name in sorted(unknown)), *(values[name] for name in types))
    return ir.Call(NOTHING, key, operands, where=body.place(node))


def parameter(body: Body, key: str, name: str, value: ir.Expr, where: ast.expr) -> Type:
    learned = body.inference.learn(("parameter", key, name), seen(body, value))
    if learned is None:
        raise body.unsupported(where, f"`{name}` gets values of two types", "write two functions")
    return learned


def lower_helper(
    body: Body, standing: Standing, definition: ast.FunctionDef, parameters: dict[str, Type], unknown: frozenset[str]
) -> None:
    made = Body(body.assembly, standing, definition)
    made.flow.foreign |= unknown
    body.assembly.calling.append(standing.key)
    locals_ = [made.bind(name, name, t) for name, t in parameters.items()]
    function = body.assembly.readers.function(made, locals_, standing.key)
    apart = tuple(ir.Local(NOTHING, name) for name in sorted(unknown))
    body.assembly.functions[standing.key] = replace(function, parameters=(*apart, *function.parameters))
    body.assembly.calling.pop()
    written = body.assembly.footprint(body.assembly.functions[standing.key].body).writes
    body.assembly.writers[standing.key] = frozenset(name for _, name in written)


def finished(body: Body, node: ast.Call, key: str, operands: tuple[ir.Expr, ...]) -> ir.Call:
    function = body.assembly.functions[key]
    body.flow.called(key)
    if key in body.assembly.foreign:
        raise body.unsupported(node, f"what `{function.name}` returns has no C meaning", "compute it in plainer Python")
    return ir.Call(NOTHING if function.result is None else function.result, key, operands)


def _default(function: FunctionType, definition: ast.FunctionDef, name: str) -> object:
    """Return a parameter's default value, or `ABSENT`."""
    positional = [x.arg for x in [*definition.args.posonlyargs, *definition.args.args]]
    defaults = dict(zip(reversed(positional), reversed(function.__defaults__ or ()), strict=False))
    return defaults.get(name, (function.__kwdefaults__ or {}).get(name, ABSENT))
