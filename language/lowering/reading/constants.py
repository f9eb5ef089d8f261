"""Names and literals as values: numbers, enums, processes, groups, tuples; what could change is refused."""

from __future__ import annotations

import ast
import builtins
import inspect
from enum import Enum
from types import BuiltinFunctionType, FunctionType
from typing import TYPE_CHECKING, cast, get_origin

from quorate.language.declare import Group, Process, Record, Shared, State
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.conversions import FALSE, TRUE, into, number, value_of
from quorate.language.program import ir
from quorate.language.values.lattice import (
    ANY_INT,
    BOOL,
    NOTHING,
    in_words,
    parts,
)
from quorate.language.values.types import (
    Enumeration,
    Int,
    ListOf,
    Option,
    ProcessId,
    SetOf,
    Size,
    TupleOf,
    Type,
)
from quorate.language.values.values import LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.language.errors import ModelError
    from quorate.language.lowering.bodies.body import Body, Located


OF_TEXT = frozenset({  # methods of a text that say something of it, or give another
    "startswith", "endswith", "lower", "upper", "casefold", "capitalize", "title", "strip", "lstrip", "rstrip", "removeprefix",
    "removesuffix", "replace", "count", "find", "isdigit", "isalpha", "isalnum", "isupper", "islower",
})  # fmt: skip


def value_as(body: Body, node: ast.expr, t: Type) -> ir.Expr:
    """Return the expression as one of type `t`."""
    return into(body, body.expr(node, t), t, node)


def integer_of(body: Body, node: ast.expr) -> ir.Expr:
    return number_of(body, body.expr(node), node)


def number_of(body: Body, expr: ir.Expr, node: ast.expr) -> ir.Expr:
    """Return the expression as an integer, its bounds as they are."""
    expr = value_of(body, expr, node)
    return expr if isinstance(expr.type, Int) else into(body, expr, ANY_INT, node)


def literal(body: Body, node: ast.expr, value: object, expected: Type | None) -> ir.Expr:
    if value is None:
        return ir.Const(expected if isinstance(expected, Option) else NOTHING, None)
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if isinstance(value, int):
        return known_number(body, node, value)
    if isinstance(value, str):
        raise body.unsupported(
            node, "a text has no C meaning here", f"{instead_of(body, value)}, or compare parameters with it"
        )
    if isinstance(value, float):
        raise body.unsupported(node, "a fraction has no C meaning here", "use whole numbers, such as thousandths")
    raise body.refusal(node, f"`{type(value).__name__}` cannot be a value of the state", "use `int`, `bool`, or an `Enum`")


def instead_of(body: Body, text: str) -> str:
    """Return what to write in place of a text: a member of an enum that has it as its name or value, if there is one."""
    for enum in body.assembly.model.enums.values():
        for member in enum:
            if text in (member.name, member.value):
                return f"write the member itself, `{enum.__name__}.{member.name}`"
    return "use an `Enum` for names"


def looked_up(body: Body, node: ast.expr, enum: type[Enum], key: ast.expr | None) -> ModelError:
    """Return the error of a member that is looked up by its value or name, which C does not know."""
    known = plain(body, key) if key is not None else ABSENT
    named = next((m.name for m in enum if known is not ABSENT and known in (m.value, m.name)), None)
    remedy = (
        f"write the member itself, `{enum.__name__}.{named}`" if named else "write a `match` that gives a member for each value"
    )
    return body.refusal(node, f"a member of `{enum.__name__}` is looked up here, and a step names its members", remedy)


def of_state(body: Body, node: ast.expr, expected: Type | None) -> None:
    """Refuse a text or a fraction where a value of the state belongs. Errors: ModelError."""
    if expected is not None and isinstance(node, ast.Constant) and isinstance(node.value, str | float):
        if isinstance(node.value, str):
            raise body.refusal(node, "text cannot be a value of the state", instead_of(body, node.value))
        raise body.refusal(node, "`float` cannot be a value of the state", "use `int`, `bool`, or an `Enum`")


def known_number(body: Body, node: ast.expr, value: int) -> ir.Const:
    """Return a number that the source gives. Errors: ModelError beyond 64 bits, where no engine computes."""
    if not -LARGEST - 1 <= value <= LARGEST:
        raise body.refusal(node, "this number is beyond 64 bits", "write a smaller one: 2**63 - 1 is the greatest")
    return number(value)


def name_of(body: Body, node: ast.expr, name: str) -> ir.Expr:
    local = body.local(name, node)
    if local is not None:
        return local
    parameter = body.names.parameter(body.source, name)
    if parameter is not None:
        const = constant(body, node, parameter.value, name)
        t = Int(Size(parameter.value, name), Size(parameter.value, name)) if type(parameter.value) is int else const.type
        return ir.Parameter(t, name, const.value)
    found = body.names.value(body.source, name)
    if found is ABSENT and hasattr(builtins, name):
        raise body.refusal(node, f"`{name}` is Python's own, and not a value that a step can use", f"call it: `{name}(...)`")
    if found is ABSENT:
        raise body.unknown(name, node, [*body.flow.names, *body.names.known(body.source)])
    return constant(body, node, found, name)


def plain(body: Body, node: ast.expr) -> object:
    """Return the number, text, or tuple with such that a node is, whatever the state, or `ABSENT`.

    What is computed of whole numbers is none: it has a C meaning of its own.
    """
    match node:
        case ast.Constant():
            value: object = node.value
        case ast.Name() if not body.is_local(node.id):
            value = body.names.value(body.source, node.id)
        case ast.Attribute():
            value = of_class(body, node)
        case ast.BinOp(left, _, right):
            parts = [plain(body, left), plain(body, right)]
            is_known = all(isinstance(p, int | float) for p in parts) and any(isinstance(p, float) for p in parts)
            value = computed(body, node) if is_known else ABSENT
        case ast.UnaryOp(ast.USub() | ast.UAdd(), operand):
            value = computed(body, node) if isinstance(plain(body, operand), float) else ABSENT
        case ast.Call(ast.Attribute(base, name), arguments, []) if name in OF_TEXT:
            is_known = isinstance(plain(body, base), str) and all(plain(body, a) is not ABSENT for a in arguments)
            value = computed(body, node) if is_known else ABSENT
        case ast.Call(ast.Name() as function, [argument], []) if is_builtin(body, function, "len"):
            value = computed(body, node) if isinstance(plain(body, argument), str | tuple | frozenset) else ABSENT
        case ast.Subscript(base, index) if isinstance(plain(body, base), str | tuple):
            value = computed(body, node) if isinstance(plain(body, index), int) else ABSENT
        case _:
            value = ABSENT
    return value if is_plain(value) else ABSENT


def is_plain(value: object) -> bool:
    """Say whether a value is a number, a text, or a tuple or frozenset of such in which some have no C meaning."""
    if isinstance(value, tuple | frozenset):
        items: list[object] = list(cast("Iterable[object]", value))
        return all(map(is_plain, items)) and any(isinstance(i, float | str) for i in items)
    return isinstance(value, bool | int | float | str) and not isinstance(value, Enum)


def of_class(body: Body, node: ast.Attribute) -> object:
    """Return what a class of the model's that is none of the language's has under a name, or `ABSENT`."""
    match node.value:
        case ast.Name(name) if not body.is_local(name):
            owner = body.names.value(body.source, name)
        case ast.Attribute():
            owner = of_class(body, node.value)
        case _:
            owner = ABSENT
    if type(owner) is not type or owner.__module__ not in {s.module.__name__ for s in body.assembly.model.sources}:
        return ABSENT
    return ABSENT if issubclass(owner, State | Record) else inspect.getattr_static(owner, node.attr, ABSENT)


def computed(body: Body, node: ast.expr) -> object:
    """Return what Python makes of numbers and texts that are known, whatever the state; `ABSENT` where it fails."""
    known = {n.id: body.names.value(body.source, n.id) for n in ast.walk(node) if isinstance(n, ast.Name)}
    names = {name: value for name, value in known.items() if value is not ABSENT}
    try:
        return eval(compile(ast.Expression(node), "", "eval"), {"__builtins__": {"len": len}}, names)  # noqa: S307  (constants only)
    except TypeError:
        if isinstance(node, ast.Compare):
            raise body.refusal(node, "these two have no order", "compare what is of one type") from None
        return ABSENT
    except (ArithmeticError, LookupError, ValueError):  # it fails if it is ever evaluated: that shows where it is run
        return ABSENT


def constant(body: Body, node: ast.expr, value: object, name: str) -> ir.Const:
    """Return a value of the module as a constant; what could change during the search is refused."""
    match value:
        case None:
            return ir.Const(NOTHING, None)
        case Enum():  # before numbers: an `IntEnum` is one
            t = body.assembly.model.types.get(type(value).__qualname__)
            if not isinstance(t, Enumeration):
                raise body.refusal(node, f"`{name}` is of an enum that the model does not name", "import its class by name")
            return ir.Const(t, t.members.index(value.name))
        case bool():
            return ir.Const(BOOL, value)
        case int():
            return known_number(body, node, value)
        case Group():
            return group(body, value)
        case Process():
            return member(body, value)
        case tuple() | frozenset():
            return collection(body, node, value, name)
        case type() if issubclass(value, Enum) and isinstance(
            t := body.assembly.model.types.get(value.__qualname__), Enumeration
        ):
            return ir.Const(ListOf(t, Size(len(t.members), str(len(t.members)))), tuple(range(len(t.members))))
        case list() | set() | dict():
            what = f"`{name}` is a module's own {type(value).__name__}: it could change during the search"
            plain = {list: "a tuple", set: "a frozenset", dict: "a function with a `match`"}[type(value)]
            raise body.refusal(node, what, f"write {plain}, or make it a field of a `Shared` class")
        case float() | str():
            what = f"`{name}` is {'text' if isinstance(value, str) else 'a fraction'}, which has no C meaning here"
            raise body.unsupported(node, what, "compare it, or use an `Enum` or whole numbers")
        case Shared():
            raise body.refusal(
                node, f"`{name}` is shared state, not a value", f"use one of its fields: `{name}.{some_field(body, value)}`"
            )
        case _:
            raise _no_value(body, node, value, name)


def _no_value(body: Body, node: ast.expr, value: object, name: str) -> ModelError:
    """Return the error of a class, a function or another object in the place of a value."""
    is_named = callable(value) or isinstance(value, type)
    what = "not a value that a step can use" if is_named else f"a `{type(value).__name__}`, which no step can use"
    return body.refusal(node, f"`{name}` is {what}", _instead(value, name))


def _instead(value: object, name: str) -> str | None:
    """Return what to write in place of a class or function that stands where a value belongs."""
    if isinstance(value, type) and issubclass(value, Record):
        return f"make one: `{name}(...)`"
    if isinstance(value, type) and issubclass(value, Process):
        return "name one of its processes, or `self`"
    if get_origin(value) is not None:
        return "this is a type: write one of its values"
    if type(value) is type:
        return f"name one of its constants: `{name}.NAME`"
    if isinstance(value, FunctionType | BuiltinFunctionType | type):
        return f"call it: `{name}(...)`"
    return "a step uses numbers, truth values, members of enums, processes, and tuples and frozensets of such"


def some_field(body: Body, holder: State) -> str:
    fields = body.assembly.model.fields.get(type(holder).__name__, ())
    return fields[0].name if fields else "field"


def group(body: Body, group: Group[Process]) -> ir.Const:
    """Return a group as the list of its members."""
    members = tuple(m.number for m in group.members)
    size = body.names.group_size(group)
    longest = Size(len(members), str(len(members)) if size is None else size.name)
    return ir.Const(ListOf(process_type(body, group.kind), longest), members)


def member(body: Body, process: Process) -> ir.Const:
    """Return one process by number; one of several breaks the symmetry of its group."""
    group = body.names.group_of(process)
    if group is not None and len(group) > 1:
        body.assembly.ordered.add(group.name)
    return ir.Const(process_type(body, type(process)), process.number)


def process_type(body: Body, kind: type[State]) -> ProcessId:
    return body.assembly.model.ids[kind.__name__]


def collection(body: Body, node: ast.expr, value: tuple[object, ...] | frozenset[object], name: str) -> ir.Const:
    items = [constant(body, node, v, name) for v in value]
    if isinstance(value, tuple):
        return ir.Const(TupleOf(tuple(i.type for i in items)), tuple(i.value for i in items))
    return ir.Const(SetOf(joined(body, node, [i.type for i in items]), frozen=True), frozenset(i.value for i in items))


def mark_ordered(body: Body, t: Type) -> None:
    """Note that the order or the single members of the groups of these ids matter: they are not symmetric."""
    if isinstance(t, ProcessId):
        for group in body.assembly.model.groups:
            if any(m.number in t.members for m in group.members):
                body.assembly.ordered.add(group.name)
    for part in parts(t):
        mark_ordered(body, part)


def is_builtin(body: Body, node: ast.expr, name: str) -> bool:
    """Say whether a node names this function of Quorate's or of Python's, not something of the model's own."""
    if not isinstance(node, ast.Name) or body.is_local(node.id):
        return False
    found = body.names.value(body.source, node.id)
    if found is ABSENT:
        return node.id == name and hasattr(builtins, name)
    return (
        getattr(found, "__module__", None) in ("quorate.language.declare", "builtins")
        and getattr(found, "__name__", "") == name
    )


def joined(body: Body, node: Located, types: Sequence[Type]) -> Type:
    """Return the least type that holds the values of all."""
    if not types:
        return NOTHING
    result = types[0]
    for t in types[1:]:
        both = body.lattice.join(result, t)
        if both is None:
            raise body.refusal(node, f"`{in_words(result)}` and `{in_words(t)}` are not one type")
        result = both
    return result
