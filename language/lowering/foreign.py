"""What Python can run and C cannot: it is left to the reference engine, but not unread.

A statement that has no C meaning is taken apart here: whatever in it has a meaning is read as anywhere else, with every rule
that it must keep, and of the rest only the sorts are let through that are known to be sound, by name. So a construct without
a C meaning hides nothing: no loop over a set, no clock, no field of another process. A local that gets such a value, and a
function that returns one, are noted, so that what reads them is not refused under a false reason.
"""

from __future__ import annotations

import ast
from types import FunctionType
from typing import TYPE_CHECKING

from quorate.language.errors import ModelError, Unsupported
from quorate.language.lowering.bodies.conversions import TRUE, value_of
from quorate.language.lowering.calls import LIBRARIES
from quorate.language.lowering.changing.paths import path_of, writable
from quorate.language.lowering.helpers import invoked
from quorate.language.lowering.reading.constants import is_builtin, of_class
from quorate.language.lowering.reading.walks import source_of, targets_of, walk_of
from quorate.language.program import ir
from quorate.language.soundness.order import is_unordered
from quorate.language.values.types import DictOf, Enumeration, ListOf, ProcessId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quorate.language.lowering.bodies.body import Body

# Python's own functions whose value depends on their arguments alone.
PURE = frozenset({"round", "divmod", "pow", "isinstance", "abs", "int", "bool", "len", "min", "max", "any", "all", "sum"})
ORDERLESS = frozenset({"any", "all", "sum"})  # of these, with the items of a generator in any order
IN_ORDER = frozenset({"tuple", "list", "reversed", "enumerate", "zip"})  # and these, where their arguments have one
Comprehended = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
TAKEN_APART = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Subscript,
    ast.Slice, ast.Starred, ast.Constant,
)  # fmt: skip


def hidden(body: Body, node: ast.stmt | ast.expr, problem: ModelError) -> list[ModelError]:
    """Return what is wrong inside a node that has no C meaning: no engine may run that."""
    if not isinstance(problem, Unsupported):
        return []
    try:
        if isinstance(node, ast.expr):
            read(body, node)
        else:
            read_foreign(body, node)
    except Unsupported as inner:
        return [] if inner.judged else [ModelError(inner.what, inner.where, inner.remedy)]
    except ModelError as inner:
        return [inner]
    return []


def read_foreign(body: Body, node: ast.stmt) -> None:
    """Read what is inside a statement that has no C meaning. Errors: ModelError where a part of it is not sound."""
    match node:
        case ast.Assign(targets, value):
            read(body, value)
            for target in targets:
                assigned(body, target)
        case ast.AnnAssign(target, _, value) | ast.AugAssign(target, _, value):
            if value is not None:
                read(body, value)
                assigned(body, target)
        case ast.Expr(value) | ast.Assert(value):
            read(body, value)
        case ast.Return(value):
            if value is not None:
                read(body, value)
            body.assembly.foreign.add(body.standing.key)
            body.flow.reachable = False
        case ast.Delete(targets):
            for target in targets:
                assigned(body, target)
        case ast.If(test, then, otherwise):
            read(body, test)
            ways(body, [then, otherwise])
        case ast.For(target, source, then, otherwise):
            walk(body, target, source)
            body.leaving.append(([], []))
            ways(body, [then, []])
            body.leaving.pop()
            ways(body, [otherwise, []])
        case ast.Match(subject, cases):
            read(body, subject)
            ways(body, [[*matched(body, case), *case.body] for case in cases] + [[]])
        case _:
            what = f"`{type(node).__name__.lower()}` is not part of the modelling language"
            raise body.refusal(node, what, "write it in plainer Python")


def ways(body: Body, blocks: Iterable[Sequence[ast.stmt]]) -> None:
    """Read blocks of which one is taken: what is known afterwards is what they have in common."""
    before, after = body.flow, body.flow.copy()
    after.reachable = False
    for block in blocks:
        body.flow = before.copy()
        body.out.append(ir.If(TRUE, body.block(block)))
        after = after.merged(body.flow) if after.reachable or body.flow.reachable else after
    body.flow = after


def matched(body: Body, case: ast.match_case) -> list[ast.stmt]:
    """Note the names that a pattern binds; return its guard as a statement to be read."""
    for inner in ast.walk(case.pattern):
        name = getattr(inner, "name", None) or getattr(inner, "rest", None)
        if isinstance(name, str):
            foreign(body, name)
    return [] if case.guard is None else [ast.copy_location(ast.If(case.guard, [ast.Pass()], []), case.guard)]


def foreign(body: Body, name: str) -> None:
    """Note a local whose value has no C meaning."""
    body.flow.names.pop(name, None)
    body.flow.foreign |= {name}


def assigned(body: Body, target: ast.expr) -> None:
    """Read a target: a field must be one that this step may write, a container one that nothing else may name."""
    match target:
        case ast.Name(name):
            foreign(body, name)
        case ast.Tuple(items) | ast.List(items):
            for item in items:
                assigned(body, item)
        case ast.Starred(inner):
            assigned(body, inner)
        case ast.Attribute():
            body.flow.forget(writable(body, target))
        case ast.Subscript(base, index):
            read(body, index)
            root = path_of(body, base).root
            body.out.append(ir.Assign(root, root, in_place=True, where=body.place(target)))
            body.flow.forget(root)
        case _:
            raise body.refusal(target, f"`{ast.unparse(target)}` cannot be assigned")


def read(body: Body, node: ast.expr) -> None:
    """Read an expression, as a whole where it has a meaning, else its parts."""
    if isinstance(node, ast.Constant):
        return
    try:
        body.out.append(ir.Evaluate(body.expr(node)))
    except Unsupported as problem:
        if not problem.judged:
            parts(body, node)


def parts(body: Body, node: ast.expr) -> None:
    """Read what an expression without a C meaning is made of."""
    match node:
        case ast.Call():
            called(body, node)
        case ast.Name(name) if isinstance(body.names.value(body.source, name), float | str):
            pass
        case ast.Attribute() if isinstance(of_class(body, node), float | str):
            pass
        case ast.Attribute(base, "name" | "value") if isinstance(body.expr(base).type, Enumeration):
            pass
        case ast.ListComp(item):
            comprehended(body, node, [item])
        case ast.SetComp(item):
            comprehended(body, node, [item], shows=False)
        case ast.DictComp(key, value):
            comprehended(body, node, [key, value])
        case _ if isinstance(node, TAKEN_APART):
            for inner in ast.iter_child_nodes(node):
                if isinstance(inner, ast.expr):
                    read(body, inner)
        case _:
            raise unread(body, node)


def unread(body: Body, node: ast.expr) -> ModelError:
    """Return the error of what nothing is known about."""
    what = f"`{ast.unparse(node)[:60]}` is not part of the modelling language"
    return body.refusal(node, what, "write it in plainer Python")


def called(body: Body, node: ast.Call) -> None:
    """Read a call: what it calls is known to be sound, or is the model's own and read, too."""
    function = node.func
    arguments = [*node.args, *(k.value for k in node.keywords if k.arg != "key")]
    if library(body, function):
        for argument in arguments:
            ordered(body, argument)
    elif isinstance(function, ast.Attribute):
        method(body, node, function)
    elif is_builtin(body, function, "isinstance"):
        arguments = arguments[:1]  # the second is a class
    elif isinstance(function, ast.Name) and is_builtin(body, function, function.id) and function.id in PURE | IN_ORDER:
        if function.id in IN_ORDER:
            for argument in node.args:
                ordered(body, argument)
    else:
        raise unread(body, node)
    shows = not (isinstance(function, ast.Name) and function.id in ORDERLESS)
    for argument in arguments:
        if isinstance(argument, ast.GeneratorExp):
            comprehended(body, argument, [argument.elt], shows=shows)
        else:
            read(body, argument)


def library(body: Body, function: ast.expr) -> bool:
    """Say whether a function is one of Python's own libraries that compute and do nothing else."""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        owner = body.names.value(body.source, function.value.id)
        return type(owner).__name__ == "module" and getattr(owner, "__name__", "") in LIBRARIES
    found = body.names.value(body.source, function.id) if isinstance(function, ast.Name) else None
    return getattr(found, "__module__", "") in LIBRARIES


def method(body: Body, node: ast.Call, function: ast.Attribute) -> None:
    """Read a method: of a list or dict that this step may change, or of a process, every one that may be meant."""
    base = value_of(body, body.expr(function.value), function)
    if isinstance(base.type, ProcessId):
        classes = {type(p) for p in body.assembly.model.processes if p.number in base.type.members}
        for cls in sorted(classes, key=lambda c: c.__name__):
            found = body.names.method(cls, function.attr)
            if not isinstance(found, FunctionType):
                raise unread(body, node)
            invoked(body, node, found, base)
        return
    if function.attr not in {"pop", "sort", "index"} or not isinstance(base.type, ListOf):
        raise unread(body, node)
    if function.attr != "index":
        root = path_of(body, function.value).root
        body.out.append(ir.Assign(root, root, in_place=True, where=body.place(node)))


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
        case ast.Subscript(base, ast.Slice()):
            return [base]
        case ast.BinOp(left, ast.Add(), right):
            return [left, right]
        case _:
            what = "what this walks has no C meaning, so that its order cannot be judged"
            raise body.refusal(node, what, "walk a list, a `range(...)` or `sorted(...)`")


def walk(body: Body, target: ast.expr, source: ast.expr, *, shows: bool = True) -> None:
    """Read what a loop without a C meaning walks: it has an order, and its names stand for items."""
    if shows:
        ordered(body, source, "a set or dict is walked where its order may show")
    try:
        targets_of(body, target, source_of(body, source))
    except Unsupported:
        read(body, source)
        for name in [n.id for n in ast.walk(target) if isinstance(n, ast.Name)]:
            foreign(body, name)


def comprehended(body: Body, node: Comprehended, items: Iterable[ast.expr], *, shows: bool = True) -> None:
    """Read a comprehension. `shows`: the order of its items may show in its value."""
    before = body.flow.copy()
    for generator in node.generators:
        walk(body, generator.target, generator.iter, shows=shows)
        for test in generator.ifs:
            read(body, test)
    for item in items:
        read(body, item)
    body.flow.take(before)
