"""What Python can run and C cannot: it is left to the reference engine, but not unread.

A statement or expression that has no C meaning is taken apart here: whatever in it has a meaning is read as anywhere else, with
every rule that it must keep, and of the rest only the sorts are let through that are known to be sound, by name. What is made
of the parts is `ir.Opaque`, in the statement where it stands: so the rules of soundness see what it is computed of, what that
decides, and where it goes; no loop over a set, no clock, no ghost, no field of another process hides in it. Locals with such
a value, and functions that return one, are noted, so that what reads them is not refused under a false reason.
Long because each sort of Python's nodes is a case here, as in the tables of what has a meaning.
"""

from __future__ import annotations

import ast
import math
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from quorate.language.declare import Record
from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.names import ABSENT
from quorate.language.lowering.bodies.body import bound_by
from quorate.language.lowering.bodies.conversions import value_of
from quorate.language.lowering.calls import LIBRARIES
from quorate.language.lowering.changing.paths import path_of, writable
from quorate.language.lowering.helpers import called_apart
from quorate.language.lowering.reading.constants import is_builtin, plain
from quorate.language.lowering.reading.walks import source_of, targets_of, walk_of
from quorate.language.program import ir
from quorate.language.soundness.order import is_unordered
from quorate.language.values.lattice import BOOL, NOTHING
from quorate.language.values.types import DictOf, Enumeration, ListOf, ProcessId, RecordOf, SetOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.language.lowering.bodies.body import Body
    from quorate.language.values.types import Type

# Python's own functions whose value depends on their arguments alone.
PURE = frozenset(
    {"round", "divmod", "pow", "isinstance", "abs", "int", "bool", "float", "len", "min", "max", "any", "all", "sum"}
)
ORDERLESS = frozenset({"any", "all"})  # of these, with the items of a generator in any order
IN_ORDER = frozenset({"tuple", "list", "reversed", "enumerate", "zip"})  # and these, where their arguments have one
WALKING = frozenset({"fsum", "prod", "dist", "sumprod"})  # of `math`
NONE = frozenset[str]()
METHODS: dict[type[Type], tuple[frozenset[str], frozenset[str]]] = {  # those that change a value, and those that only look
    ListOf: (
        frozenset({"append", "extend", "insert", "remove", "pop", "sort", "reverse", "clear"}),
        frozenset({"index", "count", "copy"}),
    ),
    SetOf: (
        frozenset({"add", "discard", "remove", "clear", "update"}),
        frozenset({"union", "intersection", "difference", "issubset", "issuperset", "isdisjoint", "copy"}),
    ),
    DictOf: (frozenset({"pop", "setdefault", "clear", "update"}), frozenset({"get", "copy"})),
    RecordOf: (NONE, frozenset({"replace"})),
}
Comprehended = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
TAKEN_APART = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Subscript,
    ast.Slice, ast.Starred,
)  # fmt: skip


def hidden(body: Body, node: ast.stmt, problem: ModelError) -> list[ModelError]:
    """Return what is wrong inside a statement that has no C meaning: no engine may run that."""
    if not isinstance(problem, Unsupported):
        return []
    try:
        read_foreign(body, node)
    except ModelError as inner:
        return [ModelError(inner.what, inner.where, inner.remedy)]
    return []


def condition_apart(body: Body, node: ast.expr, problem: ModelError) -> ir.Expr:
    """Return what a condition without a C meaning is made of; what is wrong in it is noted."""
    made: tuple[ir.Expr, ...] = ()
    body.assembly.problems.append(problem)
    if isinstance(problem, Unsupported):
        try:
            made = (read(body, node),)
        except ModelError as inner:
            body.assembly.problems.append(ModelError(inner.what, inner.where, inner.remedy))
    return ir.Opaque(BOOL, made, where=body.place(node))


# -- statements -------------------------------------------------------------------------------------------------------


def read_foreign(body: Body, node: ast.stmt) -> None:
    """Read what is inside a statement that has no C meaning. Errors: ModelError where a part of it is not sound."""
    match node:
        case ast.Assign(targets, value):
            made = read(body, value)
            for target in targets:
                assigned(body, target, made)
        case ast.AnnAssign(target, _, value) | ast.AugAssign(target, _, value):
            if value is not None:
                before = [read(body, loaded(target))] if isinstance(node, ast.AugAssign) else []
                assigned(body, target, opaque(body, node, [*before, read(body, value)]))
        case ast.Expr(value):
            body.out.append(ir.Evaluate(read(body, value)))
        case ast.Assert(value):
            body.out.append(ir.Assert(read(body, value)))
        case ast.Return(value):
            if value is not None:
                body.out.append(ir.Return(read(body, value)))
            body.assembly.foreign.add(body.standing.key)
            body.flow.reachable = False
        case ast.Delete(targets):
            for target in targets:
                assigned(body, target, read(body, loaded(target)))
        case ast.If(test, then, otherwise):
            ways(body, read(body, test), [then, otherwise])
        case ast.For():
            loop(body, node)
        case ast.Match(subject, cases):
            made = read(body, subject)
            ways(body, made, [[*matched(body, case, made), *case.body] for case in cases] + [[]])
        case _:
            what = f"`{type(node).__name__.lower()}` is not part of the modelling language"
            raise body.refusal(node, what, "write it in plainer Python")


def loaded(target: ast.expr) -> ast.expr:
    """Return what an assignment changes, as something to be read."""
    match target:
        case ast.Name(name):
            made: ast.expr = ast.Name(name, ast.Load())
        case ast.Attribute(base, name):
            made = ast.Attribute(base, name, ast.Load())
        case ast.Subscript(base, index):
            made = ast.Subscript(base, index, ast.Load())
        case _:
            made = target
    return ast.copy_location(made, target)


def ways(body: Body, decides: ir.Expr, blocks: Iterable[Sequence[ast.stmt]]) -> None:
    """Read blocks of which one is taken: what is known afterwards is what they have in common."""
    before, after = body.flow, body.flow.copy()
    after.reachable = False
    for block in blocks:
        body.flow = before.copy()
        body.out.append(ir.If(decides, body.block(block), ()))
        after = after.merged(body.flow) if after.reachable or body.flow.reachable else after
    body.flow = after


def loop(body: Body, node: ast.For) -> None:
    """Read a loop without a C meaning; a name that it binds first has no value after it, as elsewhere."""
    before = body.flow.copy()
    targets, source = walk(body, node.target, node.iter)
    outer, body.out = body.out, []
    body.leaving.append(([], []))
    ways(body, source, [node.body, []])
    body.leaving.pop()
    inner, body.out = tuple(body.out), outer
    body.out.append(ir.For(targets, source, inner))
    ways(body, source, [node.orelse, []])
    body.flow.leave(before)


def matched(body: Body, case: ast.match_case, subject: ir.Expr) -> list[ast.stmt]:
    """Bind the names of a pattern to what is matched; return its guard as a statement to be read."""
    for inner in ast.walk(case.pattern):
        name = getattr(inner, "name", None) or getattr(inner, "rest", None)
        if isinstance(name, str):
            named(body, case.pattern, name, subject)
    return [] if case.guard is None else [ast.copy_location(ast.If(case.guard, [ast.Pass()], []), case.guard)]


def named(body: Body, node: ast.expr | ast.pattern, name: str, value: ir.Expr) -> None:
    """Give a local a value that has no C meaning."""
    foreign(body, name)
    body.out.append(ir.Assign(ir.Local(NOTHING, name), value, where=body.place(node)))


def foreign(body: Body, name: str) -> None:
    """Note a local whose value has no C meaning."""
    body.flow.names.pop(name, None)
    body.flow.foreign |= {name}


def assigned(body: Body, target: ast.expr, value: ir.Expr) -> None:
    """Read a target: a field must be one that this step may write, a container one that nothing else may name."""
    match target:
        case ast.Name(name):
            named(body, target, name, value)
        case ast.Tuple(items) | ast.List(items):
            for item in items:
                assigned(body, item, value)
        case ast.Starred(inner):
            assigned(body, inner, value)
        case ast.Attribute():
            field = writable(body, target)
            body.out.append(ir.Assign(field, value, where=body.place(target)))
            body.flow.forget(field)
        case ast.Subscript(base, index):
            changed(body, target, base, [read(body, index), value])
        case _:
            raise body.refusal(target, f"`{ast.unparse(target)}` cannot be assigned")


def changed(body: Body, node: ast.expr, container: ast.expr, parts_: Sequence[ir.Expr]) -> None:
    """Note that a container is changed in place, by what is made of these."""
    root = path_of(body, container).root
    value = ir.Opaque(root.type, (root, *parts_))
    body.out.append(ir.Assign(root, value, in_place=True, where=body.place(node)))
    body.flow.forget(root)


# -- expressions ------------------------------------------------------------------------------------------------------


def opaque(body: Body, node: ast.expr | ast.stmt, made: Iterable[ir.Expr]) -> ir.Opaque:
    return ir.Opaque(NOTHING, tuple(made), where=body.place(node))


def read(body: Body, node: ast.expr) -> ir.Expr:
    """Return what an expression means, else what it is made of. Errors: ModelError where a part is not sound."""
    try:
        return body.expr(node)
    except Unsupported:
        return opaque(body, node, parts(body, node))


def parts(body: Body, node: ast.expr) -> list[ir.Expr]:
    """Return what an expression without a C meaning is made of."""
    match node:
        case ast.Constant():
            return []
        case ast.Name(name) if name in body.flow.foreign:
            return [ir.Local(NOTHING, name)]
        case ast.Name() | ast.Attribute() if plain(body, node) is not ABSENT:
            return []
        case ast.Call():
            return called(body, node)
        case ast.Compare(left, operators, others) if any(isinstance(o, ast.Is | ast.IsNot) for o in operators):
            made = [read(body, o) for o in (left, *others)]
            if not any(isinstance(o, ast.Constant) and o.value is None for o in (left, *others)):
                what = "`is` compares None, enums and processes, not what has no C meaning"
                raise body.refusal(node, what, "write `==` or `!=`")
            return made
        case ast.Attribute(base, "name" | "value") if isinstance((member := body.expr(base)).type, Enumeration):
            return [member]
        case ast.ListComp(item):
            return [comprehended(body, node, [item])]
        case ast.SetComp(item):
            return [comprehended(body, node, [item], shows=False)]
        case ast.DictComp(key, value):
            return [comprehended(body, node, [key, value])]
        case _ if isinstance(node, TAKEN_APART):
            return [read(body, inner) for inner in ast.iter_child_nodes(node) if isinstance(inner, ast.expr)]
        case _:
            raise unread(body, node)


def unread(body: Body, node: ast.expr) -> ModelError:
    """Return the error of what nothing is known about."""
    what = f"`{ast.unparse(node)[:60]}` is not part of the modelling language"
    return body.refusal(node, what, "write it in plainer Python")


def called(body: Body, node: ast.Call) -> list[ir.Expr]:
    """Return what a call is made of: what it calls is known to be sound, or is the model's own and read, too."""
    function = node.func
    arguments = [*node.args, *(k.value for k in node.keywords if k.arg != "key")]
    keys = [k.value for k in node.keywords if k.arg == "key"]
    own = owned(body, function)
    if isinstance(own, FunctionType):
        return [called_apart(body, node, own, None, lambda argument: read(body, argument))]
    if own is not None:
        return [read(body, argument) for argument in arguments]
    if library(body, function):
        for argument in arguments if is_walking(body, function) else []:
            ordered(body, argument)
    elif isinstance(function, ast.Attribute):
        return method(body, node, function)
    elif is_builtin(body, function, "isinstance"):
        arguments = arguments[:1]  # the second is a class
    elif is_builtin(body, function, "sorted"):
        for argument in arguments[:1] if keys else []:  # of two items with equal keys the first comes first
            ordered(body, argument)
    elif is_builtin(body, function, "choose") and body.standing.mode != "property":
        return [ir.Choose(NOTHING, opaque(body, node, chosen_from(body, node)))]
    elif isinstance(function, ast.Name) and is_builtin(body, function, function.id) and function.id in PURE | IN_ORDER:
        if function.id in IN_ORDER | {"sum"}:  # a sum of fractions is rounded item by item
            for argument in node.args:
                ordered(body, argument)
    else:
        raise unread(body, node)
    shows = not (isinstance(function, ast.Name) and function.id in ORDERLESS)
    return [*(argued(body, a, shows=shows) for a in arguments), *(keyed(body, key) for key in keys)]


def argued(body: Body, argument: ast.expr, *, shows: bool) -> ir.Expr:
    """Read an argument. `shows`: where it is a generator, the order of its items may show."""
    if isinstance(argument, ast.GeneratorExp):
        return comprehended(body, argument, [argument.elt], shows=shows)
    return read(body, argument)


def keyed(body: Body, key: ast.expr) -> ir.Expr:
    """Read what a `key=` makes of an item, of which nothing is known."""
    if not isinstance(key, ast.Lambda):
        raise unread(body, key)
    before = body.flow.copy()
    for argument in key.args.args:
        foreign(body, argument.arg)
    made = read(body, key.body)
    body.flow.take(before)
    return made


def chosen_from(body: Body, node: ast.Call) -> list[ir.Expr]:
    """Read what there is to choose from: it is what it is in every run, and in one order."""
    if len(node.args) != 1 or node.keywords:
        raise unread(body, node)
    ordered(body, node.args[0])
    return [read(body, node.args[0])]


def owned(body: Body, function: ast.expr) -> FunctionType | type[Record] | None:
    """Return the model's own function or class of records that a name stands for, if it does."""
    if not isinstance(function, ast.Name) or body.is_local(function.id):
        return None
    found = body.names.value(body.source, function.id)
    if isinstance(found, type) and issubclass(found, Record):
        return found
    return found if isinstance(found, FunctionType) and body.names.definition(found) else None


def library(body: Body, function: ast.expr) -> bool:
    """Say whether a function is one of Python's own libraries that compute and do nothing else."""
    root = function.value if isinstance(function, ast.Attribute) else function
    if not isinstance(root, ast.Name) or body.is_local(root.id):
        return False
    found = body.names.value(body.source, root.id)
    name = getattr(found, "__name__" if root is not function and isinstance(found, ModuleType) else "__module__", "")
    return name in LIBRARIES


def is_walking(body: Body, function: ast.expr) -> bool:
    """Say whether a function of a library walks through its arguments: one that takes numbers fails on them."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in WALKING or not hasattr(math, getattr(body.names.value(body.source, name), "__name__", name))


def method(body: Body, node: ast.Call, function: ast.Attribute) -> list[ir.Expr]:
    """Read a method: of a container, a record, or a process, every one that may be meant."""
    base = value_of(body, body.expr(function.value), function)
    if isinstance(base.type, ProcessId):
        classes = {type(p) for p in body.assembly.model.processes if p.number in base.type.members}
        found = [body.names.method(cls, function.attr) for cls in sorted(classes, key=lambda c: c.__name__)]
        return [own_method(body, node, f, base) for f in found]
    if isinstance(base.type, RecordOf) and function.attr != "replace":
        return [own_method(body, node, body.names.method(body.assembly.model.records[base.type.name], function.attr), base)]
    changing, looking = METHODS.get(type(base.type), (NONE, NONE))
    if function.attr not in changing | looking:
        raise unread(body, node)
    for argument in node.args if function.attr == "extend" else []:
        ordered(body, argument)
    made = [argued(body, argument, shows=True) for argument in node.args]
    made += [keyed(body, k.value) if k.arg == "key" else read(body, k.value) for k in node.keywords]
    if function.attr in changing:
        changed(body, node, function.value, made)
    return [base, *made]


def own_method(body: Body, node: ast.Call, found: object, base: ir.Expr) -> ir.Expr:
    """Read a method of the model's own."""
    if not isinstance(found, FunctionType):
        raise unread(body, node)
    return called_apart(body, node, found, base, lambda argument: read(body, argument))


# -- what has an order ------------------------------------------------------------------------------------------------


def ordered(body: Body, node: ast.expr, what: str = "what is made of a set or dict here depends on its order") -> None:
    """Refuse what has no order, or none that can be judged, where its order shows. Errors: ModelError."""
    node = node.value if isinstance(node, ast.Starred) else node
    if isinstance(node, ast.Constant | ast.Tuple | ast.List | ast.ListComp | ast.GeneratorExp):
        return  # in the order in which they are written, or of what they walk: that is judged there
    try:
        source = (walk_of(body, node) if isinstance(node, ast.Call) else None) or body.expr(node)
    except Unsupported:
        for part in in_its_order(body, node):
            ordered(body, part, what)
        return
    if is_unordered(source) or isinstance(source.type, DictOf):
        raise body.refusal(node, what, "write `sorted(...)`")


def in_its_order(body: Body, node: ast.expr) -> list[ast.expr]:
    """Return those parts of what has no C meaning that give it its order. Errors: ModelError where that cannot be judged."""
    match node:
        case ast.Call(function, arguments) if library(body, function) or (
            isinstance(function, ast.Name) and is_builtin(body, function, function.id) and function.id in IN_ORDER
        ):
            return arguments
        case ast.Call(function) if is_builtin(body, function, "sorted"):
            return []
        case ast.Subscript(base, ast.Slice()):
            return [base]
        case ast.BinOp(left, _, right):
            return [left, right]
        case _:
            what = "what this walks has no C meaning, so that its order cannot be judged"
            raise body.refusal(node, what, "walk a list, a `range(...)` or `sorted(...)`")


def walk(body: Body, target: ast.expr, source: ast.expr, *, shows: bool = True) -> tuple[tuple[ir.Local, ...], ir.Expr]:
    """Read what a loop without a C meaning walks: it has an order, or may have none where that does not show."""
    if shows:
        ordered(body, source, "a set or dict is walked where its order may show")
    try:
        found = source_of(body, source)
        return targets_of(body, target, found), found
    except Unsupported:
        names = sorted(bound_by([target]))
        made = read(body, source)
        for name in names:
            foreign(body, name)
        unknown = made if shows else ir.Opaque(SetOf(NOTHING), (made,))
        return tuple(ir.Local(NOTHING, name) for name in names), unknown


def comprehended(body: Body, node: Comprehended, items: Iterable[ast.expr], *, shows: bool = True) -> ir.Expr:
    """Read a comprehension. `shows`: the order of its items may show in its value."""
    before = body.flow.copy()
    clauses: list[ir.Clause] = []
    for generator in node.generators:
        targets, source = walk(body, generator.target, generator.iter, shows=shows)
        tests = tuple(read(body, test) for test in generator.ifs)
        clauses.append(ir.Clause(targets, source, tests, where=body.place(generator.iter)))
    made = tuple(read(body, item) for item in items)
    body.flow.take(before)
    reduction = ir.Reduction.DICT if isinstance(node, ast.DictComp) else ir.Reduction.LIST
    return ir.Comprehension(NOTHING, reduction, tuple(clauses), made, where=body.place(node))
