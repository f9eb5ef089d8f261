"""What a model says and nobody reads: a step that something replaces, a function that nothing calls, a kind without processes.

A mark that was forgotten would otherwise pass in silence: every answer would hold of a protocol that has one step less. The
source is judged as a whole, the branches of an `if` that was not taken included, so that no parameter decides it; where names
are not enough to tell, a function counts as called.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from quorate.language.declare import Mark, Message, State
from quorate.language.errors import ModelError
from quorate.language.loading.branches import class_node, statements
from quorate.language.loading.execution import place_at, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import CodeType

    from quorate.language.errors import Place
    from quorate.language.loading.execution import Note
    from quorate.language.loading.model import Model, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
NO_MARKS = frozenset(
    {"staticmethod", "classmethod", "property", "cached_property", "cache", "lru_cache", "override", "overload"}
)


# -- steps ------------------------------------------------------------------------------------------------------------


def check_steps(kinds: Iterable[type[State]], sources: Sequence[Source], notes: Sequence[Note]) -> None:
    """Errors: ModelError for a step that is none of its class or module, and for one that is replaced by what is no step."""
    for kind in kinds:
        _check_replaced(kind, sources, notes)
    bodies = [base for n in notes if n.sort == "holder" for base in cast("type", n.declared).__mro__]
    members = {id(member) for body in bodies for member in vars(body).values()}
    for note in notes:
        name: str = getattr(note.declared, "__qualname__", "")
        if note.sort == "step" and "." in name and id(note.declared) not in members:
            where = place_at(note.source, note.line, 1)
            if "<locals>" in name:
                raise ModelError(
                    f"the step `{name}` is declared in a function", where, "declare it at the top level or in a class"
                )
            what = (
                f"the step `{name}` is never taken: its class has something else under this name, or is no class of processes"
            )
            raise ModelError(what, where, "give it a name of its own, in a class of processes, and no other decorator")


def _check_replaced(kind: type[State], sources: Sequence[Source], notes: Sequence[Note]) -> None:
    marked = {id(n.declared) for n in notes if n.sort == "step"}
    for name, member in members_of(kind).items():
        above = next((f for base in kind.__mro__[1:] if id(f := vars(base).get(name)) in marked), None)
        if above is not None and id(member) not in marked:
            role = getattr(above, Mark.ATTRIBUTE).role
            what = f"`{kind.__name__}.{name}` replaces an inherited `@{role}` and is no step itself"
            where = _place(member, kind, sources, notes)
            raise ModelError(what, where, f"write `@{role}` above it, or give it another name")


def _place(member: object, kind: type, sources: Sequence[Source], notes: Sequence[Note]) -> Place:
    """Return where a member of a class is defined, where it is a function of the model; else where the class is."""
    code: CodeType | None = getattr(member, "__code__", None)
    home = next((s for s in sources if code and s.module.__file__ == code.co_filename), None)
    if home and code:
        return place_at(home, code.co_firstlineno, 1)
    source = next(n.source for n in notes if n.declared is kind)
    return place_of(source, class_node(kind, source))


def members_of(kind: type) -> dict[str, object]:
    """Return what a class has under each name, as Python finds it."""
    return {name: member for base in reversed(kind.__mro__) for name, member in vars(base).items()}


# -- functions and kinds ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Defined:
    """A function of a module or a method of a class of processes (`kind`), and the names that it uses."""

    node: Function
    source: Source
    kind: str | None
    uses: frozenset[str]


@dataclass
class Uses:
    """The functions of a model, and the names that are used outside of them or by what is always read."""

    functions: list[Defined] = field(default_factory=list)
    roots: set[str] = field(default_factory=set)


def check_called(model: Model, notes: Sequence[Note]) -> None:
    """Errors: ModelError where a function, a method of a process, or a class of processes is used by nothing."""
    kinds = {cast("type", n.declared).__name__ for n in notes if n.sort == "holder"}
    fields = {name for cls in model.records.values() for base in cls.__mro__ for name in vars(base).get("__annotations__", ())}
    fields |= {name for fs in model.fields.values() for name in [f.name for f in fs]}
    uses = _uses([s for s in model.sources if not s.prefix], kinds, fields)
    reached, waiting = set[str](), set(uses.roots)
    while waiting:
        reached |= waiting
        waiting = {name for f in uses.functions if f.node.name in reached for name in f.uses} - reached
    part = {n.source.path for n in notes if n.sort in {"step", "property"}} | {model.sources[0].path}
    unread = [f for f in uses.functions if f.node.name not in reached and (f.kind or f.source.path in part)]
    by_none = [f for f in unread if not any(f.node.name in other.uses for other in unread if other is not f)]
    for f in [*by_none, *unread]:
        raise ModelError(
            f"`{f.node.name}` is called by nothing{_missing(f, model)}",
            place_of(f.source, f.node),
            "mark it, call it, or delete it",
        )
    _check_kinds(model, notes, {name for f in uses.functions for name in f.uses} | uses.roots)


def _check_kinds(model: Model, notes: Sequence[Note], used: set[str]) -> None:
    """Errors: ModelError for a class of processes or shared state that has no instance, beside others that have, unnamed."""
    inhabited = {base for kind in model.kinds.values() for base in kind.__mro__}
    for note in notes:
        kind = cast("type", note.declared)
        if note.sort == "holder" and inhabited and kind not in inhabited and kind.__name__ not in used:
            name = kind.__name__
            remedy = f"write `{name.lower()}s = Group({name}, n)` or `{name.lower()} = {name}.single()`"
            where = place_of(note.source, class_node(kind, note.source))
            raise ModelError(f"there is no `{name}`: its steps are never taken", where, remedy)


def _missing(f: Defined, model: Model) -> str:
    """Return which mark may have been forgotten, as a question."""
    arguments = [*f.node.args.posonlyargs, *f.node.args.args][1 if f.kind else 0 :]
    first = ast.unparse(arguments[0].annotation) if arguments and arguments[0].annotation else ""
    record = model.records.get(first.strip("'\""))
    if f.kind:
        handles = record is not None and issubclass(record, Message)
        return f": is `@{'receive' if handles else 'action'}` missing?"
    if not arguments and f.node.returns is not None and ast.unparse(f.node.returns) == "bool":
        return ": is `@always` missing, or `@never`, `@sometimes`, `@step`, `@final`?"
    return ": is `@action` missing?" if f.node.returns is None or ast.unparse(f.node.returns) == "None" else ""


# -- names ------------------------------------------------------------------------------------------------------------


def _uses(sources: Sequence[Source], kinds: set[str], fields: set[str]) -> Uses:
    found = Uses()
    for source in sources:
        for statement in statements(source.tree.body):
            if isinstance(statement, Function):
                _define(found, statement, source, None, fields)
            elif isinstance(statement, ast.ClassDef) and statement.name in kinds:
                _define_methods(found, statement, source, fields)
            else:
                found.roots |= _named(_own(statement), fields, frozenset())
    return found


def _define_methods(found: Uses, node: ast.ClassDef, source: Source, fields: set[str]) -> None:
    found.roots |= _named([*node.bases, *node.decorator_list, *node.keywords], fields, frozenset())
    for statement in statements(node.body):
        if isinstance(statement, Function):
            _define(found, statement, source, node.name, fields)
        else:
            found.roots |= _named(_own(statement), fields, frozenset())


def _define(found: Uses, node: Function, source: Source, kind: str | None, fields: set[str]) -> None:
    """Note a function; what is decorated by somebody else, or that Python itself calls, is always read."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    annotations = [a.annotation for a in arguments if a.annotation] + ([node.returns] if node.returns else [])
    defaults = [d for d in [*node.args.defaults, *node.args.kw_defaults] if d]
    found.roots |= _named([*node.decorator_list, *defaults, *annotations], fields, frozenset())
    stored = {
        n.id for s in node.body for n in _outside_comprehensions(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    uses = _named(node.body, fields, frozenset(stored | {a.arg for a in arguments}))
    marks = {ast.unparse(d.func if isinstance(d, ast.Call) else d).rpartition(".")[2] for d in node.decorator_list}
    if marks - NO_MARKS or (node.name.startswith("__") and node.name.endswith("__")):
        found.roots |= uses
    else:
        found.functions.append(Defined(node, source, kind, frozenset(uses)))


def _outside_comprehensions(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function's own scope: a comprehension's and an inner function's names are theirs."""
    yield node
    if not isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, Function)):
        for child in ast.iter_child_nodes(node):
            yield from _outside_comprehensions(child)


def _own(statement: ast.stmt) -> list[ast.AST]:
    """Return a statement; of one with blocks its parts, because the statements in the blocks are looked at by themselves."""
    parts = list(ast.iter_child_nodes(statement))
    blocks = [p for p in parts if isinstance(p, (ast.stmt, ast.ExceptHandler, ast.match_case))]
    if not blocks or isinstance(statement, ast.ClassDef):
        return [statement]
    return [p for p in parts if p not in blocks]


def _named(nodes: Sequence[ast.AST], fields: set[str], local: frozenset[str]) -> set[str]:
    """Return the names that the nodes use; an attribute that is a field's name, too, counts where it is called."""
    found: set[str] = set()
    for node in [n for start in nodes for n in ast.walk(start)]:
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if name not in local:
                found.add(name)
            case ast.Attribute(attr=name) if name not in fields:
                found.add(name)
            case ast.Call(func=ast.Attribute(attr=name)):
                found.add(name)
            case ast.Call(func=ast.Name("getattr"), args=[_, ast.Constant(str(name)), *_]):
                found.add(name)
            case ast.ImportFrom(names=names):
                found |= {alias.name for alias in names}
            case ast.arg(annotation=ast.Constant(str(text))) | ast.AnnAssign(annotation=ast.Constant(str(text))):
                found |= _words(text)
            case ast.Assign(targets=[ast.Name("__all__")], value=ast.List(elts) | ast.Tuple(elts)):
                found |= {str(e.value) for e in elts if isinstance(e, ast.Constant)}
            case _:
                pass
    return found


def _words(text: str) -> set[str]:
    try:
        return {n.id for n in ast.walk(ast.parse(text, mode="eval")) if isinstance(n, ast.Name)}
    except SyntaxError:
        return set()
